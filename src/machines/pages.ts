import { plain } from './plain.js';

/**
 * A list that is never changed in place: a changed copy shares all but one short way to the changed item with the old list, so that it
 * costs far less than the list is long. Plain JSON, as all of a context is, and so without `undefined`.
 */
export interface Pages<T> {
  /** How many bits of an index choose among the pages of `root`; 0 where that holds the items themselves. */
  readonly shift: number;
  readonly root: Page<T>;
}

const Pages = plain<Pages<unknown>, [shift: number, root: Page<unknown>]>(function (shift, root) {
  this.shift = shift;
  this.root = root;
}) as new <T>(
  shift: number,
  root: Page<T>,
) => Pages<T>;

type Page<T> = readonly (T | Page<T>)[];

const BITS = 4;
const SIZE = 1 << BITS;
const MASK = SIZE - 1;

/**
 * A list as pages.
 *
 * @example
 * nth(withNth(toPages([1, 2, 3]), 1, 7), 1); // 7
 */
export function toPages<T>(items: readonly T[]): Pages<T> {
  let root: Page<T> = items;
  let shift = 0;
  for (; root.length > SIZE; shift += BITS) root = inPages(root);
  return new Pages(shift, root === items ? items.slice() : root);
}

function inPages<T>(items: Page<T>): Page<T> {
  const pages: Page<T>[] = [];
  for (let start = 0; start < items.length; start += SIZE) pages.push(items.slice(start, start + SIZE));
  return pages;
}

/** The item at an index; `undefined` where there is none. */
export function nth<T>({ shift, root }: Pages<T>, index: number): T | undefined {
  return itemAt(shift, root, index);
}

function itemAt<T>(shift: number, root: Page<T>, index: number): T | undefined {
  let page: Page<T> | undefined = root;
  for (let bits = shift; bits > 0; bits -= BITS) {
    page = page?.[bits === shift ? index >> bits : (index >> bits) & MASK] as Page<T> | undefined;
  }
  return page?.[shift === 0 ? index : index & MASK] as T | undefined;
}

/**
 * The list with another item at an index that is in it.
 *
 * @throws RangeError for an index that is not in the list
 */
export function withNth<T>(list: Pages<T>, index: number, item: T): Pages<T> {
  const { shift, root } = list;
  checkIndex(shift, root, index);
  return new Pages(shift, edited(root, root, shift, index, item));
}

/** Makes many changes to a list at the cost of the pages that they are on. */
export class PageEditor<T> {
  readonly #before: Page<T>;
  readonly #shift: number;
  #root: Page<T>;

  constructor({ shift, root }: Pages<T>) {
    this.#before = root;
    this.#shift = shift;
    this.#root = root;
  }

  /** The list as it is now; whoever takes it makes no further changes. */
  get list(): Pages<T> {
    return new Pages(this.#shift, this.#root);
  }

  get(index: number): T | undefined {
    return itemAt(this.#shift, this.#root, index);
  }

  /** @throws RangeError for an index that is not in the list */
  set(index: number, item: T): void {
    checkIndex(this.#shift, this.#root, index);
    this.#root = edited(this.#root, this.#before, this.#shift, index, item);
  }
}

function checkIndex<T>(shift: number, root: Page<T>, index: number): void {
  if (itemAt(shift, root, index) === undefined)
    throw new RangeError(`There is no item ${index} in the list.`);
}

/** A page with another item in it: a copy of it, unless it is one already, as it is not the page that was there `before`. */
function edited<T>(
  page: Page<T>,
  before: Page<T> | undefined,
  shift: number,
  index: number,
  item: T,
): Page<T> {
  const place = index >> shift;
  const own = (page === before ? page.slice() : page) as (T | Page<T>)[];
  const rest = index & ((1 << shift) - 1);
  own[place] =
    shift === 0
      ? item
      : edited(page[place] as Page<T>, before?.[place] as Page<T> | undefined, shift - BITS, rest, item);
  return own;
}
