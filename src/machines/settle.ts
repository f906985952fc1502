import type { Failure } from '../ir/errors.js';
import { dependsOnFailure, type StopEvent } from './abort.js';
import {
  Attempts,
  attemptsAt,
  changed,
  isExhausted,
  iterationsAround,
  type ScopeContext,
} from './context.js';
import { decideEdge } from './edges.js';
import { type FailureRoute, routeOfNode } from './failure.js';
import { decideJoin } from './join.js';
import { nameOf } from './names.js';
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
import { nth, withNth } from './pages.js';
import { backoffDelay } from './retry.js';
import { logWrites } from './state.js';
import type { NodePlan, Topology } from './topology.js';

/**
 * What a transition that settles a node (or fails an attempt) goes by: the actor's `result` or what was `thrown`, the `timeout` of
 * an attempt or of all of them (`total`), the `refused` request for a place, the edges at its `join`, the `refusal` of another iteration,
 * or being told to stop (`abort`).
 */
export type Cause = 'result' | 'thrown' | 'timeout' | 'total' | 'refused' | 'join' | 'refusal' | 'abort';

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
  const attempts = attemptsAt(context, plan.index);
  switch (cause) {
    case 'result':
      return succeeded(event.output as AttemptResult, attempts);
    case 'thrown':
      return failed(thrownBy(context, plan, event).failure, attempts);
    case 'timeout':
    case 'total':
      return failed(attemptFailureBy(context, plan, cause, event).failure, attempts, 'timed_out');
    case 'refused':
      return failed((event as ChartInputEvent & { failure: Failure }).failure, attempts);
    case 'abort':
      return stoppedOutcome(topology, plan.index, attempts, event as StopEvent);
    case 'join': {
      const decision = decideJoin(topology, context, plan);
      if (decision.kind === 'skip') return skipped(decision.reason);
      return decision.kind === 'fail' ? failed(decision.failure, 0) : null;
    }
    case 'refusal': {
      const done = succeeded(event.output as AttemptResult, attempts);
      const refusal = refusedIteration(topology, withOutcome(topology, context, plan, done), plan, done);
      return refusal === null ? null : failed(refusal, attempts);
    }
  }
}

/** What being told to stop makes of a node: one that waits for the failure is skipped, any other is cancelled. */
export function stoppedOutcome(
  topology: Topology,
  node: number,
  attempts: number,
  event: StopEvent,
): Outcome {
  if (attempts > 0 || event.failed === null || !dependsOnFailure(topology, node, event)) {
    return cancelled(attempts, event.reason);
  }
  return skipped({ kind: 'upstream_failed', node: event.failed });
}

/** Why an attempt failed. */
export function attemptFailureBy(
  context: ScopeContext,
  plan: NodePlan,
  cause: Cause,
  event: ChartInputEvent,
): AttemptFailure {
  if (cause === 'thrown') return thrownBy(context, plan, event);
  const { id, attemptTimeoutMs, totalTimeoutMs, timeoutPointer } = plan.node;
  const began = attemptsOf(context, plan);
  const about = { code: 'FC5005', node: id, path: timeoutPointer };
  if (cause === 'total') {
    const failure: Failure = {
      ...about,
      message: `All attempts at \`${id}\` together took longer than ${totalTimeoutMs} ms.`,
      hint: 'Raise `timeout.total_ms`, or let the attempts wait less for one another.',
    };
    return { failure, terminal: true, at: began.first + (totalTimeoutMs ?? 0) };
  }
  const failure: Failure = {
    ...about,
    message: `An attempt at \`${id}\` took longer than ${attemptTimeoutMs} ms.`,
    hint: 'Raise `timeout.attempt_ms`, or give the node a `retry`.',
  };
  return { failure, terminal: false, at: began.last + (attemptTimeoutMs ?? 0) };
}

/** Milliseconds until the attempt after the one that has just failed. */
export function waitAfter(context: ScopeContext, plan: NodePlan): number {
  const { retry } = plan.node;
  if (retry === null) return 0;
  const iteration = plan.loop === null ? 0 : (context.iterations[plan.loop] ?? 0);
  return backoffDelay(retry, attemptsAt(context, plan.index), [context.seed, plan.index, iteration]);
}

const NONE = new Attempts(0, 0, 0);

/** The attempts at a node. */
export function attemptsOf(context: ScopeContext, plan: NodePlan): Attempts {
  return nth(context.attempts, plan.index) ?? NONE;
}

/** What the actor rejected with. Node actors reject with data; anything else is a defect, which must not get lost. */
function thrownBy(context: ScopeContext, plan: NodePlan, { error }: ChartInputEvent): AttemptFailure {
  if (typeof error === 'object' && error !== null && 'failure' in error) return error as AttemptFailure;
  const message = error instanceof Error ? error.message : String(error);
  const failure: Failure = {
    code: 'FC5008',
    message: `\`${plan.node.id}\`: ${message}`,
    node: plan.node.id,
    path: plan.node.pointer,
    hint: 'The actor of a node should reject with an attempt failure; this is a defect of what was bound to it.',
  };
  return { failure, terminal: true, at: attemptsOf(context, plan).last };
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

/** The context with a node's outcome in it, and what that writes. */
function withOutcome(
  topology: Topology,
  context: ScopeContext,
  plan: NodePlan,
  outcome: Outcome,
): ScopeContext {
  const outcomes = withNth(context.outcomes, plan.index, outcome);
  return changed(context, { outcomes, writes: logWrites(topology, context, plan, outcome) });
}

/** The success that a node's `fallback` makes of its failure, which stays on record. */
export function fallenBack(outcome: Outcome, plan: NodePlan): Outcome {
  const { fallback } = plan.node;
  if (fallback === null) throw new Error(`Node ${plan.node.id} has no fallback.`);
  const done = succeeded({ output: fallback.value, action: 'default' }, outcome.attempts);
  return { ...done, failure: outcome.failure, handledBy: { kind: 'fallback' } };
}

/** Whether a node's fallback would itself ask for more iterations than there are, and so makes up for nothing. */
export function isFallbackRefused(topology: Topology, context: ScopeContext, plan: NodePlan): boolean {
  if (plan.node.fallback === null) return true;
  const done = succeeded({ output: plan.node.fallback.value, action: 'default' }, 0);
  return refusedIteration(topology, withOutcome(topology, context, plan, done), plan, done) !== null;
}

/**
 * Puts a node's outcome on record; of a failure, with what handles it. The first that nothing handles is kept as the run's.
 *
 * @param route where the failure goes, if not the way of one that comes after the node was begun
 */
export function recordOutcome(
  topology: Topology,
  context: ScopeContext,
  plan: NodePlan,
  ended: Outcome,
  route: FailureRoute | null = null,
): ScopeContext {
  const outcome = withName(topology, context, plan, ended);
  if (outcome.failure === null || !isFailure(outcome.status)) {
    return withUndo(topology, withOutcome(topology, context, plan, outcome), plan, outcome);
  }
  const { handledBy, action } = route ?? routeOfNode(topology, context, plan, outcome.failure, false);
  const recorded = withOutcome(topology, context, plan, { ...outcome, handledBy, action });
  if (handledBy !== null || context.failure !== null) return recorded;
  return { ...recorded, failure: outcome.failure };
}

/** The outcome whose failure carries a hierarchical name: the node's, or that of the item by which its batch has failed. */
function withName(topology: Topology, context: ScopeContext, plan: NodePlan, outcome: Outcome): Outcome {
  if (outcome.failure === null) return outcome;
  const name = nameOf(topology, context.name, plan.index, iterationsAround(topology, context, plan));
  return { ...outcome, failure: { name, ...outcome.failure } };
}

function withUndo(topology: Topology, context: ScopeContext, plan: NodePlan, outcome: Outcome): ScopeContext {
  if (plan.node.compensate === null || outcome.status !== 'succeeded') return context;
  const iterations = iterationsAround(topology, context, plan);
  const name = nameOf(topology, context.name, plan.index, iterations);
  return changed(context, { undo: [...context.undo, { node: plan.index, name, iterations, outcome }] });
}
