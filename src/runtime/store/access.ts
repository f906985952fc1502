import type { AttemptResult } from '../../machines/outcome.js';
import { isPromiseLike } from '../promise-like.js';
import type { RunStore } from './store.js';

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

/** What a store has of an earlier attempt. What it answers at once is returned at once. @throws StoreFailure for whatever it throws */
export function committedIn(
  store: RunStore,
  runId: string,
  execution: string,
): AttemptResult | undefined | Promise<AttemptResult | undefined> {
  try {
    const answer = store.committed(runId, execution);
    return isPromiseLike(answer) ? Promise.resolve(answer).catch(notRead) : answer;
  } catch (error) {
    return notRead(error);
  }
}

/** Has a store keep a result; returns nothing where it has done so already. @throws StoreFailure for whatever it throws */
export function commitTo(
  store: RunStore,
  runId: string,
  execution: string,
  result: AttemptResult,
): void | Promise<void> {
  try {
    const answer = store.commit(runId, execution, result);
    return isPromiseLike(answer) ? Promise.resolve(answer).catch(notWritten) : answer;
  } catch (error) {
    return notWritten(error);
  }
}

function notRead(cause: unknown): never {
  throw new StoreFailure('read', cause);
}

function notWritten(cause: unknown): never {
  throw new StoreFailure('write', cause);
}
