/** As long as a list may be to be copied for each change, which takes less time. */
const COPIED = 16;

/**
 * How many lists in a row may know the next one; then one keeps a copy of its own. A list that nobody has any more, but that the collector of garbage
 * has not come to yet, keeps all those after it from being collected soon.
 */
const MOST_LINKS = 256;

/**
 * A list of fixed length that is never changed as far as anybody can see: `set` gives another one. Both take constant time in the
 * newest list, which has the items; an older one knows the next newer list and the one item in which they differ, and takes a copy
 * of its own the first time that it is asked. The idea is Baker's (Shallow Binding Makes Functional Arrays Fast, 1991).
 *
 * @example
 * const zeros = Vector.filled(1000, 0);
 * zeros.set(3, 1).get(3); // 1, and still 0 in `zeros`
 */
export class Vector<T> {
  /** `null` where `#newer` has them. */
  #items: T[] | null;
  #newer: Vector<T> | null = null;
  /** Where this list differs from `#newer`, and what it has there. */
  #index = 0;
  #item: T | undefined;
  /** How many lists before this one know the next. */
  #links = 0;

  private constructor(items: T[]) {
    this.#items = items;
  }

  /** A vector that holds `value` everywhere. */
  static filled<T>(length: number, value: T): Vector<T> {
    return new Vector(new Array<T>(length).fill(value));
  }

  get length(): number {
    return this.#own().length;
  }

  /** @throws RangeError for an index that is not in it */
  get(index: number): T {
    const items = this.#items ?? this.#own();
    checkIndex(index, items.length);
    return items[index] as T;
  }

  /** @throws RangeError for an index that is not in it */
  set(index: number, item: T): Vector<T> {
    const items = this.#own();
    checkIndex(index, items.length);
    if (items.length <= COPIED) return new Vector(items.with(index, item));
    const newer = new Vector(items);
    if (this.#links === MOST_LINKS) {
      this.#items = items.slice();
      items[index] = item;
      return newer;
    }
    newer.#links = this.#links + 1;
    this.#items = null;
    this.#newer = newer;
    this.#index = index;
    this.#item = items[index] as T;
    items[index] = item;
    return newer;
  }

  #own(): T[] {
    if (this.#items !== null) return this.#items;
    const older: Vector<T>[] = [];
    let newest: Vector<T> = this;
    while (newest.#newer !== null) {
      older.push(newest);
      newest = newest.#newer;
    }
    const items = (newest.#items as T[]).slice();
    for (let one = older.pop(); one !== undefined; one = older.pop()) items[one.#index] = one.#item as T;
    this.#items = items;
    this.#newer = null;
    this.#item = undefined;
    return items;
  }
}

function checkIndex(index: number, length: number): void {
  if (!(index >= 0 && index < length)) {
    throw new RangeError(`There is no item ${index} in a vector of ${length}.`);
  }
}
