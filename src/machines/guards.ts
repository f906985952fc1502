import type { ScopeContext } from './context.js';
import { actionOfFailure } from './edges.js';
import { asksForAnother, decideJoin, decideLoopEntry } from './join.js';
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
  const skipKind = (context: ScopeContext, params: { node: number }): string | null => {
    const decision = decideJoin(topology, context, plan(params));
    return decision.kind === 'skip' ? decision.reason.kind : null;
  };

  return {
    // A node's join. Nothing starts in the step that stops the run.
    joinSatisfied: ({ context }: Step, params: { node: number }) =>
      context.abort === null && decideJoin(topology, context, plan(params)).kind === 'start',
    joinUndecidable: ({ context }: Step, params: { node: number }) =>
      decideJoin(topology, context, plan(params)).kind === 'fail',
    upstreamFailed: ({ context }: Step, params: { node: number }) =>
      skipKind(context, params) === 'upstream_failed',
    noEdgeTaken: ({ context }: Step, params: { node: number }) => skipKind(context, params) === 'not_taken',
    conditionFalse: ({ context }: Step, params: { node: number }) =>
      skipKind(context, params) === 'when_false',

    // The end of an attempt.
    attemptsLeft: ({ context, event }: Step, params: { node: number; by: Cause }) =>
      hasAttemptsLeft(context, plan(params), attemptFailureBy(plan(params), params.by, event)),
    iterationRefused: ({ context, event }: Step, params: { node: number }) =>
      outcomeBy(topology, context, plan(params), 'refusal', event) !== null,
    failureStopsRun: ({ context, event }: Step, params: { node: number; by: Cause }) => {
      const outcome = outcomeBy(topology, context, plan(params), params.by, event);
      return (outcome?.failure ?? null) !== null && actionOfFailure(context, plan(params)) === null;
    },

    // A loop.
    loopEntered: ({ context }: Step, params: { loop: number }) =>
      context.abort === null && decideLoopEntry(context, loop(params)).kind === 'start',
    loopSkipped: ({ context }: Step, params: { loop: number }) =>
      decideLoopEntry(context, loop(params)).kind === 'skip',
    loopEntryStopsRun: ({ context }: Step, params: { loop: number }) => {
      const decision = decideLoopEntry(context, loop(params));
      return decision.kind === 'fail' && actionOfFailure(context, at(topology.nodes, decision.node)) === null;
    },
    loopEntryUndecidable: ({ context }: Step, params: { loop: number }) =>
      decideLoopEntry(context, loop(params)).kind === 'fail',
    anotherIteration: ({ event }: Step, params: { loop: number }) =>
      asksForAnother(topology, event.output as ScopeContext, loop(params)),
    iterationFailed: ({ event }: Step) => (event.output as ScopeContext).failure !== null,

    // The run.
    stopped: ({ context }: Step) => context.abort !== null,
    runCancelled: ({ context }: Step) => context.abort?.kind === 'cancel',
    runFailed: ({ context }: Step) => context.failure !== null,
  };
}

/** Parameters of guards and actions come from the compiler, so the index is always there. */
export function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`The chart refers to item ${index} of ${list.length}.`);
  return item;
}
