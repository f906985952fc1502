import type { PlaceHolder } from '../machines/compile.js';

/** One thing for each holder of a place: for a node, and for each of the items of a batch. */
export class ByHolder<T> {
  readonly #nodes = new Map<number, T>();
  readonly #items = new Map<number, Map<number, T>>();

  get({ node, item }: PlaceHolder): T | undefined {
    return item === null ? this.#nodes.get(node) : this.#items.get(node)?.get(item);
  }

  set({ node, item }: PlaceHolder, thing: T): void {
    if (item === null) {
      this.#nodes.set(node, thing);
      return;
    }
    const items = this.#items.get(node);
    if (items === undefined) this.#items.set(node, new Map([[item, thing]]));
    else items.set(item, thing);
  }

  delete({ node, item }: PlaceHolder): void {
    if (item === null) {
      this.#nodes.delete(node);
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
    return new Set([...this.#nodes.keys(), ...this.#items.keys()]);
  }

  get all(): readonly T[] {
    return [...this.#nodes.values(), ...[...this.#items.values()].flatMap((items) => [...items.values()])];
  }
}

const NONE: readonly number[] = [];
