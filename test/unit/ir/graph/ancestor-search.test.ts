import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AncestorSearch } from '../../../../src/ir/graph/ancestor-search.js';
import { Digraph } from '../../../../src/ir/graph/digraph.js';
import { GrowingTree } from '../../../../src/ir/graph/growing-tree.js';
import { OnlineOrder } from '../../../../src/ir/graph/online-order.js';
import { topologicalOrder } from '../../../../src/ir/graph/topological-order.js';
import { arcsOf, reachesNaively } from './arbitrary.js';

const LONG = 100_000;

describe('GrowingTree', () => {
  it('says what stands above what, in any forest', () => {
    // The parent of vertex i is `parents[i] % (i + 1)`: itself, or one that was added before.
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1, maxLength: 40 }), (parents) => {
        const tree = new GrowingTree(parents.length + 1);
        const above: number[][] = [];
        for (const [v, number] of parents.entries()) {
          const parent = number % (v + 1);
          tree.add(v, parent);
          above.push(parent === v ? [v] : [v, ...(above[parent] ?? [])]);
        }
        for (const lower of parents.keys()) {
          for (const upper of parents.keys()) {
            expect(tree.isAbove(upper, lower)).toBe(above[lower]?.includes(upper));
          }
        }
        const missing = parents.length;
        expect(tree.has(missing)).toBe(false);
        expect(tree.isAbove(missing, 0)).toBe(false);
        expect(tree.isAbove(0, missing)).toBe(false);
      }),
    );
  });

  it('answers at once in a tree that is a long chain', () => {
    const tree = new GrowingTree(LONG);
    for (let v = 0; v < LONG; v++) tree.add(v, Math.max(0, v - 1));
    for (let v = 0; v < LONG; v++) expect(tree.isAbove(v, LONG - 1) && tree.isAbove(0, v)).toBe(true);
  });
});

describe('AncestorSearch', () => {
  it('answers what leads to a vertex, whatever arcs are added to it on the way', () => {
    const wanted = fc.array(fc.tuple(fc.nat(8), fc.nat(8)), { maxLength: 30 });
    fc.assert(
      fc.property(arcsOf('acyclic'), wanted, ({ size, arcs }, pairs) => {
        const graph = new Digraph(size, arcs);
        const order = topologicalOrder(graph) ?? [];
        const online = new OnlineOrder(graph, order);
        const search = new AncestorSearch(online);
        const now = [...arcs];
        for (const vertex of order) {
          const candidates = pairs.flatMap(([from, to]) =>
            to === vertex && from < size && from !== vertex ? [from] : [],
          );
          search.begin(vertex, candidates);
          for (const candidate of candidates) {
            expect(search.finds(candidate)).toBe(reachesNaively(now, candidate, vertex));
            if (!online.add(candidate, vertex)) continue;
            search.follow(candidate);
            now.push([candidate, vertex]);
            expect(search.finds(candidate)).toBe(true);
          }
          search.end();
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('asks of each vertex of a long chain for the first one, which leads to all of them', () => {
    const online = new OnlineOrder(new Digraph(LONG), [...Array(LONG).keys()]);
    const search = new AncestorSearch(online);
    for (let v = 0; v < LONG; v++) {
      const candidates = v === 0 ? [] : [v - 1, 0];
      search.begin(v, candidates);
      for (const candidate of candidates) {
        if (search.finds(candidate)) continue;
        online.add(candidate, v);
        search.follow(candidate);
      }
      search.end();
    }
    expect(online.graph.predecessors(LONG - 1)).toEqual([LONG - 2]);
  });

  it('asks of one vertex for a hundred thousand that nothing orders', () => {
    const online = new OnlineOrder(new Digraph(LONG), [...Array(LONG).keys()]);
    const search = new AncestorSearch(online);
    const candidates = [...Array(LONG - 1).keys()].reverse();
    search.begin(LONG - 1, candidates);
    for (const candidate of candidates) {
      expect(search.finds(candidate)).toBe(false);
      online.add(candidate, LONG - 1);
      search.follow(candidate);
    }
    search.end();
    expect(online.graph.predecessors(LONG - 1)).toHaveLength(LONG - 1);
  });
});
