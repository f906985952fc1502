import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scheduleArbitrary } from '../helpers/arbitrary/schedule.js';
import { settings } from '../helpers/arbitrary/settings.js';
import { workflowArbitrary } from '../helpers/arbitrary/workflow.js';
import { compare } from '../helpers/reference/comparison.js';
import { engineFor } from '../helpers/reference/engine.js';

describe('loops that authors tangle', () => {
  it('are refused, or run to their end as the reference interpreter runs them (P2)', async () => {
    let refused = 0;
    const { numRuns, seed } = settings(3000);
    await fc.assert(
      fc.asyncProperty(workflowArbitrary({ loops: 'any' }), scheduleArbitrary(), async (ir, schedule) => {
        const engine = engineFor(ir);
        if (engine.workflow === null) refused += 1;
        else await compare(engine.workflow, await engine.start(), schedule);
      }),
      { numRuns, seed },
    );
    // Neither test nor checker is worth anything if no loops are refused, or most are.
    if (numRuns >= 100) expect(refused / numRuns).toBeGreaterThan(0.01);
    expect(refused / numRuns).toBeLessThan(0.3);
  }, 300_000);

  it('are refused where two loops would wait for each other (P2)', () => {
    const { workflow, problems } = engineFor({
      ir_version: '0.2.0',
      id: 'each waits for the other',
      nodes: ['h1', 's1', 'h2', 's2'].map((id) => ({ id, type: 'step' })),
      edges: [
        { from: 'h1', to: 's1' },
        { from: 'h2', to: 's2' },
        { from: 'h1', to: 's2' },
        { from: 'h2', to: 's1' },
        { from: 's1', to: 'h1', action: 'again', max_iterations: 2 },
        { from: 's2', to: 'h2', action: 'again', max_iterations: 2 },
      ],
    });
    expect(workflow).toBeNull();
    expect(problems.join()).toMatch(/FC20/);
  });
});
