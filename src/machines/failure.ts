import type { Failure } from '../ir/errors.js';
import { at } from './at.js';
import { isExhausted, type ScopeContext } from './context.js';
import { type GroupPlan, toleratedBy } from './group-plan.js';
import { joinsHandle } from './joins-ahead.js';
import { matches } from './match.js';
import { type Handling, isFailure, type Outcome } from './outcome.js';
import { nth } from './pages.js';
import type { EdgePlan, LoopPlan, NodePlan, Topology, Unit } from './topology.js';

/** Where a failure goes: the rules of docs/semantics.md, "Failures, and who handles them". */
export interface FailureRoute {
  /** `null` for a failure that nothing handles: the run will fail by it. */
  readonly handledBy: Handling | null;
  /** What the node's edges are decided by; `null` where they fail with it. */
  readonly action: 'default' | 'error' | null;
  /** Indexes of the groups that end by it, innermost first. */
  readonly stopsGroups: readonly number[];
  /** Whether the whole scope (the run, or the iteration of a loop) ends by it. */
  readonly stopsScope: boolean;
}

const HANDLED = { stopsGroups: [], stopsScope: false };

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
  const route = wayOfNode(topology, context, plan);
  if (route.handledBy !== null) return route;
  return { ...route, stopsScope: stopsScope(topology, plan, onError, plan.groups.length > 0) };
}

/** Where the failure of a node's join goes that is on record already. */
export function routeOnRecord(
  topology: Topology,
  context: ScopeContext,
  plan: NodePlan,
): FailureRoute | null {
  const failure = nth(context.outcomes, plan.index)?.failure ?? null;
  return failure === null ? null : routeOfNode(topology, context, plan, failure, true);
}

/** A loop fails as the node in it that did. */
export function routeOfLoop(
  topology: Topology,
  context: ScopeContext,
  plan: LoopPlan,
  failedNode: NodePlan,
): FailureRoute {
  const route = wayOfLoop(topology, context, plan, failedNode);
  if (route.handledBy !== null) return route;
  const { onError } = failedNode.node;
  const inGroup = isGroupedWithin(topology, failedNode, plan.index);
  const parent = topology.workflow.loops[plan.index]?.parent ?? null;
  return {
    ...route,
    stopsScope: stopsScope(
      topology,
      { groups: plan.groups, loop: parent },
      onError,
      inGroup || plan.groups.length > 0,
    ),
  };
}

/**
 * The node by whose failure an iteration fails; `null` where nothing in it is unhandled. Of several, the one whose own policy
 * ends most; of those, the first that failed.
 */
export function failedIn(topology: Topology, plan: LoopPlan, ended: ScopeContext): NodePlan | null {
  if (ended.failure === null) return null;
  const { failure } = ended;
  const rank = (failing: NodePlan): number => {
    const { node } = failing;
    if (node.onError === 'fail_fast' && !isGroupedWithin(topology, failing, plan.index)) return 0;
    return (node.onError === 'fail_safe' ? 2 : 1) + (node.id === failure.node ? 0 : 0.5);
  };
  const isOpen = ({ index }: NodePlan): boolean => {
    const outcome = nth(ended.outcomes, index);
    return !!outcome && isFailure(outcome.status) && outcome.handledBy === null;
  };
  const [most] = plan.body
    .map((index) => at(topology.nodes, index))
    .filter(isOpen)
    .sort((a, b) => rank(a) - rank(b));
  return most ?? null;
}

/**
 * The way of the failure of a node in a loop that cannot be entered for it: nothing in the loop runs, so that no join there
 * could handle it.
 */
export function routeAtEntry(
  topology: Topology,
  context: ScopeContext,
  plan: LoopPlan,
  failing: NodePlan,
  failure: Failure,
): FailureRoute {
  const own = routeOfNode(topology, context, failing, failure, true);
  return own.action !== null ? own : routeOfLoop(topology, context, plan, failing);
}

/** Whether a node is in a group inside of a loop around it (`null`: of the workflow). */
export function isGroupedWithin(
  topology: Topology,
  { groups, loop }: NodePlan,
  outer: number | null,
): boolean {
  if (groups.length > 0) return true;
  for (
    let index = loop;
    index !== outer && index !== null;
    index = topology.workflow.loops[index]?.parent ?? null
  ) {
    if (at(topology.loops, index).groups.length > 0) return true;
  }
  return false;
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

/** The way of a failure through the joins and groups of its scope, once nothing of the node's own has handled it. */
export function wayOfNode(topology: Topology, context: ScopeContext, plan: NodePlan): FailureRoute {
  const { index, groups, node } = plan;
  return throughScope(topology, context, { unit: index, groups, failing: index }, node.onError);
}

/** The same for a loop that fails as a node in it did. */
export function wayOfLoop(
  topology: Topology,
  context: ScopeContext,
  { index, unit, groups }: LoopPlan,
  failing: NodePlan,
): FailureRoute {
  const { onError } = failing.node;
  const forGroups = isGroupedWithin(topology, failing, index) ? ownPolicyOf(onError) : onError;
  return throughScope(topology, context, { unit, groups, failing: failing.index }, forGroups, onError);
}

interface FailingUnit {
  readonly unit: Unit;
  readonly groups: readonly number[];
  /** The node that failed: the unit itself, or one in the loop that it is. */
  readonly failing: number;
}

/**
 * The way of a failure through the groups of a scope, and the joins that do without it. A group is asked about what no join
 * inside of it handles.
 *
 * @param onError the node's own, as far as it is for the innermost group to obey
 * @param own the node's own, as it is written
 */
function throughScope(
  topology: Topology,
  context: ScopeContext,
  { unit, groups, failing }: FailingUnit,
  onError: OnError,
  own: OnError = onError,
): FailureRoute {
  const stopsGroups: number[] = [];
  const route = (handledBy: Handling | null) => ({ handledBy, action: null, stopsGroups, stopsScope: false });
  const isJoined = (inside: GroupPlan | null) => own !== 'fail_fast' && joinsHandle(topology, unit, inside);
  for (const [depth, index] of groups.entries()) {
    const group = at(topology.groups, index);
    if (isJoined(group)) return route({ kind: 'join' });
    const policy = depth === 0 && onError === 'fail_fast' ? onError : group.onError;
    if (policy === null) continue;
    const failures = failedBranches(topology, context, index, failing);
    if (failures <= toleratedBy(group, policy)) return route({ kind: 'group', group: group.id });
    if (policy === 'fail_fast' && onError !== 'fail_safe') stopsGroups.push(index);
  }
  return route(isJoined(null) ? { kind: 'join' } : null);
}

/** How many branches of a group have failed, the one of `failing` included. */
export function failedBranches(
  topology: Topology,
  context: ScopeContext,
  group: number,
  failing: number | null,
): number {
  const plan = at(topology.groups, group);
  const failsBranch = (node: number): boolean => {
    if (node === failing) return true;
    const outcome = nth(context.outcomes, node);
    return !!outcome && isFailure(outcome.status) && passesThrough(topology, node, outcome, plan);
  };
  return plan.branches.filter((nodes) => nodes.some(failsBranch)).length;
}

/** Whether nothing inside of a group has handled the failure of a node in it. */
function passesThrough(topology: Topology, node: number, { handledBy }: Outcome, group: GroupPlan): boolean {
  if (handledBy === null) return true;
  if (handledBy.kind === 'join') return !joinsHandle(topology, unitIn(topology, node, group), group);
  if (handledBy.kind !== 'group') return false;
  const handler = topology.groups.find(({ id }) => id === handledBy.group);
  // A group is smaller than the ones around it.
  return handler !== undefined && handler.nodes.size >= group.nodes.size;
}

/** What stands for a node in the scope of a group around it: the node, or a loop that it is in. */
function unitIn(topology: Topology, node: number, group: GroupPlan): Unit {
  const { groups, loop } = at(topology.nodes, node);
  if (groups.includes(group.index)) return node;
  for (let index = loop; index !== null; index = topology.workflow.loops[index]?.parent ?? null) {
    const around = at(topology.loops, index);
    if (around.groups.includes(group.index)) return around.unit;
  }
  return node;
}

/**
 * Whether an unhandled failure ends all that runs in its scope. In a loop that is so if what is around the loop would end
 * the loop for it: a group around it that tolerates failures lets the iteration come to its end.
 */
function stopsScope(
  topology: Topology,
  where: { readonly groups: readonly number[]; readonly loop: number | null },
  onError: OnError,
  inGroup: boolean,
): boolean {
  if (onError === 'fail_safe') return false;
  if (onError === 'fail_fast' && !inGroup) return true;
  for (let index = where.loop; index !== null; index = topology.workflow.loops[index]?.parent ?? null) {
    const loop = at(topology.loops, index);
    for (const group of loop.groups.map((one) => at(topology.groups, one))) {
      if (joinsHandle(topology, loop.unit, group)) return false;
      if (group.onError !== null)
        return group.onError === 'fail_fast' && toleratedBy(group, group.onError) === 0;
    }
    if (joinsHandle(topology, loop.unit, null)) return false;
  }
  return topology.workflow.onError === 'fail_fast';
}

/**
 * The innermost group that a failure in the body of a loop ends around it; `null` where it ends the run, or nothing.
 *
 * @param isFailFast whether the node's own policy is for that group to obey, as no group inside of the loop has
 */
export function groupEndedAround(
  topology: Topology,
  loop: number | null,
  isFailFast: boolean,
): GroupPlan | null {
  let own = isFailFast;
  for (let index = loop; index !== null; index = topology.workflow.loops[index]?.parent ?? null) {
    for (const group of at(topology.loops, index).groups.map((one) => at(topology.groups, one))) {
      const policy = own ? 'fail_fast' : group.onError;
      own = false;
      if (policy !== null) return policy === 'fail_fast' ? group : null;
    }
  }
  return null;
}
