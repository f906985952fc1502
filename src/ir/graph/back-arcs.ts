import type { Digraph } from './digraph.js';

/** An arc that closes a cycle: its target is on the path of the search that found it. */
export interface BackArc {
  readonly from: number;
  readonly to: number;
  /** The cycle from `to` to `from`; the middle of a long one is left out (`omitted` vertices after the first `HEAD`). */
  readonly cycle: readonly number[];
  readonly omitted: number;
}

/** How many vertices of a cycle are kept at its start and at its end. */
const HEAD = 8;
const TAIL = 3;

/**
 * The arcs that close a cycle, as a depth-first search finds them that tries `starts` first, then what is left in ascending
 * order, and arcs in their order. Without these arcs the graph has no cycle. Linear; each pair of vertices is named once.
 */
export function findBackArcs(graph: Digraph, starts: Iterable<number>): BackArc[] {
  const found: BackArc[] = [];
  const position = new Int32Array(graph.size).fill(-1);
  const seen = new Uint8Array(graph.size);
  const path: { readonly vertex: number; next: number; closed: Set<number> | null }[] = [];
  const vertices: number[] = [];

  const enter = (v: number): void => {
    seen[v] = 1;
    position[v] = vertices.length;
    vertices.push(v);
    path.push({ vertex: v, next: 0, closed: null });
  };
  const walk = (start: number): void => {
    if (seen[start] === 1) return;
    enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = graph.successors(top.vertex)[top.next++];
      if (next === undefined) {
        position[top.vertex] = -1;
        vertices.pop();
        path.pop();
        continue;
      }
      const at = position[next] ?? -1;
      if (at >= 0) {
        if (top.closed?.has(next)) continue;
        top.closed = (top.closed ?? new Set()).add(next);
        found.push({ from: top.vertex, to: next, ...excerpt(vertices, at) });
      } else if (seen[next] !== 1) {
        enter(next);
      }
    }
  };
  for (const start of starts) walk(start);
  for (let v = 0; v < graph.size; v++) walk(v);
  return found;
}

function excerpt(path: readonly number[], start: number): Pick<BackArc, 'cycle' | 'omitted'> {
  const omitted = path.length - start - HEAD - TAIL;
  if (omitted <= 1) return { cycle: path.slice(start), omitted: 0 };
  return { cycle: [...path.slice(start, start + HEAD), ...path.slice(-TAIL)], omitted };
}

/** A cycle in words: `a -> b -> a`. */
export function spellCycle(arc: BackArc, name: (vertex: number) => string): string {
  const names = arc.cycle.map(name);
  if (arc.omitted > 0) names.splice(HEAD, 0, `… (${arc.omitted} more)`);
  return [...names, name(arc.to)].join(' -> ');
}
