import type { JsonObject, JsonValue } from '../../ir/json.js';

/** What can be read once, one item after the other, and told that no more are wanted. */
export interface ItemIterator {
  next(): unknown;
  return?(): unknown;
}

interface OneTimeItems {
  readonly open: () => ItemIterator;
  read: boolean;
}

/** By the object that stands for them in a run's data. Nothing else is known by it, so that nothing can be taken for one. */
const known = new WeakMap<object, OneTimeItems>();
let hasAny = false;

/**
 * An async iterable, or an iterator such as a generator, as a value that may stand in a run's data: a frozen object, which
 * means the items only as long as it is that object, and says what it is where it is shown. `null` for any other value.
 */
export function oneTimeItems(value: unknown): JsonObject | null {
  const open = opener(value);
  if (open === null) return null;
  const marker = Object.freeze({ stream: true });
  hasAny = true;
  known.set(marker, { open, read: false });
  return marker;
}

/** Whether there ever were any in this process: where there were not, nothing has to be looked through for them. */
export const haveBeenOneTimeItems = (): boolean => hasAny;

export function isOneTimeItems(value: JsonValue): boolean {
  return typeof value === 'object' && value !== null && known.has(value);
}

/** Opens them for reading; `null` when they have been opened before. */
export function readOnce(marker: JsonValue): ItemIterator | null {
  const items = typeof marker === 'object' && marker !== null ? known.get(marker) : undefined;
  if (items === undefined || items.read) return null;
  items.read = true;
  return items.open();
}

function opener(value: unknown): (() => ItemIterator) | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const given = value as Partial<AsyncIterable<unknown> & Iterable<unknown> & ItemIterator>;
  if (typeof given[Symbol.asyncIterator] === 'function') {
    return () => (value as AsyncIterable<unknown>)[Symbol.asyncIterator]() as ItemIterator;
  }
  // A Map is iterable as well, but no list of items: only what can be read no more than once is taken.
  if (typeof given[Symbol.iterator] === 'function' && typeof given.next === 'function') {
    return () => (value as Iterable<unknown>)[Symbol.iterator]() as ItemIterator;
  }
  return null;
}
