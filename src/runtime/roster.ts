/** What may stand on a roster: one at a time. */
export interface Listed {
  /** Where it stands; -1 for nowhere. Kept by the roster. */
  place: number;
}

/**
 * Things that come and go all the time, in no order. A `Set` would do, but for how V8 makes room in one: its table is replaced every few changes,
 * and one that was replaced keeps all the later ones, with what was in them, from being collected until the next full collection.
 *
 * @example
 * const queues = new Roster<RunQueue>();
 * queues.add(queue);
 */
export class Roster<T extends Listed> {
  readonly #items: T[] = [];

  add(item: T): void {
    item.place = this.#items.push(item) - 1;
  }

  /** Does nothing for what is not on it. */
  delete(item: T): void {
    if (this.#items[item.place] !== item) return;
    const last = this.#items.pop() as T;
    if (last !== item) {
      this.#items[item.place] = last;
      last.place = item.place;
    }
    item.place = -1;
  }

  /** All that are on it now. */
  get all(): readonly T[] {
    return this.#items.slice();
  }
}
