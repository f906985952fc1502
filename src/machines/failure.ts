import type { Failure } from '../ir/errors.js';
import { isExhausted, type ScopeContext } from './context.js';
import { matches } from './match.js';
import { type Handling, isFailure, type Outcome } from './outcome.js';
import type { EdgePlan, LoopPlan, NodePlan, Topology } from './topology.js';

/** Where a failure goes: the rules of docs/semantics.md, "Failures, and who handles them". */
export interface FailureRoute {
  /** `null` for a failure that nothing handles: the run will fail by it. */
  readonly handledBy: Handling | null;
  /** What the node's edges are decided by; `null` where they fail with it. */
  readonly action: 'default' | 'error' | null;
  /** Index of the outermost group that ends by it. */
  readonly stopsGroup: number | null;
  /** Whether the whole scope (the run, or the iteration of a loop) ends by it. */
  readonly stopsScope: boolean;
}

const HANDLED = { stopsGroup: null, stopsScope: false };

export function routeOfNode(
  topology: Topology,
  context: ScopeContext,
  plan: NodePlan,
  failure: Failure,
  atJoin: boolean,
): FailureRoute {
  if (!atJoin && catchFor(plan, failure) !== null) {
    return { ...HANDLED, handledBy: { kind: 'catch' }, action: 'error' };
  }
  const { onError } = plan.node;
  if (onError === 'continue') return { ...HANDLED, handledBy: { kind: 'continue' }, action: 'default' };
  // An `error` edge that closes a loop is there only while the loop may go round again.
  const isThere = (edge: EdgePlan) => edge.edge.action === 'error' && !isExhausted(context, edge);
  if (plan.outgoing.some(isThere)) return { ...HANDLED, handledBy: { kind: 'error_edge' }, action: 'error' };
  const route = throughGroups(topology, context, plan, onError);
  if (route.handledBy !== null) return route;
  if (plan.joinsHandle && onError !== 'fail_fast') {
    return { ...route, handledBy: { kind: 'join' }, stopsScope: false };
  }
  return { ...route, stopsScope: stopsScope(topology, plan, onError, plan.groups.length > 0) };
}

/** A loop fails as the node in it that did. */
export function routeOfLoop(
  topology: Topology,
  context: ScopeContext,
  plan: LoopPlan,
  failedNode: NodePlan,
): FailureRoute {
  const { onError } = failedNode.node;
  const inGroup = failedNode.groups.length > 0;
  const route = throughGroups(topology, context, plan, inGroup ? ownPolicyOf(onError) : onError);
  if (route.handledBy !== null) return route;
  const loop = topology.workflow.loops[plan.index]?.parent ?? null;
  return {
    ...route,
    stopsScope: stopsScope(
      topology,
      { groups: plan.groups, loop },
      onError,
      inGroup || plan.groups.length > 0,
    ),
  };
}

/** The first rule that fits a failure. */
export function catchFor(plan: NodePlan, failure: Failure): EdgePlan | null {
  return (
    plan.catches.find(({ edge }) => edge.catches !== null && matches(edge.catches.match, failure)) ?? null
  );
}

type OnError = NodePlan['node']['onError'];

/** What a node's own policy still means once its innermost group has been asked: that it ends nothing, or nothing. */
const ownPolicyOf = (onError: OnError): OnError => (onError === 'fail_safe' ? onError : null);

function throughGroups(
  topology: Topology,
  context: ScopeContext,
  at: { readonly index: number; readonly groups: readonly number[]; readonly body?: readonly number[] },
  onError: OnError,
): FailureRoute {
  let stopsGroup: number | null = null;
  const [failing = at.index] = at.body ?? [at.index];
  for (const [depth, index] of at.groups.entries()) {
    const group = topology.groups[index];
    if (group === undefined) continue;
    const policy = depth === 0 && onError === 'fail_fast' ? onError : group.onError;
    if (policy === null) continue;
    const failures = failedBranches(topology, context, index, failing);
    const tolerated = policy === group.onError ? group.tolerated : 0;
    if (failures <= tolerated) {
      return { handledBy: { kind: 'group', group: group.id }, action: null, stopsGroup, stopsScope: false };
    }
    if (policy === 'fail_fast' && onError !== 'fail_safe') stopsGroup = index;
  }
  return { handledBy: null, action: null, stopsGroup, stopsScope: false };
}

/** How many branches of a group have failed, the one of `failing` included. */
export function failedBranches(
  topology: Topology,
  context: ScopeContext,
  group: number,
  failing: number | null,
): number {
  const plan = topology.groups[group];
  if (plan === undefined) return 0;
  const failsBranch = (node: number): boolean => {
    if (node === failing) return true;
    const outcome = context.outcomes[node];
    return !!outcome && isFailure(outcome.status) && passesThrough(topology, outcome, group);
  };
  return plan.branches.filter((nodes) => nodes.some(failsBranch)).length;
}

/** Whether a failure that came from inside of a group was not handled there. */
function passesThrough(topology: Topology, { handledBy }: Outcome, group: number): boolean {
  if (handledBy === null || handledBy.kind === 'join') return true;
  if (handledBy.kind !== 'group') return false;
  const handler = topology.groups.find(({ id }) => id === handledBy.group);
  // A group is smaller than the ones around it.
  return handler !== undefined && handler.nodes.size >= (topology.groups[group]?.nodes.size ?? 0);
}

/**
 * Whether an unhandled failure ends all that runs in its scope. In a loop that is so if what is around the loop would end
 * the loop for it: a group around it that tolerates failures lets the iteration come to its end.
 */
function stopsScope(
  topology: Topology,
  at: { readonly groups: readonly number[]; readonly loop: number | null },
  onError: OnError,
  inGroup: boolean,
): boolean {
  if (onError === 'fail_safe') return false;
  if (onError === 'fail_fast' && !inGroup) return true;
  for (let loop = at.loop; loop !== null; loop = topology.workflow.loops[loop]?.parent ?? null) {
    for (const index of topology.loops[loop]?.groups ?? []) {
      const group = topology.groups[index];
      if (group === undefined || group.onError === null) continue;
      return group.onError === 'fail_fast' && group.tolerated === 0;
    }
  }
  return topology.workflow.onError === 'fail_fast';
}
