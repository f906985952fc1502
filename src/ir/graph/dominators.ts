import type { Digraph } from './digraph.js';

/** What stands above a root. */
export const VIRTUAL_ROOT = -1;
/** What has no dominator, as no root leads to it. */
export const UNREACHED = -2;

/**
 * The immediate dominator of each vertex: the last one that every path from a root to it must pass. A virtual root stands
 * above `roots`, so that there may be several (Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm").
 *
 * @returns for each vertex its dominator, `VIRTUAL_ROOT`, or `UNREACHED`.
 */
export function immediateDominators(graph: Digraph, roots: Iterable<number>): Int32Array {
  const isRoot = new Set(roots);
  const order = reversePostorder(graph, isRoot);
  const rank = new Int32Array(graph.size).fill(-1);
  order.forEach((v, i) => {
    rank[v] = i;
  });
  const dominator = new Int32Array(graph.size).fill(UNREACHED);
  const up = (v: number): number => dominator[v] ?? VIRTUAL_ROOT;
  const rankOf = (v: number): number => (v === VIRTUAL_ROOT ? -1 : (rank[v] ?? -1));
  const meet = (left: number, right: number): number => {
    let a = left;
    let b = right;
    while (a !== b) {
      if (rankOf(a) > rankOf(b)) a = up(a);
      else b = up(b);
    }
    return a;
  };

  // One round is enough for a graph without cycles; a second one finds that nothing changes.
  for (let changed = true; changed; ) {
    changed = false;
    for (const v of order) {
      let best = isRoot.has(v) ? VIRTUAL_ROOT : UNREACHED;
      for (const p of graph.predecessors(v)) {
        if (best === VIRTUAL_ROOT) break;
        if (up(p) === UNREACHED) continue;
        best = best === UNREACHED ? p : meet(p, best);
      }
      if (dominator[v] === best) continue;
      dominator[v] = best;
      changed = true;
    }
  }
  return dominator;
}

/**
 * Of some vertices, those that no other of them dominates. Each answer takes as long as it takes to sort them.
 *
 * @param dominators as {@link immediateDominators} gives them.
 * @param order all vertices, so that each comes after its dominator.
 */
export function undominated(
  dominators: Int32Array,
  order: readonly number[],
): (vertices: Iterable<number>) => number[] {
  const above = (v: number): number => dominators[v] ?? VIRTUAL_ROOT;
  const sizes = new Int32Array(dominators.length).fill(1);
  for (const v of order.toReversed()) if (above(v) >= 0) sizes[above(v)] = at(sizes, above(v)) + at(sizes, v);
  // In a preorder of the tree, what a vertex dominates comes right after it.
  const starts = new Int32Array(dominators.length);
  /** By vertex and 1, so that the virtual root has a place: where the next one below it begins. */
  const free = new Int32Array(dominators.length + 1);
  for (const v of order) {
    const start = at(free, above(v) + 1);
    starts[v] = start;
    free[v + 1] = start + 1;
    free[above(v) + 1] = start + at(sizes, v);
  }
  return (vertices) => {
    let end = 0;
    return [...vertices]
      .sort((a, b) => at(starts, a) - at(starts, b))
      .filter((v) => {
        if (at(starts, v) < end) return false;
        end = at(starts, v) + at(sizes, v);
        return true;
      });
  };
}

function at(list: Int32Array, index: number): number {
  return list[index] ?? 0;
}

function reversePostorder(graph: Digraph, roots: Iterable<number>): number[] {
  const seen = new Uint8Array(graph.size);
  const postorder: number[] = [];
  const path: { readonly vertex: number; next: number }[] = [];
  for (const root of roots) {
    if (seen[root] === 1) continue;
    seen[root] = 1;
    path.push({ vertex: root, next: 0 });
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = graph.successors(top.vertex)[top.next++];
      if (next === undefined) {
        postorder.push(top.vertex);
        path.pop();
      } else if (seen[next] !== 1) {
        seen[next] = 1;
        path.push({ vertex: next, next: 0 });
      }
    }
  }
  return postorder.reverse();
}
