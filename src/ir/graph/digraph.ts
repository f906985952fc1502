const NONE: readonly number[] = [];

/** A directed graph over the vertices `0 … size - 1`. Parallel arcs and self-loops are allowed; arcs keep their order. */
export class Digraph {
  readonly size: number;
  readonly #successors: number[][];
  readonly #predecessors: number[][];

  constructor(size: number, arcs: Iterable<readonly [from: number, to: number]> = []) {
    this.size = size;
    this.#successors = Array.from({ length: size }, () => []);
    this.#predecessors = Array.from({ length: size }, () => []);
    for (const [from, to] of arcs) this.addArc(from, to);
  }

  addArc(from: number, to: number): void {
    this.#successors[from]?.push(to);
    this.#predecessors[to]?.push(from);
  }

  successors(vertex: number): readonly number[] {
    return this.#successors[vertex] ?? NONE;
  }

  predecessors(vertex: number): readonly number[] {
    return this.#predecessors[vertex] ?? NONE;
  }

  /** Vertices that no arc enters, in ascending order. */
  roots(): number[] {
    const roots: number[] = [];
    for (let v = 0; v < this.size; v++) if (this.predecessors(v).length === 0) roots.push(v);
    return roots;
  }
}
