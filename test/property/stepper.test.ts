import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineNode } from '../../src/actors/node.js';
import { createRegistry } from '../../src/actors/registry.js';
import { checkWorkflow } from '../../src/ir/check.js';
import { type CompiledWorkflow, compileWorkflow } from '../../src/machines/compile.js';
import { isFast } from '../../src/machines/stepper/fast-machine.js';
import { CODES } from '../helpers/arbitrary/policies.js';
import { settings } from '../helpers/arbitrary/settings.js';
import { workflowArbitrary } from '../helpers/arbitrary/workflow.js';
import { type Happening, Pair } from '../helpers/stepper/drive.js';
import { type Ending, LivePair } from '../helpers/stepper/live.js';
import { stockTwin } from '../helpers/stepper/twins.js';

const code = fc.constantFrom(...CODES, 'FC5008');
const action = fc.constantFrom('default', 'default', 'again', 'other', 'error');

const happening: fc.Arbitrary<Happening> = fc.record({
  pick: fc.nat(997),
  kind: fc.oneof(
    { weight: 40, arbitrary: fc.constant('event' as const) },
    { weight: 2, arbitrary: fc.constant('stale' as const) },
    { weight: 2, arbitrary: fc.constant('restore' as const) },
    { weight: 1, arbitrary: fc.constant('stop' as const) },
  ),
  output: fc.constantFrom({ ok: true }, { ok: false }, null, 'text'),
  action,
  code,
  terminal: fc.boolean(),
});

const ending: fc.Arbitrary<Ending> = fc.record({
  pick: fc.nat(97),
  kind: fc.oneof(
    { weight: 30, arbitrary: fc.constant('result' as const) },
    { weight: 8, arbitrary: fc.constant('failure' as const) },
    { weight: 6, arbitrary: fc.constant('time' as const) },
    { weight: 1, arbitrary: fc.constant('cancel' as const) },
  ),
  action,
  code,
});

const step = defineNode({
  type: 'step',
  description: 'Never called: the actors are the test’s.',
  params: z.looseObject({}),
  run: () => null,
});
const { nodeTypes } = createRegistry({ nodes: [step] });

/** `null` for the few random workflows that are refused. */
function compiled(ir: unknown): CompiledWorkflow | null {
  const { workflow } = checkWorkflow(ir, { nodeTypes });
  return workflow === null ? null : compileWorkflow(workflow);
}

describe('the fast stepper', () => {
  const workflows = workflowArbitrary({ policies: true, maxNodes: 6 });

  it('takes the steps of XState, whatever happens to any chart, from any point on', () => {
    const { numRuns, seed } = settings(5000);
    let compared = 0;
    const schedules = fc.array(happening, { maxLength: 20, size: 'max' });
    fc.assert(
      fc.property(workflows, fc.boolean(), schedules, (ir, waitsForPlaces, schedule) => {
        const chart = compiled(ir)?.machine;
        if (chart === undefined) return;
        const fast = waitsForPlaces ? chart.provide({ actions: { requestPlace: () => {} } } as never) : chart;
        expect(isFast(fast)).toBe(true);
        const steps: string[] = [];
        try {
          const pair = new Pair(stockTwin(fast), fast, { inputs: {}, seed: 1 }, (one) => steps.push(one));
          for (const one of schedule) if (!pair.isOver) pair.happen(one);
        } catch (error) {
          throw new Error(
            [(error as Error).stack, '  after', ...steps.map((one) => `    ${one}`)].join('\n'),
          );
        }
        compared++;
      }),
      { numRuns, seed },
    );
    expect(compared).toBeGreaterThan(numRuns * 0.9);
  }, 300_000);

  it('runs as actors do, for those who watch as well', async () => {
    const { numRuns, seed } = settings(300);
    let called = 0;
    const schedules = fc.array(ending, { maxLength: 30, size: 'max' });
    await fc.assert(
      fc.asyncProperty(workflows, schedules, async (ir, schedule) => {
        const chart = compiled(ir);
        if (chart === null) return;
        const pair = await LivePair.start(chart, stockTwin);
        for (const one of schedule) if (!pair.isOver) await pair.happen(one);
        for (let turn = 0; turn < 200 && !pair.isOver; turn++) {
          await pair.happen({
            pick: 0,
            kind: turn % 3 === 2 ? 'time' : 'result',
            action: 'default',
            code: '',
          });
        }
        expect(pair.isOver).toBe(true);
        called += pair.calls;
      }),
      { numRuns, seed },
    );
    expect(called).toBeGreaterThan(numRuns);
  }, 300_000);
});
