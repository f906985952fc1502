import type { PlaceHolder } from '../machines/compile.js';

/** The calls of functions, of nodes and of others on their behalf, that have not returned. */
export class OpenCalls {
  /** By node, then by item. */
  readonly #calls = new Map<number, Map<number | null, Set<Promise<void>>>>();

  /** @param returned settles when the function has returned; never rejects */
  add({ node, item }: PlaceHolder, returned: Promise<void>): void {
    const items = this.#calls.get(node) ?? new Map<number | null, Set<Promise<void>>>();
    this.#calls.set(node, items);
    const calls = items.get(item) ?? new Set();
    items.set(item, calls.add(returned));
    void returned.then(() => {
      calls.delete(returned);
      if (calls.size === 0 && items.get(item) === calls) items.delete(item);
      if (items.size === 0 && this.#calls.get(node) === items) this.#calls.delete(node);
    });
  }

  /** Settles when all that is called for a node, or for an item, by now has returned; `null` where nothing is. */
  of({ node, item }: PlaceHolder): Promise<void> | null {
    const calls = this.#calls.get(node)?.get(item);
    return calls === undefined ? null : allOf(calls);
  }

  /** Settles when everything that is called by now has returned. */
  all(): Promise<void> {
    return allOf([...this.#calls.values()].flatMap((items) => [...items.values()].map(allOf)));
  }
}

async function allOf(calls: Iterable<Promise<void>>): Promise<void> {
  await Promise.all(calls);
}
