import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findBackArcs, spellCycle } from '../../../../src/ir/graph/back-arcs.js';
import { Digraph } from '../../../../src/ir/graph/digraph.js';
import {
  immediateDominators,
  UNREACHED,
  undominated,
  VIRTUAL_ROOT,
} from '../../../../src/ir/graph/dominators.js';
import { OnlineOrder } from '../../../../src/ir/graph/online-order.js';
import { findPath, ReachabilitySearch } from '../../../../src/ir/graph/reachability.js';
import { strongComponents } from '../../../../src/ir/graph/strong-components.js';
import { topologicalOrder } from '../../../../src/ir/graph/topological-order.js';
import { arcsOf, chain, reachesNaively } from './arbitrary.js';

const LONG = 100_000;

describe('topologicalOrder', () => {
  it('puts every source of an arc before its target', () => {
    fc.assert(
      fc.property(arcsOf('acyclic'), ({ size, arcs }) => {
        const order = topologicalOrder(new Digraph(size, arcs)) ?? [];
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, v) => v));
        for (const [a, b] of arcs) expect(order.indexOf(a)).toBeLessThan(order.indexOf(b));
      }),
    );
  });

  it('is null exactly when the graph has a cycle', () => {
    fc.assert(
      fc.property(arcsOf('any'), ({ size, arcs }) => {
        const cyclic = arcs.some(([a, b]) => reachesNaively(arcs, b, a));
        expect(topologicalOrder(new Digraph(size, arcs)) === null).toBe(cyclic);
      }),
    );
  });

  it('takes the lower number first among vertices that are free together', () => {
    expect(topologicalOrder(new Digraph(4, [[3, 0]]))).toEqual([1, 2, 3, 0]);
  });
});

describe('strongComponents', () => {
  it('puts two vertices together exactly when each reaches the other', () => {
    fc.assert(
      fc.property(arcsOf('any'), ({ size, arcs }) => {
        const components = strongComponents(new Digraph(size, arcs));
        for (let a = 0; a < size; a++) {
          for (let b = 0; b < size; b++) {
            const mutual = reachesNaively(arcs, a, b) && reachesNaively(arcs, b, a);
            expect(components[a] === components[b]).toBe(mutual);
          }
        }
      }),
    );
  });

  it('takes a chain of any length', () => {
    expect(new Set(strongComponents(chain(LONG))).size).toBe(LONG);
  });
});

describe('findBackArcs', () => {
  it('names arcs without which no cycle is left, and each closes the cycle that it spells', () => {
    fc.assert(
      fc.property(arcsOf('any'), ({ size, arcs }) => {
        const graph = new Digraph(size, arcs);
        const found = findBackArcs(graph, graph.roots());
        const back = new Set(found.map(({ from, to }) => `${from},${to}`));
        expect(back.size).toBe(found.length);
        const rest = arcs.filter(([a, b]) => !back.has(`${a},${b}`));
        expect(topologicalOrder(new Digraph(size, rest))).not.toBeNull();
        for (const { from, to, cycle } of found) {
          expect([cycle[0], cycle.at(-1)]).toEqual([to, from]);
          cycle.forEach((v, i) => {
            expect(graph.successors(v)).toContain(cycle[i + 1] ?? to);
          });
        }
      }),
    );
  });

  it('searches from the given vertices first, so that what closes a cycle is what its reader would say', () => {
    const graph = new Digraph(3, [
      [0, 1],
      [1, 2],
      [2, 0],
    ]);
    expect(findBackArcs(graph, [])).toMatchObject([{ from: 2, to: 0 }]);
    expect(findBackArcs(graph, [1])).toMatchObject([{ from: 0, to: 1 }]);
  });

  it('leaves out the middle of a long cycle', () => {
    const graph = chain(LONG);
    graph.addArc(LONG - 1, 0);
    const [arc] = findBackArcs(graph, []);
    expect(arc && spellCycle(arc, String)).toBe(
      '0 -> 1 -> 2 -> 3 -> 4 -> 5 -> 6 -> 7 -> … (99989 more) -> 99997 -> 99998 -> 99999 -> 0',
    );
  });
});

describe('immediateDominators', () => {
  it('agrees with the definition: a dominator is what cannot be avoided on the way from the roots', () => {
    fc.assert(
      fc.property(arcsOf('any'), fc.integer({ min: 1, max: 511 }), ({ size, arcs }, mask) => {
        const graph = new Digraph(size, arcs);
        const roots = Array.from({ length: size }, (_, v) => v).filter((v) => ((mask >> v) & 1) === 1);
        const found = immediateDominators(graph, roots);
        const reached = (v: number, without = -1): boolean =>
          roots.some((root) => reachesNaively(arcs, root, v, without));
        const dominators = (v: number): number[] =>
          Array.from({ length: size }, (_, d) => d).filter((d) => d !== v && !reached(v, d));
        for (let v = 0; v < size; v++) {
          if (!reached(v)) {
            expect(found[v]).toBe(UNREACHED);
            continue;
          }
          // The immediate one is the dominator that all others dominate.
          const all = dominators(v);
          const immediate = all.find((d) =>
            all.every((other) => other === d || dominators(d).includes(other)),
          );
          expect(found[v]).toBe(immediate ?? VIRTUAL_ROOT);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('takes a chain and a ladder of 10,000', () => {
    expect(immediateDominators(chain(LONG), [0])[LONG - 1]).toBe(LONG - 2);
    const ladder = new Digraph(
      10_000,
      Array.from({ length: 9_998 }, (_, i): [number, number][] => [
        [i, i + 1],
        [i, i + 2],
      ]).flat(),
    );
    expect(immediateDominators(ladder, [0])[9_998]).toBe(0);
  });
});

describe('undominated', () => {
  it('leaves out of some vertices what another one of them dominates', () => {
    fc.assert(
      fc.property(arcsOf('acyclic'), fc.nat(511), ({ size, arcs }, mask) => {
        const graph = new Digraph(size, arcs);
        const dominators = immediateDominators(graph, graph.roots());
        const vertices = [...Array(size).keys()].filter((v) => ((mask >> v) & 1) === 1);
        const isDominated = (v: number): boolean =>
          vertices.some((d) => d !== v && !graph.roots().some((root) => reachesNaively(arcs, root, v, d)));
        const found = undominated(dominators, topologicalOrder(graph) ?? [])(vertices);
        expect(new Set(found)).toEqual(new Set(vertices.filter((v) => !isDominated(v))));
        expect(found).toHaveLength(new Set(found).size);
      }),
      { numRuns: 500 },
    );
  });

  it('takes half of a long chain', () => {
    const dominators = immediateDominators(chain(LONG), [0]);
    const order = [...Array(LONG).keys()];
    expect(undominated(dominators, order)(order.slice(LONG / 2))).toEqual([LONG / 2]);
  });
});

describe('reachability', () => {
  it('finds those of many targets that can be reached, entering only what may be entered', () => {
    const search = new ReachabilitySearch(chain(5));
    const anywhere = () => true;
    expect(search.reached(1, new Set([0, 1, 3]), anywhere)).toEqual(new Set([1, 3]));
    expect(search.reached(1, new Set([0, 1, 3]), (v) => v !== 2)).toEqual(new Set([1]));
    expect(search.reached(0, new Set([4]), anywhere)).toEqual(new Set([4]));
  });

  it('finds a shortest path', () => {
    const graph = chain(5);
    graph.addArc(1, 3);
    expect(findPath(graph, 0, 4)).toEqual([0, 1, 3, 4]);
    expect(findPath(graph, 4, 0)).toBeNull();
    expect(findPath(graph, 2, 2)).toEqual([2]);
  });
});

describe('OnlineOrder', () => {
  it('refuses exactly the arcs that would close a cycle, and answers what reaches what, after any arcs', () => {
    const additions = fc.array(fc.tuple(fc.nat(8), fc.nat(8)), { maxLength: 20 });
    fc.assert(
      fc.property(arcsOf('acyclic'), additions, ({ size, arcs }, pairs) => {
        const graph = new Digraph(size, arcs);
        const online = new OnlineOrder(graph, topologicalOrder(graph) ?? []);
        const now = [...arcs];
        for (const [a, b] of pairs) {
          if (a >= size || b >= size) continue;
          const closes = reachesNaively(now, b, a);
          expect(online.reaches(a, b)).toBe(reachesNaively(now, a, b));
          expect(online.add(a, b)).toBe(!closes);
          if (!closes) now.push([a, b]);
        }
        for (const [a, b] of now) expect(online.positionOf(a)).toBeLessThan(online.positionOf(b));
      }),
    );
  });
});
