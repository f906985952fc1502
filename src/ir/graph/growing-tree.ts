/**
 * A forest that grows at its leaves, and says in logarithmic time whether one vertex stands above another: each knows its parent and
 * one vertex further up (Myers, "An Applicative Random-Access Stack").
 */
export class GrowingTree {
  readonly #parent: Int32Array;
  readonly #jump: Int32Array;
  /** 1 for roots; 0 for what has not been added. */
  readonly #depth: Int32Array;

  constructor(size: number) {
    this.#parent = new Int32Array(size);
    this.#jump = new Int32Array(size);
    this.#depth = new Int32Array(size);
  }

  has(vertex: number): boolean {
    return at(this.#depth, vertex) > 0;
  }

  /** Adds a vertex below one that is there already, or, below itself, as the root of a tree. */
  add(vertex: number, parent: number): void {
    const jump = at(this.#jump, parent);
    const further = at(this.#jump, jump);
    const isRoot = vertex === parent;
    // Two jumps of one length are followed by one that is as long as both.
    const isDouble = this.#between(jump, parent) === this.#between(further, jump);
    this.#parent[vertex] = parent;
    this.#jump[vertex] = !isRoot && isDouble ? further : parent;
    this.#depth[vertex] = isRoot ? 1 : at(this.#depth, parent) + 1;
  }

  /** Whether `upper` is `lower` or stands above it; `false` where one of them has not been added. */
  isAbove(upper: number, lower: number): boolean {
    const depth = at(this.#depth, upper);
    if (depth === 0) return false;
    let vertex = lower;
    while (at(this.#depth, vertex) > depth) {
      const jump = at(this.#jump, vertex);
      vertex = at(this.#depth, jump) < depth ? at(this.#parent, vertex) : jump;
    }
    return vertex === upper;
  }

  #between(upper: number, lower: number): number {
    return at(this.#depth, lower) - at(this.#depth, upper);
  }
}

function at(list: Int32Array, index: number): number {
  return list[index] ?? 0;
}
