import type { Digraph } from './digraph.js';

/**
 * A graph without cycles that arcs are added to, with a topological order that is kept up to date (Pearce and Kelly, "A
 * Dynamic Topological Sort Algorithm"): an arc costs only what lies between its ends in that order, and so does a question.
 */
export class OnlineOrder {
  readonly graph: Digraph;
  readonly #position: Int32Array;
  /** Marks of the search that is going on, so that no search has to clear what the one before has left. */
  readonly #marks: Int32Array;
  #search = 0;

  /**
   * @param graph grows with each arc that is added.
   * @param order all of its vertices in topological order.
   */
  constructor(graph: Digraph, order: readonly number[]) {
    this.graph = graph;
    this.#position = new Int32Array(graph.size);
    this.#marks = new Int32Array(graph.size);
    order.forEach((v, i) => {
      this.#position[v] = i;
    });
  }

  /** Whether there is a path from one vertex to another; a vertex reaches itself. */
  reaches(from: number, to: number): boolean {
    return this.hasAncestor(to, this.#at(from), (v) => v === from);
  }

  /**
   * Whether a vertex that `isWanted` leads to `vertex` or is it.
   *
   * @param floor position (see {@link positionOf}) before which nothing is looked at.
   */
  hasAncestor(vertex: number, floor: number, isWanted: (vertex: number) => boolean): boolean {
    const mark = ++this.#search;
    const queue = [vertex];
    for (const v of queue) {
      if (isWanted(v)) return true;
      for (const p of this.graph.predecessors(v)) {
        if (this.#marks[p] === mark || this.#at(p) < floor) continue;
        this.#marks[p] = mark;
        queue.push(p);
      }
    }
    return false;
  }

  /** Where a vertex stands in the order at present. */
  positionOf(vertex: number): number {
    return this.#at(vertex);
  }

  /** Adds an arc, unless it would close a cycle: then nothing changes and the answer is `false`. */
  add(from: number, to: number): boolean {
    if (from === to) return false;
    if (this.#at(from) > this.#at(to) && !this.#reorder(from, to)) return false;
    this.graph.addArc(from, to);
    return true;
  }

  #at(vertex: number): number {
    return this.#position[vertex] ?? 0;
  }

  /** Moves what leads to `from` before what `to` leads to, within the positions that the two take up together. */
  #reorder(from: number, to: number): boolean {
    const after = this.#between(to, (v) => this.graph.successors(v), this.#at(to), this.#at(from));
    if (after.includes(from)) return false;
    const before = this.#between(from, (v) => this.graph.predecessors(v), this.#at(to), this.#at(from));
    const byPosition = (a: number, b: number): number => this.#at(a) - this.#at(b);
    const vertices = [...before.sort(byPosition), ...after.sort(byPosition)];
    const positions = vertices.map((v) => this.#at(v)).sort((a, b) => a - b);
    vertices.forEach((v, i) => {
      this.#position[v] = positions[i] ?? 0;
    });
    return true;
  }

  #between(start: number, next: (v: number) => readonly number[], low: number, high: number): number[] {
    const mark = ++this.#search;
    this.#marks[start] = mark;
    const found = [start];
    for (const v of found) {
      for (const w of next(v)) {
        const at = this.#at(w);
        if (this.#marks[w] === mark || at < low || at > high) continue;
        this.#marks[w] = mark;
        found.push(w);
      }
    }
    return found;
  }
}
