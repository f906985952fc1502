import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findBackArcs } from '../../../../src/ir/graph/back-arcs.js';
import { type BranchRef, placeGroups } from '../../../../src/ir/graph/branches.js';
import { Digraph } from '../../../../src/ir/graph/digraph.js';
import { layOut } from '../../../../src/ir/graph/layout.js';
import { nestLoops } from '../../../../src/ir/graph/loop-tree.js';
import { findNaturalLoops } from '../../../../src/ir/graph/natural-loops.js';
import { splitScopes } from '../../../../src/ir/graph/scopes.js';
import { topologicalOrder } from '../../../../src/ir/graph/topological-order.js';
import type { RegionLayout, ScopeLayout } from '../../../../src/ir/workflow.js';
import { arcsOf, reachesNaively } from './arbitrary.js';

type Arc = [number, number];

function analyze(size: number, arcs: readonly Arc[]) {
  const back = new Set(findBackArcs(new Digraph(size, arcs), [0]).map(({ from, to }) => `${from},${to}`));
  const closing = arcs.filter(([a, b]) => back.has(`${a},${b}`));
  const forwardArcs = arcs.filter(([a, b]) => !back.has(`${a},${b}`));
  const forward = new Digraph(size, forwardArcs);
  const order = topologicalOrder(forward) ?? [];
  const loops = findNaturalLoops(forward, closing, order) ?? [];
  const tree = nestLoops(size, loops);
  return { forward, forwardArcs, closing, loops, tree, scopes: splitScopes(forward, loops, tree) };
}

/**
 * The body by its definition: vertices on a walk that starts at the header, goes over forward arcs and round inner loops (those
 * whose header it has come by without leaving the walk), never comes back to the header, and ends at a closing arc.
 */
function bodyNaively(header: number, forwardArcs: readonly Arc[], closing: readonly Arc[]): number[] {
  const sources = closing.filter(([, to]) => to === header).map(([from]) => from);
  let usable: Arc[] = [];
  for (;;) {
    const walkable = [...forwardArcs, ...usable];
    const on = (v: number): boolean =>
      reachesNaively(forwardArcs, header, v) &&
      sources.some((s) => s === v || v === header || reachesNaively(walkable, v, s, header));
    const body = new Set([header]);
    for (const [, to] of walkable) if (on(to)) body.add(to);
    const inner = closing.filter(([, to]) => to !== header && body.has(to));
    if (inner.length === usable.length) return [...body].sort((a, b) => a - b);
    usable = inner;
  }
}

describe('findNaturalLoops', () => {
  it('agrees with the definition of a body on random graphs', () => {
    fc.assert(
      fc.property(arcsOf('any', 8), ({ size, arcs }) => {
        const { loops, forwardArcs, closing } = analyze(size, arcs);
        expect(loops.map(({ header }) => header)).toEqual(
          [...new Set(closing.map(([, to]) => to))].sort((a, b) => a - b),
        );
        for (const { header, body, unreached } of loops) {
          // Closing arcs of a depth-first search start below the header, so every loop can go round.
          expect(unreached).toEqual([]);
          expect(body).toEqual(bodyNaively(header, forwardArcs, closing));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('merges loops with the same header, and nests one whose header is inside another', () => {
    const { loops, tree } = analyze(5, [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
      [2, 1],
      [3, 1],
      [4, 0],
    ]);
    expect(loops.map(({ header, body }) => [header, body])).toEqual([
      [0, [0, 1, 2, 3, 4]],
      [1, [1, 2, 3]],
    ]);
    expect(tree.parents).toEqual([-1, 0]);
    expect(tree.overlaps).toEqual([]);
  });

  it('keeps what feeds the middle of a body out of it', () => {
    const forward = new Digraph(4, [
      [0, 1],
      [1, 2],
      [3, 1],
    ]);
    const loops = findNaturalLoops(forward, [[2, 0]], topologicalOrder(forward) ?? []);
    expect(loops).toEqual([{ header: 0, body: [0, 1, 2], unreached: [] }]);
  });

  it('says when nothing leads from the header to where the loop closes', () => {
    const forward = new Digraph(2, []);
    expect(findNaturalLoops(forward, [[1, 0]], [0, 1])).toEqual([{ header: 0, body: [0], unreached: [1] }]);
  });

  it('gives up when the bodies together are larger than the budget', () => {
    const forward = new Digraph(3, [
      [0, 1],
      [1, 2],
    ]);
    expect(findNaturalLoops(forward, [[2, 0]], [0, 1, 2], 2)).toBeNull();
    expect(findNaturalLoops(forward, [[2, 0]], [0, 1, 2], 3)).toHaveLength(1);
  });
});

describe('nestLoops', () => {
  it('finds loops that overlap: two entries to one shared vertex', () => {
    const forward = new Digraph(3, [
      [0, 2],
      [1, 2],
    ]);
    const loops = findNaturalLoops(
      forward,
      [
        [2, 0],
        [2, 1],
      ],
      [0, 1, 2],
    );
    expect(nestLoops(3, loops ?? []).overlaps).toEqual([[0, 1]]);
  });

  it('without overlaps, makes every loop a subset of its parent and disjoint from its other neighbours', () => {
    fc.assert(
      fc.property(arcsOf('any', 8), ({ size, arcs }) => {
        const { loops, tree } = analyze(size, arcs);
        if (tree.overlaps.length > 0) return;
        const inside = (inner: number, outer: number): boolean => {
          for (let at = inner; at !== -1; at = tree.parents[at] ?? -1) if (at === outer) return true;
          return false;
        };
        loops.forEach((a, i) => {
          loops.forEach((b, j) => {
            const shared = a.body.filter((v) => b.body.includes(v)).length;
            if (inside(i, j)) expect(shared).toBe(a.body.length);
            else if (!inside(j, i)) expect(shared).toBe(0);
          });
        });
      }),
      { numRuns: 500 },
    );
  });
});

/** Ids in a layout, with the path of groups and loops that leads to each. */
function flatten(scope: ScopeLayout): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const visit = (region: RegionLayout, path: string[]): void => {
    if (region.kind === 'node') {
      expect(found.has(region.node)).toBe(false);
      found.set(region.node, path);
    } else if (region.kind === 'loop') {
      for (const inner of region.body.regions) visit(inner, [...path, `loop ${region.loop}`]);
    } else {
      for (const [i, branch] of region.branches.entries()) {
        for (const inner of branch.regions) visit(inner, [...path, `group ${region.group}:${i}`]);
      }
    }
  };
  for (const region of scope.regions) visit(region, []);
  return found;
}

describe('placeGroups and layOut', () => {
  const memberSets = fc.array(fc.uniqueArray(fc.nat(8), { minLength: 1, maxLength: 4 }), { maxLength: 3 });

  it('lay out every vertex exactly once, within its loops and the branches that hold it', () => {
    fc.assert(
      fc.property(arcsOf('any'), memberSets, ({ size, arcs }, sets) => {
        const { loops, tree, scopes } = analyze(size, arcs);
        if (tree.overlaps.length > 0) return;
        if (scopes.all.some(({ graph }) => topologicalOrder(graph) === null)) return;
        const groups = sets.map((set) => set.filter((v) => v < size).sort((a, b) => a - b));
        const placed = placeGroups(scopes, loops, tree, groups);
        const found = flatten(layOut(scopes, placed, String));
        expect(found.size).toBe(size);

        for (let v = 0; v < size; v++) {
          const path = found.get(String(v)) ?? [];
          const loopsAround = loops.flatMap(({ body }, i) => (body.includes(v) ? [`loop ${i}`] : []));
          expect(path.filter((p) => p.startsWith('loop')).sort()).toEqual(loopsAround.sort());
          const branches = placed.placed.flatMap(({ group, branches: list }) =>
            list.flatMap(({ vertices }, i) => (vertices.includes(v) ? [`group ${group}:${i}`] : [])),
          );
          expect(path.filter((p) => p.startsWith('group')).sort()).toEqual(branches.sort());
        }
        const refused = new Set(
          placed.conflicts.flatMap(({ kind, group }) => (kind === 'overlap' ? [] : [group])),
        );
        const kept = new Set(placed.placed.map(({ group }) => group));
        groups.forEach((members, i) => {
          expect(refused.has(i) !== kept.has(i)).toBe(members.length > 0);
        });
      }),
      { numRuns: 1000 },
    );
  });

  it('put a member that another one dominates into the branch of that one', () => {
    const { loops, tree, scopes } = analyze(4, [
      [0, 1],
      [0, 2],
      [1, 3],
    ]);
    const { placed } = placeGroups(scopes, loops, tree, [[1, 2, 3]]);
    expect(placed[0]?.branches).toEqual([
      { member: 1, vertices: [1, 3] },
      { member: 2, vertices: [2] },
    ]);
  });

  it('end a branch at the join, nest groups, and keep loops within branches', () => {
    // 0 forks to 1 and 2; 1 is a loop with 3, then forks to 4 and 5, which 6 joins; 7 joins all.
    const { loops, tree, scopes } = analyze(8, [
      [0, 1],
      [0, 2],
      [1, 3],
      [3, 1],
      [3, 4],
      [3, 5],
      [4, 6],
      [5, 6],
      [6, 7],
      [2, 7],
    ]);
    const placed = placeGroups(scopes, loops, tree, [
      [4, 5],
      [1, 2],
    ]);
    expect(placed.conflicts).toEqual([]);
    expect(placed.placed[0]?.container).toEqual<BranchRef>({ group: 1, branch: 0 });
    const node = (id: number): RegionLayout => ({ kind: 'node', node: String(id) });
    expect(layOut(scopes, placed, String)).toEqual<ScopeLayout>({
      loop: null,
      regions: [
        node(0),
        {
          kind: 'group',
          group: 1,
          branches: [
            {
              member: '1',
              regions: [
                { kind: 'loop', loop: 0, body: { loop: 0, regions: [node(1), node(3)] } },
                {
                  kind: 'group',
                  group: 0,
                  branches: [
                    { member: '4', regions: [node(4)] },
                    { member: '5', regions: [node(5)] },
                  ],
                },
                node(6),
              ],
            },
            { member: '2', regions: [node(2)] },
          ],
        },
        node(7),
      ],
    });
  });

  it('refuse groups that are nested deeper than allowed', () => {
    const { loops, tree, scopes } = analyze(3, [
      [0, 1],
      [1, 2],
    ]);
    const groups = [[0], [1], [2]];
    expect(placeGroups(scopes, loops, tree, groups, 3).conflicts).toEqual([]);
    expect(placeGroups(scopes, loops, tree, groups, 2).conflicts).toEqual([{ kind: 'depth', group: 2 }]);
  });
});
