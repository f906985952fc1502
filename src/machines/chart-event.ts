import type { Failure } from '../ir/errors.js';
import type { JsonValue } from '../ir/json.js';
import type { AboutNode } from './about-node.js';
import { at } from './at.js';
import type { BatchEvent } from './batch/item-event.js';
import { nextUndo } from './compensation.js';
import { attemptsAt, iterationsAround, type ScopeContext } from './context.js';
import { failedBranches } from './failure.js';
import { nameOf } from './names.js';
import type { AttemptFailure, CancelReason, Handling, NodeStatus, Outcome, SkipReason } from './outcome.js';
import { nth } from './pages.js';
import { plain } from './plain.js';
import { attemptFailureBy, type Cause, type ChartInputEvent, waitAfter } from './settle.js';
import type { LoopPlan, NodePlan, Topology } from './topology.js';

/** What the chart says has happened, as the transition that made it happen is taken. */
export type ChartEvent =
  | BatchEvent
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
      readonly handled_by: Handling | null;
      readonly reason: SkipReason | CancelReason | null;
    })
  /** What is around a loop handles the failure of a node in it, which was settled before. */
  | (AboutNode & { readonly type: 'node.failure_handled'; readonly handled_by: Handling })
  | (AboutNode & { readonly type: 'node.compensating' })
  | (AboutNode & {
      readonly type: 'node.compensated';
      readonly status: 'succeeded' | 'failed';
      readonly error: Failure | null;
    })
  /** Its branches have ended, and `failed` of them have failed: within what it tolerates, or beyond that. */
  | { readonly type: 'group.joined' | 'group.failed'; readonly group: string; readonly failed: number }
  | { readonly type: 'loop.iteration'; readonly loop: string; readonly iteration: number }
  | { readonly type: 'run.failing'; readonly error: Failure }
  | { readonly type: 'run.cancelling'; readonly reason: string };

/** The parameters of the chart's `publish` actions: data, so that a chart can be drawn and compared. */
export type PublishParams =
  | { readonly type: 'node.queued' | 'node.started' | 'node.backoff' | 'node.settled'; readonly node: number }
  | { readonly type: 'node.attempt_failed'; readonly node: number; readonly by: Cause }
  | { readonly type: 'node.compensating' }
  | { readonly type: 'node.compensated'; readonly status: 'succeeded' | 'failed' }
  | { readonly type: 'group.joined' | 'group.failed'; readonly group: number }
  | { readonly type: 'loop.iteration'; readonly loop: number }
  | { readonly type: 'run.failing' | 'run.cancelling' };

/** Whether an event tells those who listen to the run something, and nobody else: no record is made from it. */
export const isForListeners = (type: PublishParams['type']): boolean =>
  type === 'node.queued' || type === 'node.attempt_failed';

/** The node that a `publish` action speaks of, by index; `null` where it speaks of something else. */
export function nodeOfPublished(context: ScopeContext, params: PublishParams): number | null {
  if ('node' in params) return params.node;
  return params.type === 'node.compensated' ? nextUndo(context).node : null;
}

/** What a `publish` action says, given the context and the event that it is executed with. */
export function describePublished(
  topology: Topology,
  context: ScopeContext,
  event: ChartInputEvent,
  params: PublishParams,
): ChartEvent {
  switch (params.type) {
    case 'node.queued':
      return { type: params.type, ...aboutNode(topology, context, at(topology.nodes, params.node)) };
    case 'node.started': {
      const about = aboutNode(topology, context, at(topology.nodes, params.node));
      return new StartedEvent(about, attemptsAt(context, params.node));
    }
    case 'node.attempt_failed': {
      const plan = at(topology.nodes, params.node);
      const about = aboutNode(topology, context, plan);
      return {
        type: params.type,
        ...about,
        attempt: attemptsAt(context, params.node),
        error: { name: about.name, ...attemptFailureBy(context, plan, params.by, event).failure },
      };
    }
    case 'node.backoff': {
      const plan = at(topology.nodes, params.node);
      return {
        type: params.type,
        ...aboutNode(topology, context, plan),
        attempt: attemptsAt(context, params.node),
        delay_ms: waitAfter(context, plan),
      };
    }
    case 'node.settled':
      return settledEvent(topology, context, at(topology.nodes, params.node));
    case 'node.compensating':
      return { type: params.type, ...undone(topology, context) };
    case 'node.compensated': {
      const about = undone(topology, context);
      const failure = params.status === 'failed' ? compensationFailure(event) : null;
      const error = failure === null ? null : { ...failure, name: about.name };
      return { type: params.type, ...about, status: params.status, error };
    }
    case 'group.joined':
    case 'group.failed':
      return {
        type: params.type,
        group: at(topology.groups, params.group).id,
        failed: failedBranches(topology, context, params.group, null),
      };
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

export function settledEvent(topology: Topology, context: ScopeContext, plan: NodePlan): ChartEvent {
  const outcome = nth(context.outcomes, plan.index);
  if (!outcome) throw new Error(`Node ${plan.node.id} settled without an outcome.`);
  return new SettledEvent(aboutNode(topology, context, plan), outcome);
}

type NodeSettled = Extract<ChartEvent, { type: 'node.settled' }>;

const SettledEvent = plain<NodeSettled, [about: AboutNode, outcome: Outcome]>(function (about, outcome) {
  this.type = 'node.settled';
  this.node = about.node;
  this.name = about.name;
  if (about.iteration !== undefined) this.iteration = about.iteration;
  this.status = outcome.status;
  this.attempts = outcome.attempts;
  this.output = outcome.output;
  this.error = outcome.failure;
  this.action = outcome.action;
  this.handled_by = outcome.handledBy;
  this.reason = outcome.reason;
});

type NodeStarted = Extract<ChartEvent, { type: 'node.started' }>;

const StartedEvent = plain<NodeStarted, [about: AboutNode, attempt: number]>(function (about, attempt) {
  this.type = 'node.started';
  this.node = about.node;
  this.name = about.name;
  if (about.iteration !== undefined) this.iteration = about.iteration;
  this.attempt = attempt;
});

export function aboutNode(topology: Topology, context: ScopeContext, plan: NodePlan): AboutNode {
  return aboutExecution(topology, context, plan.index, iterationsAround(topology, context, plan));
}

/** Which success is being undone. */
function undone(topology: Topology, context: ScopeContext): AboutNode {
  const { node, iterations } = nextUndo(context);
  return aboutExecution(topology, context, node, iterations);
}

function aboutExecution(
  topology: Topology,
  context: ScopeContext,
  node: number,
  iterations: readonly number[],
): AboutNode {
  const { id } = at(topology.nodes, node).node;
  const name = nameOf(topology, context.name, node, iterations);
  // 0 for a loop whose body never ran.
  const iteration = iterations.at(-1) || undefined;
  return iteration === undefined ? { node: id, name } : { node: id, name, iteration };
}

function compensationFailure({ error }: ChartInputEvent): Failure | null {
  return typeof error === 'object' && error !== null && 'failure' in error
    ? (error as AttemptFailure).failure
    : null;
}

/** The failures in an iteration that nothing in the loop has handled, and something around it has. */
export function handledOutside(
  topology: Topology,
  context: ScopeContext,
  ended: ScopeContext,
  loop: LoopPlan,
): readonly (readonly [node: number, event: ChartEvent])[] {
  return loop.body.flatMap((node): (readonly [number, ChartEvent])[] => {
    const handledBy = nth(context.outcomes, node)?.handledBy ?? null;
    if (handledBy === null || nth(ended.outcomes, node)?.handledBy !== null) return [];
    const about = aboutNode(topology, ended, at(topology.nodes, node));
    return [[node, { type: 'node.failure_handled', ...about, handled_by: handledBy }]];
  });
}
