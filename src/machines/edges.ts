import { ForkchartError, type Failure } from '../ir/errors.js';
import { type Condition, decideCondition } from '../ir/template/condition.js';
import type { EdgeState, ScopeContext } from './context.js';
import { dataScope } from './data.js';
import { isFailure, type Outcome } from './outcome.js';
import type { EdgePlan, NodePlan, Topology, Unit } from './topology.js';

/** Whether a policy takes care of this outcome, so that it is no failure of the run. Only an `error` edge that can still be taken counts. */
export function isHandled(context: ScopeContext, plan: NodePlan, outcome: Outcome): boolean {
  return (
    !isFailure(outcome.status) ||
    plan.node.onError === 'continue' ||
    plan.handlesError ||
    plan.outgoing.some((edge) => edge.edge.action === 'error' && !isExhausted(context, edge))
  );
}

/** Whether an edge closes a loop that has had all of its iterations. */
export function isExhausted(context: ScopeContext, plan: EdgePlan): boolean {
  const { closes, maxIterations } = plan.edge;
  return closes !== null && (context.iterations[closes] ?? 0) >= (maxIterations ?? 0);
}

/** What an edge becomes now that its source has ended with `outcome`: the table of docs/semantics.md. */
export function decideEdge(topology: Topology, context: ScopeContext, plan: EdgePlan, outcome: Outcome): EdgeState {
  const source = topology.nodes[plan.from];
  if (source === undefined || outcome.status === 'cancelled') return { kind: 'dead' };
  if (outcome.status === 'skipped') {
    return outcome.reason?.kind === 'upstream_failed' ? { kind: 'failed', node: outcome.reason.node } : { kind: 'dead' };
  }
  const { edge } = plan;
  if (isFailure(outcome.status) && source.node.onError !== 'continue') {
    if (!isHandled(context, source, outcome)) return { kind: 'failed', node: source.node.id };
    if (edge.action !== 'error') return { kind: 'dead' };
  } else if (edge.action !== null && edge.action !== (outcome.action ?? 'default')) {
    return { kind: 'dead' };
  }
  if (edge.when === null) return { kind: 'taken' };
  const decision = decide(topology, context, edge.when, plan.edge.to, edge.pointer);
  if (typeof decision !== 'boolean') return { kind: 'broken', failure: decision };
  return { kind: decision ? 'taken' : 'dead' };
}

/** Decides a `when`; a failure of `node` where it cannot be decided. */
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
    return { code: error.code, message: error.message, node, path: `${pointer}/when`, hint: error.hint };
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
