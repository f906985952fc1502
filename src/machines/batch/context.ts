import type { BatchPolicy } from '../../ir/workflow.js';
import type { AttemptFailure, AttemptResult } from '../outcome.js';
import { type BatchInput, failureByItem, type ItemSettled } from './protocol.js';

/** The context of a batch's machine: what decides its transitions, whatever the number of items. */
export interface BatchContext extends BatchInput {
  /** How many items there are; `null` where that is known only in the end. */
  readonly total: number | null;
  /** The node runs once, as if it were no batch. */
  readonly whole: boolean;
  /** Lanes that are alive. */
  readonly lanes: number;
  readonly begun: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Told to stop before they were settled. */
  readonly cancelled: number;
  readonly exhausted: boolean;
  /** Why the batch fails, as soon as that is certain. */
  readonly failure: AttemptFailure | null;
  readonly result: AttemptResult | null;
}

export function initialBatchContext(input: BatchInput): BatchContext {
  const { base, seed } = input;
  return {
    base,
    seed,
    total: null,
    whole: false,
    lanes: 0,
    begun: 0,
    succeeded: 0,
    failed: 0,
    cancelled: 0,
    exhausted: false,
    failure: null,
    result: null,
  };
}

/** Items that are queued, running or in backoff. */
export const itemsUnderWay = (context: BatchContext): number =>
  context.begun - context.succeeded - context.failed - context.cancelled;

export const itemsDone = (context: BatchContext): number => context.succeeded + context.failed;

/** Whether every item there is has been settled. */
export const allItemsSettled = (context: BatchContext): boolean =>
  context.exhausted && itemsUnderWay(context) === 0;

/**
 * How many items may fail. A percentage of a number that is not known yet allows any number of failures, until all items
 * are read.
 */
export function toleratedItems(policy: BatchPolicy, context: BatchContext): number {
  if (context.whole) return 0;
  const { tolerate } = policy;
  if (tolerate === null) return policy.errorHandling === 'fail_fast' ? 0 : Number.POSITIVE_INFINITY;
  const total = context.total ?? (context.exhausted ? context.begun : null);
  const ofPercent =
    tolerate.percent === null || total === null
      ? Number.POSITIVE_INFINITY
      : Math.floor((tolerate.percent / 100) * total);
  return Math.min(tolerate.count ?? Number.POSITIVE_INFINITY, ofPercent);
}

export const tooManyFailed = (policy: BatchPolicy, context: BatchContext): boolean =>
  context.failed > toleratedItems(policy, context);

/** Whether an item's end is one failure too many for a batch that stops at the first of these. */
export function endsBatch(policy: BatchPolicy, context: BatchContext, settled: ItemSettled): boolean {
  const stops = context.whole || policy.errorHandling === 'fail_fast';
  return stops && settled.failure !== null && tooManyFailed(policy, withSettled(context, settled));
}

/** The context with one more item begun. */
export function withBegun(context: BatchContext): BatchContext {
  const { begun, succeeded, failed, cancelled } = context;
  return withCounts(context, begun + 1, succeeded, failed, cancelled);
}

/** The context with one more item settled. */
export function withSettled(context: BatchContext, { status }: ItemSettled): BatchContext {
  const { begun, succeeded, failed, cancelled } = context;
  switch (status) {
    case 'succeeded':
      return withCounts(context, begun, succeeded + 1, failed, cancelled);
    case 'cancelled':
      return withCounts(context, begun, succeeded, failed, cancelled + 1);
    default:
      return withCounts(context, begun, succeeded, failed + 1, cancelled);
  }
}

/** Made key by key, as it is for each item twice: to spread a context takes several times as long. */
function withCounts(
  { base, seed, total, whole, lanes, exhausted, failure, result }: BatchContext,
  begun: number,
  succeeded: number,
  failed: number,
  cancelled: number,
): BatchContext {
  return {
    base,
    seed,
    total,
    whole,
    lanes,
    begun,
    succeeded,
    failed,
    cancelled,
    exhausted,
    failure,
    result,
  };
}

export const withFailure = (
  context: BatchContext,
  { failure }: { readonly failure: AttemptFailure | null },
): BatchContext => ({ ...context, failure });

/** One item too many has failed: that is why the batch does. A node that runs as a whole has no items to tell apart. */
export function withFailureOfItem(context: BatchContext, { index, failure }: ItemSettled): BatchContext {
  return {
    ...context,
    failure: failure === null || context.whole ? failure : failureByItem(index, failure),
  };
}
