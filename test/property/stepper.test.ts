import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineNode } from '../../src/actors/node.js';
import { createRegistry } from '../../src/actors/registry.js';
import { checkWorkflow } from '../../src/ir/check.js';
import { type CompiledWorkflow, compileWorkflow } from '../../src/machines/compile.js';
import { isFast } from '../../src/machines/stepper/fast-machine.js';
import { settings } from '../helpers/arbitrary/settings.js';
import { charts } from '../helpers/stepper/charts.js';
import { Pair } from '../helpers/stepper/drive.js';
import { endings, happenings } from '../helpers/stepper/happenings.js';
import { LivePair } from '../helpers/stepper/live.js';
import { stockTwin } from '../helpers/stepper/twins.js';
import { workflows } from '../helpers/stepper/workflows.js';

const step = defineNode({
  type: 'step',
  description: 'Never called: the actors are the test’s.',
  params: z.looseObject({}),
  run: () => null,
});
const { nodeTypes } = createRegistry({ nodes: [step] });

/** Says of a failure after what it came. */
function told(happenings: readonly string[], error: unknown): Error {
  const { stack } = error as Error;
  return new Error([stack, '  after', ...happenings.map((one) => `    ${one}`)].join('\n'));
}

/** `null` for the few random workflows that are refused. */
function compiled(ir: unknown): CompiledWorkflow | null {
  const { workflow } = checkWorkflow(ir, { nodeTypes });
  return workflow === null ? null : compileWorkflow(workflow);
}

describe('the fast stepper', () => {
  it('takes the steps of XState, whatever happens to any chart, from any point on', () => {
    const { numRuns, seed } = settings(5000);
    let compared = 0;
    const options = fc.record({ waitsForPlaces: fc.boolean(), isWatched: fc.boolean() });
    fc.assert(
      fc.property(workflows, options, happenings, (ir, { waitsForPlaces, isWatched }, schedule) => {
        const chart = compiled(ir)?.machine;
        if (chart === undefined) return;
        const fast = waitsForPlaces ? chart.provide({ actions: { requestPlace: () => {} } } as never) : chart;
        expect(isFast(fast)).toBe(true);
        const steps: string[] = [];
        try {
          const pair = new Pair(stockTwin(fast), fast, {
            input: { inputs: {}, seed: 1 },
            isWatched,
            ids: ir.nodes.map(({ id }) => id),
            note: (one) => steps.push(one),
          });
          for (const one of schedule) pair.happen(one);
          pair.lookBack();
        } catch (error) {
          throw told(steps, error);
        }
        compared++;
      }),
      { numRuns, seed },
    );
    expect(compared).toBeGreaterThan(numRuns * 0.9);
  }, 300_000);

  it('takes them with charts of any form as well', () => {
    const { numRuns, seed } = settings(2000);
    fc.assert(
      fc.property(charts, fc.boolean(), happenings, (fast, isWatched, schedule) => {
        expect(isFast(fast)).toBe(true);
        const steps: string[] = [];
        try {
          const pair = new Pair(stockTwin(fast), fast, { isWatched, note: (one) => steps.push(one) });
          for (const one of schedule) pair.happen(one);
          pair.lookBack();
        } catch (error) {
          throw told([JSON.stringify(fast.config), ...steps], error);
        }
      }),
      { numRuns, seed },
    );
  }, 300_000);

  it('runs as actors do, for those who watch and for those who go on from what was persisted', async () => {
    const { numRuns, seed } = settings(600);
    let called = 0;
    const options = fc.record({ isInspected: fc.boolean(), isSubscribed: fc.boolean(), items: fc.nat(4) });
    await fc.assert(
      fc.asyncProperty(workflows, options, endings, async (ir, watching, schedule) => {
        const chart = compiled(ir);
        if (chart === null) return;
        const pair = await LivePair.start(chart, watching);
        for (const one of schedule) if (!pair.isOver) await pair.happen(one);
        await pair.finish();
        expect(pair.isOver).toBe(true);
        called += pair.calls;
      }),
      { numRuns, seed },
    );
    expect(called).toBeGreaterThan(numRuns);
  }, 300_000);
});
