import { type Failure, ForkchartError } from '../ir/errors.js';
import { type Condition, decideCondition } from '../ir/template/condition.js';
import { isTakenAtStart } from './batch/streams.js';
import { changed, type EdgeState, type ScopeContext } from './context.js';
import { dataScope, type LocalNames } from './data.js';
import { catchFor } from './failure.js';
import { isFailure, type Outcome } from './outcome.js';
import { nth, PageEditor, withNth } from './pages.js';
import { namesForCondition } from './state.js';
import type { EdgePlan, Topology, Unit } from './topology.js';

/** What an edge becomes now that its source has ended with `outcome`: the table of docs/semantics.md. */
export function decideEdge(
  topology: Topology,
  context: ScopeContext,
  plan: EdgePlan,
  outcome: Outcome,
): EdgeState {
  const { edge } = plan;
  if (edge.catches !== null) return isCaughtBy(topology, plan, outcome) ? TAKEN : DEAD;
  if (outcome.status === 'skipped' || outcome.status === 'cancelled') {
    const { reason } = outcome;
    if (reason?.kind !== 'upstream_failed' && reason?.kind !== 'group_failed') return DEAD;
    const cause = nth(context.outcomes, topology.nodeIndex.get(reason.node) ?? -1) ?? null;
    if (cause === null || !leavesHandler(topology, plan, cause)) return { kind: 'failed', node: reason.node };
    // A condition would look at what was never made.
    return edge.when === null && isFor(edge, 'default') ? TAKEN : DEAD;
  }
  if (outcome.handledBy?.kind === 'catch') return DEAD;
  if (isFailure(outcome.status) && outcome.action === null) {
    if (!leavesHandler(topology, plan, outcome)) return { kind: 'failed', node: edge.from };
    return isFor(edge, 'default') ? decideWhen(topology, context, plan) : DEAD;
  }
  const action = outcome.action ?? 'default';
  // A dependency is met by any success, not by an error that another edge handles.
  const met = edge.action === null && !(isFailure(outcome.status) && action === 'error');
  if (!(met || edge.action === action)) return DEAD;
  return decideWhen(topology, context, plan);
}

const TAKEN: EdgeState = { kind: 'taken' };
const DEAD: EdgeState = { kind: 'dead' };

const isFor = ({ action }: EdgePlan['edge'], wanted: string): boolean => action === null || action === wanted;

/** Whether a failure is handled by a group which the edge leads out of. */
function leavesHandler({ groups, nodeIndex }: Topology, plan: EdgePlan, cause: Outcome): boolean {
  if (cause.handledBy?.kind !== 'group') return false;
  const id = cause.handledBy.group;
  const group = groups.find((one) => one.id === id);
  return group !== undefined && !group.nodes.has(nodeIndex.get(plan.edge.to) ?? -1);
}

function isCaughtBy(topology: Topology, plan: EdgePlan, { failure, handledBy }: Outcome): boolean {
  const source = topology.nodes[plan.from];
  return (
    source !== undefined &&
    failure !== null &&
    handledBy?.kind === 'catch' &&
    catchFor(source, failure) === plan
  );
}

function decideWhen(topology: Topology, context: ScopeContext, { edge, from }: EdgePlan): EdgeState {
  if (edge.when === null) return TAKEN;
  const names = namesForCondition(topology, context, edge.when, { node: from, own: 'after' });
  const decision = decide(topology, context, edge.when, edge.to, edge.whenPointer, names);
  if (typeof decision !== 'boolean') return { kind: 'broken', failure: decision };
  return decision ? TAKEN : DEAD;
}

/** Decides a `when`, which stands at `pointer`; a failure of `node` where it cannot be decided. */
export function decide(
  topology: Topology,
  context: ScopeContext,
  condition: Condition,
  node: string,
  pointer: string,
  local?: LocalNames,
): boolean | Failure {
  try {
    return decideCondition(
      condition,
      dataScope(topology, context.inputs, (index) => nth(context.outcomes, index) ?? null, local),
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
  const [only] = plans;
  if (plans.length === 1 && only !== undefined) return withEdge(topology, context, only);
  const edges = new PageEditor(context.edges);
  const undecided = new PageEditor(context.undecided);
  for (const plan of plans) {
    if (isTakenAtStart(topology, context, plan)) continue;
    edges.set(plan.index, stateOf(topology, context, plan));
    undecided.set(plan.target, (undecided.get(plan.target) ?? 0) - 1);
  }
  return changed(context, { edges: edges.list, undecided: undecided.list });
}

/** The same for one edge, as most nodes have. */
function withEdge(topology: Topology, context: ScopeContext, plan: EdgePlan): ScopeContext {
  if (isTakenAtStart(topology, context, plan)) return context;
  return changed(context, {
    edges: withNth(context.edges, plan.index, stateOf(topology, context, plan)),
    undecided: withNth(context.undecided, plan.target, (nth(context.undecided, plan.target) ?? 0) - 1),
  });
}

function stateOf(topology: Topology, context: ScopeContext, plan: EdgePlan): EdgeState {
  const outcome = nth(context.outcomes, plan.from);
  if (!outcome) throw new Error(`Edge ${plan.edge.from} -> ${plan.edge.to} was decided before its source.`);
  return decideEdge(topology, context, plan, outcome);
}
