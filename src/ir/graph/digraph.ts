const NONE: readonly number[] = [];

/** A directed graph over the vertices `0 … size - 1`. Parallel arcs and self-loops are allowed; arcs keep their order. */
export class Digraph {
  readonly size: number;
  /** By vertex; `null` until there is one, as most graphs are sparse. */
  readonly #successors: (number[] | null)[];
  readonly #predecessors: (number[] | null)[];

  constructor(size: number, arcs: Iterable<readonly [from: number, to: number]> = []) {
    this.size = size;
    this.#successors = new Array<null>(size).fill(null);
    this.#predecessors = new Array<null>(size).fill(null);
    for (const [from, to] of arcs) this.addArc(from, to);
  }

  addArc(from: number, to: number): void {
    append(this.#successors, from, to);
    append(this.#predecessors, to, from);
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

function append(lists: (number[] | null)[], index: number, vertex: number): void {
  const list = lists[index];
  if (list === null) lists[index] = [vertex];
  else list?.push(vertex);
}
