import type { Failure } from '../ir/errors.js';
import { dependsOnFailure } from './abort.js';
import type { ScopeContext } from './context.js';
import { actionOfFailure, decideEdge, isExhausted } from './edges.js';
import { decideJoin } from './join.js';
import {
  type AttemptFailure,
  type AttemptResult,
  cancelled,
  failed,
  isFailure,
  type Outcome,
  skipped,
  succeeded,
} from './outcome.js';
import type { NodePlan, Topology } from './topology.js';

/**
 * What a transition that settles a node (or fails an attempt) goes by: the actor's `result` or what was `thrown`, its
 * `timeout`, the edges at its `join`, the `refusal` of another iteration, or the end of all that is open (`abort`).
 */
export type Cause = 'result' | 'thrown' | 'timeout' | 'join' | 'refusal' | 'abort';

/** The part of XState's events that outcomes are made from. */
export interface ChartInputEvent {
  readonly type: string;
  readonly output?: unknown;
  readonly error?: unknown;
}

/** The outcome that `cause` gives a node; `null` when it gives none, as when no iteration is refused. */
export function outcomeBy(
  topology: Topology,
  context: ScopeContext,
  plan: NodePlan,
  cause: Cause,
  event: ChartInputEvent,
): Outcome | null {
  const attempts = context.attempts[plan.index] ?? 0;
  switch (cause) {
    case 'result':
      return succeeded(event.output as AttemptResult, attempts);
    case 'thrown':
      return failed(thrownBy(plan, event).failure, attempts);
    case 'timeout':
      return failed(attemptFailureBy(plan, 'timeout', event).failure, attempts, 'timed_out');
    case 'abort':
      return abortedOutcome(topology, plan.index, attempts, event);
    case 'join': {
      const decision = decideJoin(topology, context, plan);
      if (decision.kind === 'skip') return skipped(decision.reason);
      return decision.kind === 'fail' ? failed(decision.failure, 0) : null;
    }
    case 'refusal': {
      const done = succeeded(event.output as AttemptResult, attempts);
      const refusal = refusedIteration(topology, withOutcome(context, plan.index, done), plan, done);
      return refusal === null ? null : failed(refusal, attempts);
    }
  }
}

/** What an abort makes of a node: one that waits for the failure is skipped, any other is cancelled. */
export function abortedOutcome(
  topology: Topology,
  node: number,
  attempts: number,
  event: ChartInputEvent & { readonly failed?: unknown },
): Outcome {
  if (attempts > 0 || !dependsOnFailure(topology, node, event)) return cancelled(attempts);
  return skipped({ kind: 'upstream_failed', node: String(event.failed) });
}

/** Why an attempt failed. */
export function attemptFailureBy(plan: NodePlan, cause: Cause, event: ChartInputEvent): AttemptFailure {
  if (cause !== 'timeout') return thrownBy(plan, event);
  const failure: Failure = {
    code: 'FC5005',
    message: `An attempt at \`${plan.node.id}\` took longer than ${plan.node.attemptTimeoutMs} ms.`,
    node: plan.node.id,
    path: plan.node.timeoutPointer,
    hint: 'Raise `timeout.attempt_ms`, or give the node a `retry`.',
  };
  return { failure, terminal: false };
}

/** What the actor rejected with. Node actors reject with data; anything else is a defect, which must not get lost. */
function thrownBy(plan: NodePlan, event: ChartInputEvent): AttemptFailure {
  const { error } = event;
  if (typeof error === 'object' && error !== null && 'failure' in error) return error as AttemptFailure;
  const message = error instanceof Error ? error.message : String(error);
  const failure: Failure = {
    code: 'FC5008',
    message: `\`${plan.node.id}\`: ${message}`,
    node: plan.node.id,
    path: plan.node.pointer,
    hint: 'The actor of a node should reject with an attempt failure; this is a defect of what was bound to it.',
  };
  return { failure, terminal: true };
}

/**
 * Why a node that has succeeded must fail all the same: its action takes only edges that ask for another iteration of a loop
 * which has had all of its own (FC5004; an edge without action and `when` does not ask, it counts), or a closing edge's `when`
 * cannot be decided. `null` when all is well.
 */
function refusedIteration(
  topology: Topology,
  context: ScopeContext,
  plan: NodePlan,
  outcome: Outcome,
): Failure | null {
  let limit: number | null = null;
  let goesOn = false;
  for (const edge of plan.outgoing) {
    const state = decideEdge(topology, context, edge, outcome);
    if (edge.edge.closes !== null && state.kind === 'broken') return { ...state.failure, node: plan.node.id };
    if (state.kind === 'dead') continue;
    const isWish = edge.edge.action !== 'default' || edge.edge.when !== null;
    if (isWish && isExhausted(context, edge)) limit ??= edge.edge.maxIterations;
    else goesOn = true;
  }
  if (limit === null || goesOn) return null;
  return {
    code: 'FC5004',
    message: `\`${plan.node.id}\` ended with action \`${outcome.action}\`, which asks for iteration ${limit + 1} of at most ${limit}.`,
    node: plan.node.id,
    path: plan.node.pointer,
    hint: 'Raise `max_iterations` on the edge that closes the loop, or give the node an edge out of the loop for this action.',
  };
}

/** The context with a node's outcome in it. */
function withOutcome(context: ScopeContext, node: number, outcome: Outcome): ScopeContext {
  const outcomes = [...context.outcomes];
  outcomes[node] = outcome;
  return { ...context, outcomes };
}

/** The same, a failure with the action that it counts as; the first that nothing handles is kept as the run's. */
export function recordOutcome(context: ScopeContext, plan: NodePlan, outcome: Outcome): ScopeContext {
  if (!isFailure(outcome.status)) return withOutcome(context, plan.index, outcome);
  const action = actionOfFailure(context, plan);
  const recorded = withOutcome(context, plan.index, { ...outcome, action });
  return action !== null || context.failure !== null ? recorded : { ...recorded, failure: outcome.failure };
}
