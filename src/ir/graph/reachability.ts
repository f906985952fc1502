import type { Digraph } from './digraph.js';

/**
 * Which vertices a walk from `starts` gets to, the starts included; linear.
 *
 * @param direction `forward` follows arcs, `backward` goes against them.
 * @param enters only vertices for which it holds are entered (and left again); all of them by default.
 */
export function reachableFrom(
  graph: Digraph,
  starts: Iterable<number>,
  direction: 'forward' | 'backward' = 'forward',
  enters: (vertex: number) => boolean = () => true,
): ReadonlySet<number> {
  const reached = new Set<number>();
  for (const start of starts) if (enters(start)) reached.add(start);
  // A set is iterated in order of insertion, what is added on the way included: it is its own queue.
  for (const v of reached) {
    for (const next of direction === 'forward' ? graph.successors(v) : graph.predecessors(v)) {
      if (!reached.has(next) && enters(next)) reached.add(next);
    }
  }
  return reached;
}

/** A shortest path from one vertex to another, both included; `null` where there is none. Linear. */
export function findPath(graph: Digraph, from: number, to: number): number[] | null {
  const cameFrom = new Map<number, number>([[from, from]]);
  for (const v of cameFrom.keys()) {
    if (v === to) break;
    for (const next of graph.successors(v)) if (!cameFrom.has(next)) cameFrom.set(next, v);
  }
  if (!cameFrom.has(to)) return null;
  const path = [to];
  for (let v = to; v !== from; ) {
    v = cameFrom.get(v) ?? from;
    path.push(v);
  }
  return path.reverse();
}
