import type { Failure } from '../../ir/errors.js';
import type { AttemptInput, ItemInput } from '../node.js';
import type { AttemptFailure, AttemptResult } from '../outcome.js';

/** The actor that a batch node invokes instead of its type's: a machine of its own. */
export const batchActor = (key: string): string => `forkchart.batch:${key}`;
/** The actor that reads the items of a batch and keeps its results, which never enter a context. */
export const BATCH_DATA = 'forkchart.batch-data';

/** What the machine of a batch is started with. */
export interface BatchInput {
  /** What each attempt is given, but for the item. */
  readonly base: AttemptInput;
  /** The run's, for the jitter of backoffs. */
  readonly seed: number;
}

export type ItemStatus = 'succeeded' | 'failed' | 'timed_out' | 'cancelled';

/** What a lane says once its item is settled. */
export interface ItemSettled {
  readonly type: 'item.settled';
  readonly lane: number;
  readonly index: number;
  readonly status: ItemStatus;
  /** Of one that succeeded. */
  readonly result: AttemptResult | null;
  /** Of one that failed or timed out. */
  readonly failure: AttemptFailure | null;
}

/** What the chart tells the data side of a batch. */
export type BatchRequest =
  /** The lane is free: answered by `item`, or by `exhausted` once there are no more. */
  | { readonly type: 'pull'; readonly lane: number }
  /** Keeps what became of an item. `pulls`: its lane is free, and asks for the next. */
  | { readonly type: 'keep'; readonly settled: ItemSettled; readonly pulls: boolean }
  /** All are settled: answered by `finished`. */
  | { readonly type: 'finish' }
  /** Too many have failed: answered by `explained`, with failure number `tolerated` (from 0) in the order of the items. */
  | { readonly type: 'explain'; readonly tolerated: number };

/** What the data side of a batch tells the chart. */
export type BatchReply =
  /** The items are found. `whole`: there are none to be had, and the node is to run once as it is. */
  | { readonly type: 'opened'; readonly total: number | null; readonly whole: boolean }
  | { readonly type: 'item'; readonly lane: number; readonly item: ItemInput }
  /** There are no more. */
  | { readonly type: 'exhausted' }
  /** There are none to be had, or no more; or what came of them cannot be kept. */
  | { readonly type: 'broken'; readonly failure: AttemptFailure }
  | { readonly type: 'finished'; readonly result: AttemptResult }
  | { readonly type: 'explained'; readonly failure: AttemptFailure };

/** The failure of an item as that of its batch: it says which item. A timeout, which forkchart words itself, does so already. */
export function failureByItem(index: number, { failure, ...rest }: AttemptFailure): AttemptFailure {
  const { code, message } = failure;
  return {
    ...rest,
    failure: { ...failure, message: code === 'FC5005' ? message : `item ${index}: ${message}` },
  };
}

/** A failure of the batch itself, or of its items as a whole, which trying again would not mend. */
export const batchFailure = (failure: Failure, at: number): AttemptFailure => ({
  failure,
  terminal: true,
  at,
});
