import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineNode } from '../../../src/actors/node.js';
import { settings } from '../../helpers/arbitrary/settings.js';
import { traceRun } from '../../helpers/trace.js';

/** What one item does at one stage: how long each attempt takes, and how many of them fail. */
interface Behaviour {
  readonly ms: number;
  readonly fails: number;
}

interface Stage {
  readonly behaviours: readonly Behaviour[];
  readonly window: number;
  readonly attempts: number;
  readonly size: number | null;
}

interface Case {
  readonly items: number;
  /** Whether the items come one by one from a node before. */
  readonly lazy: boolean;
  readonly stages: readonly Stage[];
  readonly streams: boolean;
  readonly places: number | null;
}

const behaviour: fc.Arbitrary<Behaviour> = fc.record({
  ms: fc.nat(30),
  fails: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(3) }),
});
const stage: fc.Arbitrary<Stage> = fc.record({
  behaviours: fc.array(behaviour, { minLength: 1, maxLength: 8 }),
  window: fc.integer({ min: 1, max: 6 }),
  attempts: fc.integer({ min: 1, max: 3 }),
  size: fc.option(fc.integer({ min: 1, max: 3 })),
});
const cases: fc.Arbitrary<Case> = fc.record({
  items: fc.nat(20),
  lazy: fc.boolean(),
  stages: fc.array(stage, { minLength: 1, maxLength: 3 }),
  streams: fc.boolean(),
  places: fc.option(fc.integer({ min: 1, max: 4 })),
});

const behaviourOf = ({ behaviours }: Stage, index: number): Behaviour =>
  behaviours[index % behaviours.length] ?? { ms: 0, fails: 0 };

/** What the stages come to when they are done one item after the other, in plain lists. */
function sequentially({ items, stages }: Case): { results: unknown[]; failed: number[] }[] {
  let given: unknown[] = Array.from({ length: items }, (_, n) => n);
  return stages.map((stage) => {
    const { size } = stage;
    const parts =
      size === null
        ? given
        : Array.from({ length: Math.ceil(given.length / size) }, (_, n) =>
            given.slice(n * size, (n + 1) * size),
          );
    const succeeds = (index: number) => behaviourOf(stage, index).fails < stage.attempts;
    given = parts.flatMap((part, index) => (succeeds(index) ? [{ of: part, index }] : []));
    const results = parts.map((part, index) => (succeeds(index) ? { of: part, index } : null));
    return { results, failed: results.flatMap((result, index) => (result === null ? [index] : [])) };
  });
}

it('a batch, or a pipeline of them, comes to the same as one item after the other, within its bounds', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (drawn) => {
      const { items, lazy, stages, streams, places } = drawn;
      const under = stages.map(() => ({ now: 0, most: 0 }));
      const done = new Map<string, number>();
      const rows = defineNode({
        type: 'rows',
        run: () => {
          const numbers = Array.from({ length: items }, (_, n) => n);
          return lazy ? numbers.values() : numbers;
        },
      });
      const work = defineNode({
        type: 'work',
        params: z.object({ stage: z.number(), index: z.number(), of: z.json() }),
        run: async ({ stage, index, of }, ctx) => {
          const count = under[stage] ?? { now: 0, most: 0 };
          count.most = Math.max(count.most, ++count.now);
          const { ms, fails } = behaviourOf(stages[stage] as Stage, index);
          try {
            await ctx.sleep(ms);
          } finally {
            count.now--;
          }
          if (ctx.attempt <= fails) throw new Error(`${index}`);
          const key = `${stage}/${index}`;
          done.set(key, (done.get(key) ?? 0) + 1);
          return { of, index };
        },
      });
      const nodes = stages.map(({ window, attempts, size }, n) => ({
        id: `s${n}`,
        type: 'work',
        params: { stage: n, index: '${__index__}', of: '${item}' },
        batch: {
          items: n === 0 ? '${rows}' : `\${s${n - 1}.results}`,
          max_concurrent: window,
          error_handling: 'continue',
          ...(size === null ? {} : { batch_size: size }),
        },
        retry: { max_attempts: attempts, initial_ms: 7 },
        stream: streams || n < stages.length - 1,
      }));
      // Something that looks at all results, or they would not be kept; without streams, something between two stages.
      const outputs = Object.fromEntries(nodes.map(({ id }) => [id, { source: `\${${id}}` }]));
      const between = streams
        ? []
        : nodes.slice(1).map((_, n) => ({ id: `w${n}`, type: 'echo', depends_on: [`s${n}`] }));
      const source = {
        ...(places === null ? {} : { max_concurrency: places }),
        nodes: [
          { id: 'rows', type: 'rows' },
          ...nodes.map((node, n) => (streams || n === 0 ? node : { ...node, depends_on: [`w${n - 1}`] })),
          ...between,
        ],
        outputs,
      };
      const { result, events } = await traceRun(source, { nodes: [rows, work] });

      expect(result.status).toBe('succeeded');
      const expected = sequentially(drawn);
      expected.forEach(({ results, failed }, n) => {
        const output = result.nodes[`s${n}`]?.output as { errors: { index: number }[] };
        expect(output).toMatchObject({
          results,
          count: results.length,
          success_count: results.length - failed.length,
          error_count: failed.length,
        });
        expect(output.errors.map(({ index }) => index)).toEqual(failed);
        const settled = events.flatMap((event) =>
          event.type === 'item.settled' && event.node === `s${n}` ? [event.index] : [],
        );
        expect(settled.sort((a, b) => a - b)).toEqual(results.map((_, index) => index));
        expect(under[n]?.most ?? 0).toBeLessThanOrEqual(Math.min(stages[n]?.window ?? 0, places ?? Infinity));
      });
      for (const times of done.values()) expect(times).toBe(1);
      if (places !== null) expect(result.metrics.peak_concurrency).toBeLessThanOrEqual(Math.max(places, 1));
    }),
    settings(300),
  );
}, 120_000);
