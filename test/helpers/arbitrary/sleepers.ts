import fc from 'fast-check';
import type { AuthorIr } from './author-ir.js';

/** A random graph of `sleep` nodes, as a workflow and as plain numbers. */
export interface Sleepers {
  readonly ir: AuthorIr;
  /** Milliseconds that node i takes. */
  readonly durations: readonly number[];
  /** What node i waits for; smaller numbers than i. */
  readonly before: readonly (readonly number[])[];
}

/** Graphs of 1 to `maxNodes` nodes, with edges and dependencies mixed, declared in any order. */
export function sleepersArbitrary(maxNodes: number): fc.Arbitrary<Sleepers> {
  const node = fc.record({
    ms: fc.nat(1000),
    before: fc.array(fc.nat(maxNodes), { maxLength: 3 }),
    depends: fc.boolean(),
    rank: fc.nat(99),
  });
  return fc.array(node, { minLength: 1, maxLength: maxNodes, size: 'max' }).map((drafts) => {
    const before = drafts.map((draft, i) => (i === 0 ? [] : [...new Set(draft.before.map((j) => j % i))]));
    const nodes = drafts
      .map(({ ms, depends, rank }, i) => {
        const depends_on = depends ? (before[i] ?? []).map((j) => `n${j}`) : [];
        return { rank, node: { id: `n${i}`, type: 'sleep', params: { ms }, depends_on } };
      })
      .sort((a, b) => a.rank - b.rank)
      .map((one) => one.node);
    const edges = drafts.flatMap(({ depends }, i) =>
      depends ? [] : (before[i] ?? []).map((j) => ({ from: `n${j}`, to: `n${i}` })),
    );
    return {
      ir: { ir_version: '0.2.0', id: 'sleepers', nodes, edges },
      durations: drafts.map((draft) => draft.ms),
      before,
    };
  });
}
