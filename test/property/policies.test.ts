import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scheduleArbitrary } from '../helpers/arbitrary/schedule.js';
import { settings } from '../helpers/arbitrary/settings.js';
import { workflowArbitrary } from '../helpers/arbitrary/workflow.js';
import { compare } from '../helpers/reference/comparison.js';
import { engineFor } from '../helpers/reference/engine.js';

describe('policies of joins, failures, groups, places and undoing', () => {
  it('mean the same to the engine and to the reference interpreter, in any workflow and schedule (P1, P3, P5, P6)', async () => {
    const refused = new Map<string, number>();
    const { numRuns, seed } = settings(3000);
    const workflows = workflowArbitrary({ policies: true });
    await fc.assert(
      fc.asyncProperty(workflows, scheduleArbitrary({ codes: true }), async (ir, schedule) => {
        const engine = engineFor(ir);
        if (engine.workflow === null) {
          const code = engine.problems[0]?.slice(0, 6) ?? 'no reason';
          refused.set(code, (refused.get(code) ?? 0) + 1);
          return;
        }
        await compare(engine.workflow, await engine.start(), schedule);
      }),
      { numRuns, seed },
    );
    // A workflow that the checker refuses compares nothing: it must stay the exception.
    const share = [...refused.values()].reduce((sum, count) => sum + count, 0) / numRuns;
    expect(share, `refused: ${JSON.stringify([...refused])}`).toBeLessThan(0.1);
  }, 300_000);
});
