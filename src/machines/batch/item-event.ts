import type { Failure } from '../../ir/errors.js';
import type { AboutNode } from '../about-node.js';
import { itemName } from '../names.js';
import type { AttemptInput } from '../node.js';
import type { NodePlan } from '../topology.js';
import { type BatchContext, itemsDone } from './context.js';
import { itemBackoff, itemFailureBy, type LaneContext, type LaneEvent } from './item.js';
import type { ItemStatus } from './protocol.js';

export interface AboutItem extends AboutNode {
  /** From 0, in the order of the items. */
  readonly index: number;
}

/** What a batch says of its items, as the transition that made it happen is taken. */
export type BatchEvent =
  | (AboutItem & { readonly type: 'item.started'; readonly attempt: number })
  | (AboutItem & { readonly type: 'item.attempt_failed'; readonly attempt: number; readonly error: Failure })
  | (AboutItem & { readonly type: 'item.backoff'; readonly attempt: number; readonly delay_ms: number })
  | (AboutItem & {
      readonly type: 'item.settled';
      readonly status: ItemStatus;
      readonly attempts: number;
      readonly error: Failure | null;
    })
  | (AboutNode & {
      readonly type: 'node.progress';
      readonly done: number;
      readonly total: number | null;
      readonly message: string | null;
    });

/** The parameters of a lane's `publishItem` actions. */
export type ItemNotice =
  | { readonly type: 'item.started' | 'item.attempt_failed' | 'item.backoff' }
  | { readonly type: 'item.settled'; readonly status: ItemStatus };

/** What a `publishItem` action says. */
export function describeItem(
  plan: NodePlan,
  context: LaneContext,
  event: LaneEvent,
  notice: ItemNotice,
): BatchEvent {
  const { attempt } = context;
  const about = aboutItem(plan, context);
  switch (notice.type) {
    case 'item.started':
      return { type: notice.type, ...about, attempt };
    case 'item.attempt_failed':
      return { type: notice.type, ...about, attempt, error: itemFailureBy(plan, context, event).failure };
    case 'item.backoff':
      return { type: notice.type, ...about, attempt, delay_ms: itemBackoff(plan, context) };
    case 'item.settled': {
      const { status } = notice;
      const fails = status === 'failed' || status === 'timed_out';
      const error = fails ? itemFailureBy(plan, context, event).failure : null;
      return { type: notice.type, ...about, status, attempts: attempt, error };
    }
  }
}

export function aboutItem(plan: NodePlan, { base, item }: LaneContext): AboutItem {
  const index = item?.index ?? 0;
  return { ...aboutNode(plan, base), name: itemName(base.name, index), index };
}

/** What the `publishProgress` action of a batch says. */
export function describeProgress(plan: NodePlan, context: BatchContext): BatchEvent {
  const { base, total } = context;
  return {
    type: 'node.progress',
    ...aboutNode(plan, base),
    done: itemsDone(context),
    total,
    message: null,
  };
}

export function aboutNode({ node }: NodePlan, { name, iterations }: AttemptInput): AboutNode {
  const iteration = iterations.at(-1);
  return iteration === undefined ? { node: node.id, name } : { node: node.id, name, iteration };
}
