import { isPromiseLike } from '../promise-like.js';

/** A store's failures are its own: calling a node's function again would not mend them. */
export class StoreFailure extends Error {
  /** @param access what failed: asking for an earlier result, before the function is called, or keeping one */
  constructor(
    readonly access: 'read' | 'write',
    override readonly cause: unknown,
  ) {
    super('The store of runs failed.');
  }
}

/** Asks a store. What it answers at once is returned at once. @throws StoreFailure for whatever it throws */
export function readStored<T>(ask: () => T | Promise<T>): T | Promise<T> {
  return accessed('read', ask);
}

/** Has a store keep something; returns nothing where it has done so already. @throws StoreFailure for whatever it throws */
export function stored(keep: () => void | Promise<void>): void | Promise<void> {
  return accessed('write', keep);
}

function accessed<T>(access: 'read' | 'write', ask: () => T | Promise<T>): T | Promise<T> {
  const failed = (cause: unknown): never => {
    throw new StoreFailure(access, cause);
  };
  try {
    const answer = ask();
    return isPromiseLike(answer) ? Promise.resolve(answer).catch(failed) : answer;
  } catch (error) {
    return failed(error);
  }
}
