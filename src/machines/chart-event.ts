import type { Failure } from '../ir/errors.js';
import type { JsonValue } from '../ir/json.js';
import { at } from './at.js';
import type { ScopeContext } from './context.js';
import type { NodeStatus, SkipReason } from './outcome.js';
import { backoffDelay } from './retry.js';
import { attemptFailureBy, type Cause, type ChartInputEvent } from './settle.js';
import type { NodePlan, Topology } from './topology.js';

interface AboutNode {
  readonly node: string;
  /** For a node in a loop: which iteration of the innermost one, from 1. */
  readonly iteration?: number;
}

/** What the chart says has happened, as the transition that made it happen is taken. */
export type ChartEvent =
  | (AboutNode & { readonly type: 'node.queued' })
  | (AboutNode & { readonly type: 'node.started'; readonly attempt: number })
  | (AboutNode & { readonly type: 'node.attempt_failed'; readonly attempt: number; readonly error: Failure })
  | (AboutNode & { readonly type: 'node.backoff'; readonly attempt: number; readonly delay_ms: number })
  | (AboutNode & {
      readonly type: 'node.settled';
      readonly status: NodeStatus;
      readonly attempts: number;
      readonly output: JsonValue;
      readonly error: Failure | null;
      readonly action: string | null;
      readonly reason: SkipReason | null;
    })
  | { readonly type: 'group.joined'; readonly group: string }
  | { readonly type: 'loop.iteration'; readonly loop: string; readonly iteration: number }
  | { readonly type: 'run.failing'; readonly error: Failure }
  | { readonly type: 'run.cancelling'; readonly reason: string };

/** The parameters of the chart's `publish` actions: data, so that a chart can be drawn and compared. */
export type PublishParams =
  | { readonly type: 'node.queued' | 'node.started' | 'node.backoff' | 'node.settled'; readonly node: number }
  | { readonly type: 'node.attempt_failed'; readonly node: number; readonly by: Cause }
  | { readonly type: 'group.joined'; readonly group: number }
  | { readonly type: 'loop.iteration'; readonly loop: number }
  | { readonly type: 'run.failing' | 'run.cancelling' };

/** What a `publish` action says, given the context and the event that it is executed with. */
export function describePublished(
  topology: Topology,
  context: ScopeContext,
  event: ChartInputEvent,
  params: PublishParams,
): ChartEvent {
  switch (params.type) {
    case 'node.queued':
      return { type: params.type, ...aboutNode(context, at(topology.nodes, params.node)) };
    case 'node.started':
      return {
        type: params.type,
        ...aboutNode(context, at(topology.nodes, params.node)),
        attempt: context.attempts[params.node] ?? 0,
      };
    case 'node.attempt_failed': {
      const plan = at(topology.nodes, params.node);
      return {
        type: params.type,
        ...aboutNode(context, plan),
        attempt: context.attempts[params.node] ?? 0,
        error: attemptFailureBy(plan, params.by, event).failure,
      };
    }
    case 'node.backoff': {
      const plan = at(topology.nodes, params.node);
      return {
        type: params.type,
        ...aboutNode(context, plan),
        attempt: context.attempts[params.node] ?? 0,
        delay_ms: backoffDelay(context, plan),
      };
    }
    case 'node.settled':
      return settledEvent(context, at(topology.nodes, params.node));
    case 'group.joined':
      return { type: params.type, group: at(topology.workflow.groups, params.group).id };
    case 'loop.iteration':
      return {
        type: params.type,
        loop: at(topology.loops, params.loop).id,
        iteration: context.iterations[params.loop] ?? 0,
      };
    case 'run.failing':
      if (context.failure === null) throw new Error('A run is failing without a failure.');
      return { type: params.type, error: context.failure };
    case 'run.cancelling':
      return { type: params.type, reason: context.abort?.kind === 'cancel' ? context.abort.reason : '' };
  }
}

export function settledEvent(context: ScopeContext, plan: NodePlan): ChartEvent {
  const outcome = context.outcomes[plan.index];
  if (!outcome) throw new Error(`Node ${plan.node.id} settled without an outcome.`);
  return {
    type: 'node.settled',
    ...aboutNode(context, plan),
    status: outcome.status,
    attempts: outcome.attempts,
    output: outcome.output,
    error: outcome.failure,
    action: outcome.action,
    reason: outcome.reason,
  };
}

function aboutNode(context: ScopeContext, plan: NodePlan): AboutNode {
  const iteration = plan.loop === null ? 0 : (context.iterations[plan.loop] ?? 0);
  return iteration === 0 ? { node: plan.node.id } : { node: plan.node.id, iteration };
}
