/**
 * A list that is never changed in place, cut into pages: a changed copy shares all pages but the changed one with the old list, so that
 * it costs far less than the list is long. Plain JSON, as all of a context is.
 */
export type Pages<T> = readonly (readonly T[])[];

const BITS = 6;
const SIZE = 1 << BITS;
const MASK = SIZE - 1;

/**
 * A list as pages.
 *
 * @example
 * nth(withNth(toPages([1, 2, 3]), 1, 7), 1); // 7
 */
export function toPages<T>(items: readonly T[]): Pages<T> {
  const pages: T[][] = [];
  for (let start = 0; start < items.length; start += SIZE) pages.push(items.slice(start, start + SIZE));
  return pages;
}

/** The item at an index; `undefined` where there is none. */
export function nth<T>(list: Pages<T>, index: number): T | undefined {
  return list[index >> BITS]?.[index & MASK];
}

/** The list with another item at an index that is in it. */
export function withNth<T>(list: Pages<T>, index: number, item: T): Pages<T> {
  const edited = new PageEditor(list);
  edited.set(index, item);
  return edited.list;
}

/** Makes many changes to a list at the cost of the pages that they are on. */
export class PageEditor<T> {
  readonly #before: Pages<T>;
  readonly #pages: (readonly T[])[];

  constructor(list: Pages<T>) {
    this.#before = list;
    this.#pages = list.slice();
  }

  /** The list as it is now; whoever takes it makes no further changes. */
  get list(): Pages<T> {
    return this.#pages;
  }

  get(index: number): T | undefined {
    return nth(this.#pages, index);
  }

  /** @throws RangeError for an index that is not in the list */
  set(index: number, item: T): void {
    const number = index >> BITS;
    const page = this.#pages[number];
    if (page === undefined || (index & MASK) >= page.length) {
      throw new RangeError(`There is no item ${index} in the list.`);
    }
    const own = page === this.#before[number] ? page.slice() : (page as T[]);
    own[index & MASK] = item;
    this.#pages[number] = own;
  }
}
