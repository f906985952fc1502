import type { PlaceHolder } from '../machines/compile.js';

/** One thing for each holder of a place: for a node, and for each of the items of a batch. */
export class ByHolder<T> {
  /** By node index: sooner looked up than a map, and never moved. */
  readonly #nodes: (T | undefined)[];
  readonly #items = new Map<number, Map<number, T>>();

  /** @param nodes how many there are */
  constructor(nodes: number) {
    this.#nodes = new Array<T | undefined>(nodes).fill(undefined);
  }

  get({ node, item }: PlaceHolder): T | undefined {
    return item === null ? this.#nodes[node] : this.#items.get(node)?.get(item);
  }

  set({ node, item }: PlaceHolder, thing: T): void {
    if (item === null) {
      this.#nodes[node] = thing;
      return;
    }
    const items = this.#items.get(node);
    if (items === undefined) this.#items.set(node, new Map([[item, thing]]));
    else items.set(item, thing);
  }

  delete({ node, item }: PlaceHolder): void {
    if (item === null) {
      this.#nodes[node] = undefined;
      return;
    }
    const items = this.#items.get(node);
    items?.delete(item);
    if (items?.size === 0) this.#items.delete(node);
  }

  /** The items of a node that have one. */
  itemsOf(node: number): readonly number[] {
    const items = this.#items.get(node);
    return items === undefined ? NONE : [...items.keys()];
  }

  /** The nodes that have one, or whose items have. */
  get nodes(): ReadonlySet<number> {
    const nodes = new Set(this.#items.keys());
    this.#nodes.forEach((thing, node) => {
      if (thing !== undefined) nodes.add(node);
    });
    return nodes;
  }

  get all(): readonly T[] {
    const ofItems = [...this.#items.values()].flatMap((items) => [...items.values()]);
    return [...this.#nodes.filter((thing) => thing !== undefined), ...ofItems];
  }
}

const NONE: readonly number[] = [];
