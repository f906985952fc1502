import type { Failure } from '../../ir/errors.js';
import { itemName } from '../names.js';
import type { AttemptInput, ItemInput } from '../node.js';
import type { AttemptFailure, AttemptResult } from '../outcome.js';
import { backoffDelay, mayTryAgain } from '../retry.js';
import type { NodePlan } from '../topology.js';
import { type BatchInput, batchFailure, type ItemSettled, type ItemStatus } from './protocol.js';

/** The context of a lane's machine: the one item that it is at. */
export interface LaneContext extends BatchInput {
  readonly lane: number;
  /** `null` between two items. */
  readonly item: ItemInput | null;
  /** The function runs once, as if its node were no batch. */
  readonly whole: boolean;
  /** Attempts begun at the item. */
  readonly attempt: number;
  /** When the first and the present attempt began, in milliseconds from the run's start. */
  readonly firstStartedAt: number;
  readonly startedAt: number;
}

/** What a lane's transitions go by: XState's events of its attempt, and its own. */
export interface LaneEvent {
  readonly type: string;
  /** Of a `take`. */
  readonly item?: ItemInput;
  readonly whole?: boolean;
  /** Of a `grant`: milliseconds from the run's start. */
  readonly at?: number;
  /** Of a `refuse`. */
  readonly failure?: Failure;
  readonly output?: unknown;
  readonly error?: unknown;
}

// Key by key, here and below: to spread an object takes longer than all else that is done with it.
const laneAt = (
  { base, seed, lane }: BatchInput & { readonly lane: number },
  item: ItemInput | null,
  whole: boolean,
): LaneContext => ({ base, seed, lane, item, whole, attempt: 0, firstStartedAt: 0, startedAt: 0 });

export const idleLane = (input: BatchInput & { readonly lane: number }): LaneContext =>
  laneAt(input, null, false);

export const withoutItem = (context: LaneContext): LaneContext => laneAt(context, null, false);

export const withItem = (context: LaneContext, event: LaneEvent): LaneContext =>
  laneAt(context, event.item ?? null, event.whole ?? false);

export function withAttempt(context: LaneContext, event: LaneEvent): LaneContext {
  const { base, seed, lane, item, whole, attempt, startedAt } = context;
  const at = event.at ?? startedAt;
  const firstStartedAt = attempt === 0 ? at : context.firstStartedAt;
  return { base, seed, lane, item, whole, attempt: attempt + 1, firstStartedAt, startedAt: at };
}

/** What the actor of the node's type is given for an attempt at the item. */
export function itemAttempt({ base, attempt, item, whole }: LaneContext): AttemptInput {
  const { node, name, iterations, inputs, outcomes, caught, state } = base;
  return { node, name, attempt, iterations, inputs, outcomes, caught, state, item: whole ? null : item };
}

/** Milliseconds to wait after the attempt that has just failed. */
export function itemBackoff({ node }: NodePlan, { seed, base, item, attempt }: LaneContext): number {
  if (node.retry === null) return 0;
  return backoffDelay(node.retry, attempt, [seed, base.node, ...base.iterations, item?.index ?? 0]);
}

/** Whether the attempt that has just failed is followed by another. */
export function itemMayTryAgain(plan: NodePlan, context: LaneContext, event: LaneEvent): boolean {
  const { attempt, firstStartedAt } = context;
  const failed = { ...itemFailureBy(plan, context, event), attempt, firstStartedAt };
  return mayTryAgain(plan.node.retry, failed, itemBackoff(plan, context));
}

/** Why an attempt at the item has failed, or the item as a whole: what was thrown, a timeout, or no place for it. */
export function itemFailureBy(plan: NodePlan, context: LaneContext, event: LaneEvent): AttemptFailure {
  const failed = failureBy(plan, context, event);
  if (context.whole) return failed;
  const name = itemName(context.base.name, context.item?.index ?? 0);
  return { ...failed, failure: { ...failed.failure, name } };
}

function failureBy({ node }: NodePlan, context: LaneContext, event: LaneEvent): AttemptFailure {
  if (event.failure !== undefined) return batchFailure(event.failure, context.startedAt);
  if (event.type.startsWith('xstate.error.')) return thrown(node, context, event.error);
  const about = { code: 'FC5005', node: node.id };
  const what = `item ${context.item?.index} of \`${node.id}\``;
  const itemTimeoutMs = node.batch?.itemTimeoutMs ?? 0;
  if (event.type === ITEM_TIMEOUT) {
    const failure = {
      ...about,
      message: `All attempts at ${what} together took longer than ${itemTimeoutMs} ms.`,
      path: node.batch?.pointer ?? null,
      hint: 'Raise `timeout.total_ms` of the batch.',
    };
    return batchFailure(failure, context.firstStartedAt + itemTimeoutMs);
  }
  const failure = {
    ...about,
    message: `An attempt at ${context.whole ? `\`${node.id}\`` : what} took longer than ${node.attemptTimeoutMs} ms.`,
    path: node.timeoutPointer,
    hint: 'Raise `timeout.attempt_ms`, or let failed items be tried again.',
  };
  return { failure, terminal: false, at: context.startedAt + (node.attemptTimeoutMs ?? 0) };
}

/** The event at the end of an item's `timeout.total_ms`, which is sent when its first attempt begins; also its id. */
export const ITEM_TIMEOUT = 'item_timeout';

/** Attempts reject with data; anything else is a defect, which must not get lost. */
function thrown(node: NodePlan['node'], context: LaneContext, error: unknown): AttemptFailure {
  if (typeof error === 'object' && error !== null && 'failure' in error) return error as AttemptFailure;
  const failure = {
    code: 'FC5008',
    message: `Item ${context.item?.index} of \`${node.id}\`: ${error instanceof Error ? error.message : String(error)}`,
    node: node.id,
    path: node.pointer,
    hint: 'The actor of a node should reject with an attempt failure; this is a defect of what was bound to it.',
  };
  return batchFailure(failure, context.startedAt);
}

/** What a lane tells its batch. */
export function settledItem(
  plan: NodePlan,
  context: LaneContext,
  event: LaneEvent,
  status: ItemStatus,
): ItemSettled {
  return {
    type: 'item.settled',
    lane: context.lane,
    index: context.item?.index ?? 0,
    status,
    result: status === 'succeeded' ? (event.output as AttemptResult) : null,
    failure: status === 'failed' || status === 'timed_out' ? itemFailureBy(plan, context, event) : null,
  };
}
