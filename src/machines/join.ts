import type { Failure } from '../ir/errors.js';
import type { EdgeState, ScopeContext } from './context.js';
import { decide, decideEdge } from './edges.js';
import type { SkipReason } from './outcome.js';
import type { EdgePlan, LoopPlan, NodePlan, Topology } from './topology.js';

/** What the edges into a node (or a loop) and its own condition say, once all of them are decided. */
export type JoinDecision =
  | { readonly kind: 'wait' | 'start' }
  | { readonly kind: 'skip'; readonly reason: SkipReason }
  | { readonly kind: 'fail'; readonly failure: Failure; readonly node: number };

const WAIT: JoinDecision = { kind: 'wait' };
const START: JoinDecision = { kind: 'start' };

/** The rules of docs/semantics.md, "Nodes and edges", in their order. */
export function decideJoin(topology: Topology, context: ScopeContext, plan: NodePlan): JoinDecision {
  if ((context.undecided[plan.index] ?? 0) > 0) return WAIT;
  const reentered = plan.isHeader && (context.iterations[plan.loop ?? -1] ?? 0) > 1;
  if (!reentered) {
    const decision = decideIncoming(context, plan.incoming);
    if (decision.kind !== 'start') return decision;
  }
  if (plan.node.when === null) return START;
  const held = decide(topology, context, plan.node.when, plan.node.id, plan.node.whenPointer);
  if (typeof held !== 'boolean') return { kind: 'fail', failure: held, node: plan.index };
  return held ? START : { kind: 'skip', reason: { kind: 'when_false' } };
}

/** The same for a loop: it waits for every edge into its body. */
export function decideLoopEntry(context: ScopeContext, plan: LoopPlan): JoinDecision {
  return (context.undecided[plan.unit] ?? 0) > 0 ? WAIT : decideIncoming(context, plan.incoming);
}

/**
 * Where edges were written, they say whether a node runs: that a node of a branch which is not taken also uses something else
 * must not make it run.
 */
function decideIncoming(context: ScopeContext, incoming: readonly EdgePlan[]): JoinDecision {
  if (incoming.length === 0) return START;
  const written = incoming.some(({ edge }) => edge.origin === 'edge');
  let failed: string | null = null;
  let taken = false;
  for (const plan of incoming) {
    const state = context.edges[plan.index] ?? null;
    if (state?.kind === 'broken') return { kind: 'fail', failure: state.failure, node: plan.to };
    if (state?.kind === 'failed') failed ??= state.node;
    if (state?.kind === 'taken' && (plan.edge.origin === 'edge' || !written)) taken = true;
  }
  if (failed !== null) return { kind: 'skip', reason: { kind: 'upstream_failed', node: failed } };
  return taken ? START : { kind: 'skip', reason: { kind: 'not_taken' } };
}

/**
 * Whether a loop's closing edges ask for another iteration after the one that has just ended, and may have it.
 * An unhandled failure in the iteration ends the loop.
 *
 * @param context that of the iteration, not of the scope around it, where other things may have failed
 */
export function asksForAnother(topology: Topology, context: ScopeContext, plan: LoopPlan): boolean {
  if (context.failure !== null || context.abort !== null) return false;
  const iteration = context.iterations[plan.index] ?? 0;
  return plan.closing.some((closing) => {
    const outcome = context.outcomes[closing.from];
    if (!outcome || iteration >= (closing.edge.maxIterations ?? 0)) return false;
    const state: EdgeState = decideEdge(topology, context, closing, outcome);
    return state.kind === 'taken';
  });
}
