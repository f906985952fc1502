import { GrowingTree } from './growing-tree.js';
import type { OnlineOrder } from './online-order.js';

/**
 * Answers what leads to a vertex while arcs to it are added: of one vertex after another, in topological order as far as there is
 * one. All questions about one vertex take one search together, and none at all where the answer stands above it in a tree
 * of the latest ways to each vertex, as what many others need mostly does.
 */
export class AncestorSearch {
  readonly #online: OnlineOrder;
  readonly #ways: GrowingTree;
  /** The number of the last search that came by: so no search has to clear what the one before has left. */
  readonly #marks: Int32Array;
  #search = 0;
  #vertex = 0;
  #candidates: readonly number[] = [];
  /** Where the vertex stood when the search began. */
  #position = 0;
  /** Position before which no candidate stands. */
  #floor = 0;
  /** What has been found and not been searched from. */
  readonly #open: number[] = [];
  /** The latest of what leads to the vertex directly; the vertex itself where nothing does. */
  #latest = 0;

  constructor(online: OnlineOrder) {
    this.#online = online;
    this.#ways = new GrowingTree(online.graph.size);
    this.#marks = new Int32Array(online.graph.size);
  }

  /** @param candidates all that will be asked about, of the arcs to `vertex` that are added as well. */
  begin(vertex: number, candidates: readonly number[]): void {
    this.#vertex = vertex;
    this.#candidates = candidates;
    this.#latest = vertex;
    for (const p of this.#online.graph.predecessors(vertex)) this.#consider(p);
    this.#restart();
  }

  /** Whether there is a path from a candidate to the vertex. */
  finds(candidate: number): boolean {
    if (this.#ways.isAbove(candidate, this.#latest)) return true;
    for (let v = this.#open.pop(); v !== undefined; v = this.#open.pop()) {
      for (const p of this.#online.graph.predecessors(v)) this.#mark(p);
    }
    return this.#marks[candidate] === this.#search;
  }

  /** Takes note of an arc that was added from a candidate to the vertex. */
  follow(candidate: number): void {
    this.#consider(candidate);
    // The new arc may have changed the order, and with it what was left out as too early.
    if (this.#online.positionOf(this.#vertex) === this.#position) this.#mark(candidate);
    else this.#restart();
  }

  /** To be called when no more arcs to the vertex are added. */
  end(): void {
    this.#ways.add(this.#vertex, this.#latest);
  }

  #restart(): void {
    this.#search++;
    this.#position = this.#online.positionOf(this.#vertex);
    this.#floor = this.#candidates.reduce(
      (least, v) => Math.min(least, this.#online.positionOf(v)),
      this.#position,
    );
    this.#open.length = 0;
    this.#open.push(this.#vertex);
    this.#marks[this.#vertex] = this.#search;
  }

  #mark(vertex: number): void {
    if (this.#marks[vertex] === this.#search || this.#online.positionOf(vertex) < this.#floor) return;
    this.#marks[vertex] = this.#search;
    this.#open.push(vertex);
  }

  #consider(predecessor: number): void {
    const isLater =
      this.#latest === this.#vertex ||
      this.#online.positionOf(predecessor) > this.#online.positionOf(this.#latest);
    if (isLater && this.#ways.has(predecessor)) this.#latest = predecessor;
  }
}
