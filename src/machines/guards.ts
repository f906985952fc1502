import { dependsOnFailure } from './abort.js';
import { at } from './at.js';
import type { ScopeContext } from './context.js';
import { actionOfFailure } from './edges.js';
import { asksForAnother, decideJoin, decideLoopEntry, type JoinDecision } from './join.js';
import type { SkipReason } from './outcome.js';
import { hasAttemptsLeft } from './retry.js';
import { attemptFailureBy, type Cause, type ChartInputEvent, outcomeBy } from './settle.js';
import type { LoopPlan, NodePlan, Topology } from './topology.js';

interface Step {
  readonly context: ScopeContext;
  readonly event: ChartInputEvent;
}

/** Every policy decision of the chart by name. Pure: each looks at the context and the event alone. */
export function chartGuards(topology: Topology) {
  const plan = (params: { node: number }): NodePlan => at(topology.nodes, params.node);
  const loop = (params: { loop: number }): LoopPlan => at(topology.loops, params.loop);
  // Once a run is being stopped, nothing is decided any more: what is open answers the abort.
  const join = (context: ScopeContext, params: { node: number }): JoinDecision =>
    context.abort === null ? decideJoin(topology, context, plan(params)) : { kind: 'wait' };
  const entry = (context: ScopeContext, params: { loop: number }): JoinDecision =>
    context.abort === null ? decideLoopEntry(context, loop(params)) : { kind: 'wait' };
  const isSkip = (decision: JoinDecision, reason: SkipReason['kind']): boolean =>
    decision.kind === 'skip' && decision.reason.kind === reason;

  return {
    // A node's join.
    joinSatisfied: ({ context }: Step, params: { node: number }) => join(context, params).kind === 'start',
    joinUndecidable: ({ context }: Step, params: { node: number }) => join(context, params).kind === 'fail',
    upstreamFailed: ({ context }: Step, params: { node: number }) =>
      isSkip(join(context, params), 'upstream_failed'),
    noEdgeTaken: ({ context }: Step, params: { node: number }) => isSkip(join(context, params), 'not_taken'),
    conditionFalse: ({ context }: Step, params: { node: number }) =>
      isSkip(join(context, params), 'when_false'),

    // The end of an attempt.
    attemptsLeft: ({ context, event }: Step, params: { node: number; by: Cause }) =>
      hasAttemptsLeft(context, plan(params), attemptFailureBy(plan(params), params.by, event)),
    iterationRefused: ({ context, event }: Step, params: { node: number }) =>
      outcomeBy(topology, context, plan(params), 'refusal', event) !== null,
    failureStopsRun: ({ context, event }: Step, params: { node: number; by: Cause }) => {
      if (context.abort !== null || actionOfFailure(context, plan(params)) !== null) return false;
      const outcome = outcomeBy(topology, context, plan(params), params.by, event);
      return outcome !== null && outcome.failure !== null;
    },
    dependsOnFailure: ({ event }: Step, params: { node: number }) =>
      dependsOnFailure(topology, params.node, event),

    // A loop.
    loopEntered: ({ context }: Step, params: { loop: number }) => entry(context, params).kind === 'start',
    loopSkipped: ({ context }: Step, params: { loop: number }) => entry(context, params).kind === 'skip',
    loopEntryUndecidable: ({ context }: Step, params: { loop: number }) =>
      entry(context, params).kind === 'fail',
    loopEntryStopsRun: ({ context }: Step, params: { loop: number }) => {
      const decision = entry(context, params);
      return decision.kind === 'fail' && actionOfFailure(context, at(topology.nodes, decision.node)) === null;
    },
    loopDependsOnFailure: ({ event }: Step, params: { loop: number }) =>
      loop(params).body.some((node) => dependsOnFailure(topology, node, event)),
    anotherIteration: ({ event }: Step, params: { loop: number }) =>
      asksForAnother(topology, event.output as ScopeContext, loop(params)),
    iterationFailed: ({ event }: Step) => (event.output as ScopeContext).failure !== null,

    // The run.
    stopped: ({ context }: Step) => context.abort !== null,
    runCancelled: ({ context }: Step) => context.abort?.kind === 'cancel',
    runFailed: ({ context }: Step) => context.failure !== null,
  };
}
