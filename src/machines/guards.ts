import { dependsOnFailure, isStopped, type StopEvent } from './abort.js';
import { at } from './at.js';
import { attemptsAt, type ScopeContext } from './context.js';
import {
  catchFor,
  type FailureRoute,
  failedBranches,
  failedIn,
  routeAtEntry,
  routeOfLoop,
  routeOfNode,
} from './failure.js';
import { toleratedBy } from './group-plan.js';
import { asksForAnother, decideJoin, decideLoopEntry, type JoinDecision } from './join.js';
import type { SkipReason } from './outcome.js';
import { mayTryAgain } from './retry.js';
import {
  attemptFailureBy,
  attemptsOf,
  type Cause,
  type ChartInputEvent,
  isFallbackRefused,
  outcomeBy,
  waitAfter,
} from './settle.js';
import type { LoopPlan, NodePlan, Topology } from './topology.js';

interface Step {
  readonly context: ScopeContext;
  readonly event: ChartInputEvent;
}

/** Which group a transition ends, the outermost one; `null` where it ends none. */
interface StopParams {
  readonly group: number | null;
}

const stops = (route: FailureRoute | null, { group }: StopParams, scope: boolean): boolean =>
  route !== null && (route.stopsGroups.at(-1) ?? null) === group && route.stopsScope === scope;

/** Every policy decision of the chart by name. Pure: each looks at the context and the event alone. */
export function chartGuards(topology: Topology) {
  const plan = (params: { node: number }): NodePlan => at(topology.nodes, params.node);
  const loop = (params: { loop: number }): LoopPlan => at(topology.loops, params.loop);
  // Once something is being stopped, nothing is decided there any more: what is open answers that.
  const decideNow = (context: ScopeContext, params: { node: number }): JoinDecision =>
    context.abort === null && !isStopped(context, plan(params))
      ? decideJoin(topology, context, plan(params))
      : { kind: 'wait' };
  // Several guards ask for the same decision one after the other.
  let last: {
    readonly context: ScopeContext;
    readonly node: number;
    readonly decision: JoinDecision;
  } | null = null;
  const join = (context: ScopeContext, params: { node: number }): JoinDecision => {
    if (last?.context === context && last.node === params.node) return last.decision;
    last = { context, node: params.node, decision: decideNow(context, params) };
    return last.decision;
  };
  const entry = (context: ScopeContext, params: { loop: number }): JoinDecision =>
    context.abort === null && !isStopped(context, loop(params))
      ? decideLoopEntry(topology, context, loop(params))
      : { kind: 'wait' };
  const isSkip = (decision: JoinDecision, reason: SkipReason['kind']): boolean =>
    decision.kind === 'skip' && decision.reason.kind === reason;

  /** Where a failure of a node goes; `null` where it has not failed. */
  const route = ({ context, event }: Step, params: { node: number; by: Cause }): FailureRoute | null => {
    if (params.by === 'join' && join(context, params).kind === 'wait') return null;
    const outcome = outcomeBy(topology, context, plan(params), params.by, event);
    if (outcome === null || outcome.failure === null) return null;
    return routeOfNode(topology, context, plan(params), outcome.failure, params.by === 'join');
  };
  const tolerated = (index: number): number => {
    const group = at(topology.groups, index);
    return toleratedBy(group, group.onError);
  };
  const entryRoute = (context: ScopeContext, params: { loop: number }): FailureRoute | null => {
    const decision = entry(context, params);
    if (decision.kind !== 'fail') return null;
    const failing = at(topology.nodes, decision.node);
    return routeAtEntry(topology, context, loop(params), failing, decision.failure);
  };
  const iterationRoute = ({ context, event }: Step, params: { loop: number }): FailureRoute | null => {
    const failing = failedIn(topology, loop(params), event.output as ScopeContext);
    return failing === null ? null : routeOfLoop(topology, context, loop(params), failing);
  };

  return {
    // A node's join.
    joinSatisfied: ({ context }: Step, params: { node: number }) => join(context, params).kind === 'start',
    joinFails: ({ context }: Step, params: { node: number }) => join(context, params).kind === 'fail',
    upstreamFailed: ({ context }: Step, params: { node: number }) =>
      isSkip(join(context, params), 'upstream_failed'),
    noEdgeTaken: ({ context }: Step, params: { node: number }) => isSkip(join(context, params), 'not_taken'),
    conditionFalse: ({ context }: Step, params: { node: number }) =>
      isSkip(join(context, params), 'when_false'),

    // The end of an attempt.
    firstAttempt: ({ context }: Step, params: { node: number }) => attemptsAt(context, params.node) === 0,
    attemptsLeft: ({ context, event }: Step, params: { node: number; by: Cause }) => {
      const { node, index } = plan(params);
      if (node.retry === null || context.abort !== null || isStopped(context, plan(params))) return false;
      const failed = attemptFailureBy(context, plan(params), params.by, event);
      const attempt = attemptsAt(context, index);
      return mayTryAgain(
        node.retry,
        { ...failed, attempt, firstStartedAt: attemptsOf(context, plan(params)).first },
        waitAfter(context, plan(params)),
      );
    },
    fallbackGiven: ({ context, event }: Step, params: { node: number; by: Cause }) => {
      const failure = outcomeBy(topology, context, plan(params), params.by, event)?.failure ?? null;
      if (failure === null || catchFor(plan(params), failure) !== null) return false;
      return !isFallbackRefused(topology, context, plan(params));
    },
    iterationRefused: ({ context, event }: Step, params: { node: number }) =>
      outcomeBy(topology, context, plan(params), 'refusal', event) !== null,

    // A failure that is not to be tried again.
    failureStopsScope: (step: Step, params: { node: number; by: Cause } & StopParams) =>
      step.context.abort === null && stops(route(step, params), params, true),
    failureStopsGroup: (step: Step, params: { node: number; by: Cause } & StopParams) =>
      step.context.abort === null && stops(route(step, params), params, false),
    dependsOnFailure: ({ event }: Step, params: { node: number }) =>
      dependsOnFailure(topology, params.node, event as StopEvent),

    // A loop.
    loopEntered: ({ context }: Step, params: { loop: number }) => entry(context, params).kind === 'start',
    loopSkipped: ({ context }: Step, params: { loop: number }) => entry(context, params).kind === 'skip',
    loopEntryFails: ({ context }: Step, params: { loop: number }) => entry(context, params).kind === 'fail',
    loopEntryStopsScope: ({ context }: Step, params: { loop: number } & StopParams) =>
      stops(entryRoute(context, params), params, true),
    loopEntryStopsGroup: ({ context }: Step, params: { loop: number } & StopParams) =>
      stops(entryRoute(context, params), params, false),
    loopDependsOnFailure: ({ event }: Step, params: { loop: number }) =>
      loop(params).body.some((node) => dependsOnFailure(topology, node, event as StopEvent)),
    anotherIteration: ({ event }: Step, params: { loop: number }) =>
      asksForAnother(topology, event.output as ScopeContext, loop(params)),
    iterationFailed: ({ event }: Step) => (event.output as ScopeContext).failure !== null,
    iterationStopsScope: (step: Step, params: { loop: number } & StopParams) =>
      stops(iterationRoute(step, params), params, true),
    iterationStopsGroup: (step: Step, params: { loop: number } & StopParams) =>
      stops(iterationRoute(step, params), params, false),
    loopStopped: ({ context }: Step, params: { loop: number }) =>
      context.abort !== null || isStopped(context, loop(params)),

    // A group.
    groupFailed: ({ context }: Step, params: { group: number }) =>
      context.stopped.groups.includes(params.group) ||
      failedBranches(topology, context, params.group, null) > tolerated(params.group),

    // The run.
    stopped: ({ context }: Step) => context.abort !== null,
    runCancelled: ({ context }: Step) => context.abort?.kind === 'cancel',
    runFailed: ({ context }: Step) => context.failure !== null,
    runFailedAndHasToUndo: ({ context }: Step) => context.failure !== null && context.undo.length > 0,
    hasToUndo: ({ context }: Step) => context.undo.length > 0,
  };
}
