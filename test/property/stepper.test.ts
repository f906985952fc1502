import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineNode } from '../../src/actors/node.js';
import { createRegistry } from '../../src/actors/registry.js';
import { checkWorkflow } from '../../src/ir/check.js';
import { compileWorkflow } from '../../src/machines/compile.js';
import { chartWakes } from '../../src/machines/stepper/chart-wakes.js';
import { isFast } from '../../src/machines/stepper/fast-machine.js';
import { CODES } from '../helpers/arbitrary/policies.js';
import { settings } from '../helpers/arbitrary/settings.js';
import { workflowArbitrary } from '../helpers/arbitrary/workflow.js';
import { type Happening, Pair } from '../helpers/stepper/drive.js';
import { fastTwin } from '../helpers/stepper/fast-twin.js';
import { stockTwin } from '../helpers/stepper/twins.js';

const happening: fc.Arbitrary<Happening> = fc.record({
  pick: fc.nat(997),
  kind: fc.oneof(
    { weight: 20, arbitrary: fc.constant('event' as const) },
    { weight: 1, arbitrary: fc.constant('stale' as const) },
    { weight: 1, arbitrary: fc.constant('restore' as const) },
  ),
  output: fc.constantFrom({ ok: true }, { ok: false }, null, 'text'),
  action: fc.constantFrom('default', 'default', 'again', 'other', 'error'),
  code: fc.constantFrom(...CODES, 'FC5008'),
  terminal: fc.boolean(),
});

const step = defineNode({
  type: 'step',
  description: 'Never called.',
  params: z.looseObject({}),
  run: () => null,
});
const { nodeTypes } = createRegistry({ nodes: [step] });

describe('the fast stepper', () => {
  it('takes the same steps as XState, on any workflow and schedule', () => {
    const { numRuns, seed } = settings(5000);
    const workflows = workflowArbitrary({ policies: true, maxNodes: 8 });
    let compared = 0;
    fc.assert(
      fc.property(
        workflows,
        fc.boolean(),
        fc.array(happening, { maxLength: 40, size: 'max' }),
        (ir, grants, schedule) => {
          const { workflow } = checkWorkflow(ir, { nodeTypes });
          if (workflow === null) return;
          const compiled = compileWorkflow(workflow);
          const machine = grants
            ? compiled.machine.provide({ actions: { requestPlace: () => {} } } as never)
            : compiled.machine;
          const fast = fastTwin(machine, chartWakes(compiled.topology));
          expect(isFast(fast)).toBe(true);
          const steps: string[] = [];
          try {
            const pair = new Pair(stockTwin(machine), fast, { inputs: {}, seed: 1 }, (one) =>
              steps.push(one),
            );
            for (const one of schedule) if (!pair.isOver) pair.happen(one);
            compared++;
          } catch (error) {
            throw new Error(
              [(error as Error).stack, '  after', ...steps.map((one) => `    ${one}`)].join('\n'),
            );
          }
        },
      ),
      { numRuns, seed },
    );
    expect(compared).toBeGreaterThan(numRuns / 2);
  }, 300_000);
});
