import { type Failure, ForkchartError } from '../ir/errors.js';
import { type Condition, decideCondition } from '../ir/template/condition.js';
import type { EdgeState, ScopeContext } from './context.js';
import { dataScope } from './data.js';
import { isFailure, type Outcome } from './outcome.js';
import type { EdgePlan, NodePlan, Topology, Unit } from './topology.js';

/**
 * The action that a failure of the node counts as: `default` where it is to go on, `error` where an edge is there for it, and
 * `null` where nothing handles it. An `error` edge that closes a loop is there only while the loop may go round again.
 */
export function actionOfFailure(context: ScopeContext, plan: NodePlan): 'default' | 'error' | null {
  if (plan.node.onError === 'continue') return 'default';
  const isThere = (edge: EdgePlan) => edge.edge.action === 'error' && !isExhausted(context, edge);
  return plan.outgoing.some(isThere) ? 'error' : null;
}

/** Whether an edge closes a loop that has had all of its iterations. */
export function isExhausted(context: ScopeContext, plan: EdgePlan): boolean {
  const { closes, maxIterations } = plan.edge;
  return closes !== null && (context.iterations[closes] ?? 0) >= (maxIterations ?? 0);
}

/** What an edge becomes now that its source has ended with `outcome`: the table of docs/semantics.md. */
export function decideEdge(
  topology: Topology,
  context: ScopeContext,
  plan: EdgePlan,
  outcome: Outcome,
): EdgeState {
  if (outcome.status === 'cancelled') return { kind: 'dead' };
  if (outcome.status === 'skipped') {
    return outcome.reason?.kind === 'upstream_failed'
      ? { kind: 'failed', node: outcome.reason.node }
      : { kind: 'dead' };
  }
  const { edge } = plan;
  if (outcome.action === null) return { kind: 'failed', node: edge.from };
  const isError = isFailure(outcome.status) && outcome.action === 'error';
  const fits = edge.action === null ? !isError : edge.action === outcome.action;
  if (!fits) return { kind: 'dead' };
  if (edge.when === null) return { kind: 'taken' };
  const decision = decide(topology, context, edge.when, plan.edge.to, edge.whenPointer);
  if (typeof decision !== 'boolean') return { kind: 'broken', failure: decision };
  return { kind: decision ? 'taken' : 'dead' };
}

/** Decides a `when`, which stands at `pointer`; a failure of `node` where it cannot be decided. */
export function decide(
  topology: Topology,
  context: ScopeContext,
  condition: Condition,
  node: string,
  pointer: string,
): boolean | Failure {
  try {
    return decideCondition(
      condition,
      dataScope(topology, context.inputs, (index) => context.outcomes[index] ?? null),
    );
  } catch (error) {
    if (!(error instanceof ForkchartError)) throw error;
    return { code: error.code, message: error.message, node, path: pointer, hint: error.hint };
  }
}

/** Decides every edge that waited for `unit`, whose nodes have their outcomes already, and counts it down at its target. */
export function decideEdgesOf(topology: Topology, context: ScopeContext, unit: Unit): ScopeContext {
  const plans = topology.decides[unit] ?? [];
  if (plans.length === 0) return context;
  const edges = [...context.edges];
  const undecided = [...context.undecided];
  for (const plan of plans) {
    const outcome = context.outcomes[plan.from];
    if (!outcome) throw new Error(`Edge ${plan.edge.from} -> ${plan.edge.to} was decided before its source.`);
    edges[plan.index] = decideEdge(topology, context, plan, outcome);
    undecided[plan.target] = (undecided[plan.target] ?? 0) - 1;
  }
  return { ...context, edges, undecided };
}
