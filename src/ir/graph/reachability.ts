import type { Digraph } from './digraph.js';

/** Answers many questions of the form "which of these can be reached from there", without starting from scratch each time. */
export class ReachabilitySearch {
  readonly #graph: Digraph;
  /** The number of the last search that came by: so no search has to clear what the one before has left. */
  readonly #marks: Int32Array;
  #search = 0;

  constructor(graph: Digraph) {
    this.#graph = graph;
    this.#marks = new Int32Array(graph.size);
  }

  /**
   * The targets that a walk from `start` gets to, itself included. Over as soon as all are found.
   *
   * @param enters only vertices for which it holds are entered.
   */
  reached(start: number, targets: ReadonlySet<number>, enters: (vertex: number) => boolean): Set<number> {
    const found = new Set<number>();
    const mark = ++this.#search;
    this.#marks[start] = mark;
    const queue = [start];
    for (const v of queue) {
      if (targets.has(v) && found.add(v).size === targets.size) break;
      for (const next of this.#graph.successors(v)) {
        if (this.#marks[next] === mark || !enters(next)) continue;
        this.#marks[next] = mark;
        queue.push(next);
      }
    }
    return found;
  }
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
