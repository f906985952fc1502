import { ForkchartError } from '../../ir/errors.js';
import type { JsonValue } from '../../ir/json.js';
import { toJsonResult } from '../json-result.js';
import type { ItemIterator } from './one-time-items.js';

/** An item, or `null` after the last. */
export type NextItem = { readonly value: JsonValue } | null;

/** The items of a batch, read one at a time. */
export interface ItemSource {
  /** How many there are; `null` where that is known only in the end. */
  readonly total: number | null;
  /** Throws, or rejects, when there is no going on. Not called again before it has answered. */
  next(): NextItem | Promise<NextItem>;
  /** No more are wanted. Called once, whether or not all were read. */
  close(): void;
}

/** What gave the items threw its `cause`: neither the function of the node nor the batch has failed. */
export class UnreadableItems extends Error {
  constructor(override readonly cause: unknown) {
    super('The items of a batch could not be read.');
  }
}

/** @throws ForkchartError FC1006 for a list that is too long */
export function listSource(items: readonly JsonValue[], most: number): ItemSource {
  if (items.length > most) throw tooMany(most);
  let at = 0;
  return {
    total: items.length,
    next: () => (at < items.length ? { value: items[at++] ?? null } : null),
    close: () => {},
  };
}

/** @param resultBytes how large one item may be */
export function iteratorSource(iterator: ItemIterator, most: number, resultBytes: number): ItemSource {
  let read = 0;
  let ended = false;
  return {
    total: null,
    async next() {
      let step: IteratorResult<unknown>;
      try {
        step = (await iterator.next()) as IteratorResult<unknown>;
      } catch (error) {
        ended = true;
        throw new UnreadableItems(error);
      }
      if (step.done === true) {
        ended = true;
        return null;
      }
      if (++read > most) throw tooMany(most);
      return { value: toJsonResult(step.value, resultBytes, 'item') };
    },
    close() {
      if (ended) return;
      ended = true;
      // How it takes leave is its own matter: nobody is left to be told.
      void Promise.resolve()
        .then(() => iterator.return?.())
        .catch(() => {});
    },
  };
}

/** Lists of at most `size` items of `source`, the last one shorter if need be. */
export function chunkSource(source: ItemSource, size: number): ItemSource {
  let broken: { readonly by: unknown } | null = null;
  const nextChunk = async (): Promise<NextItem> => {
    if (broken !== null) throw broken.by;
    const chunk: JsonValue[] = [];
    try {
      while (chunk.length < size) {
        const item = await source.next();
        if (item === null) break;
        chunk.push(item.value);
      }
    } catch (error) {
      // What was read before is worked on.
      if (chunk.length === 0) throw error;
      broken = { by: error };
    }
    return chunk.length === 0 ? null : { value: Object.freeze(chunk) };
  };
  return {
    total: source.total === null ? null : Math.ceil(source.total / size),
    next: nextChunk,
    close: () => source.close(),
  };
}

function tooMany(most: number): ForkchartError {
  return new ForkchartError('FC1006', `The batch has more than ${most} items.`, {
    hint: 'Split the work over several runs, or raise `limits.items`.',
  });
}
