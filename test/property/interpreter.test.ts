import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scheduleArbitrary } from '../helpers/arbitrary/schedule.js';
import { settings } from '../helpers/arbitrary/settings.js';
import { workflowArbitrary } from '../helpers/arbitrary/workflow.js';
import { compare } from '../helpers/reference/comparison.js';
import { engineFor } from '../helpers/reference/engine.js';

describe('the engine and the reference interpreter', () => {
  it('run the same nodes at each step and leave the same records, on any workflow and schedule (P1, P3)', async () => {
    const refused = new Map<string, number>();
    const { numRuns, seed } = settings(4000);
    await fc.assert(
      fc.asyncProperty(workflowArbitrary(), scheduleArbitrary(), async (ir, schedule) => {
        const engine = engineFor(ir);
        if (engine.workflow === null) {
          const code = engine.problems[0]?.slice(0, 6) ?? 'no reason';
          refused.set(code, (refused.get(code) ?? 0) + 1);
          return;
        }
        const run = await engine.start();
        const { nodes } = await compare(engine.workflow, run, schedule);
        expect(run.events.map((event) => event.seq)).toEqual(run.events.map((_, index) => index));
        for (const { id } of ir.nodes) {
          const settled = run.events.filter((event) => event.type === 'node.settled' && event.node === id);
          expect(settled).toHaveLength(1 + (nodes[id]?.earlier.length ?? 0));
        }
      }),
      { numRuns, seed },
    );
    // A workflow that the checker refuses compares nothing: it must stay the exception.
    const share = [...refused.values()].reduce((sum, count) => sum + count, 0) / numRuns;
    expect(share, `refused: ${JSON.stringify([...refused])}`).toBeLessThan(0.1);
  }, 300_000);
});
