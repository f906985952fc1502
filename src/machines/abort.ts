import { raise } from 'xstate';
import { at } from './at.js';
import type { ScopeContext } from './context.js';
import { type FailureRoute, groupEndedAround, isGroupedWithin, routeOnRecord, wayOfNode } from './failure.js';
import type { GroupPlan } from './group-plan.js';
import type { CancelReason } from './outcome.js';
import type { NodePlan, Topology } from './topology.js';

/**
 * Tells open regions to end: all of a scope (`abort`), those of a group (`cancel:<group>`, `drain:<group>`), or what runs for
 * nothing but a join that is satisfied (`cancel_rest:<node>`).
 */
export interface StopEvent {
  readonly type: string;
  /** Id of the node whose failure is the cause; `null` where it is none. */
  readonly failed: string | null;
  /** What the records of cancelled nodes say; `null` where the whole run ends. */
  readonly reason: CancelReason | null;
}

export const ABORT = 'abort';
/** As `abort`, for a loop in a group that drains: attempts that run may end. */
export const DRAIN = 'drain';
/** For the regions of a group; under `drain` attempts that run may end. */
export const stopGroupEvent = ({ key, drains }: GroupPlan): string => `${drains ? 'drain' : 'cancel'}:${key}`;
/** For what leads to nothing but the join of the node with this key. */
export const cancelRestEvent = (key: string): string => `cancel_rest:${key}`;

/** A transition's context and event, as far as it has to be known whose failure it is about. */
export interface FailingStep {
  readonly context: unknown;
  readonly event: unknown;
}

/** What is to be known of a failure by the transition that ends what is around it. */
export interface Failing {
  /** Whose failure it is. */
  readonly node: (step: FailingStep) => NodePlan;
  /** Indexes of the groups around it in its scope, and of those that end by it, innermost first. */
  readonly groups: readonly number[];
  readonly ends: (step: FailingStep) => readonly number[];
  /** Index of the loop whose body the scope is; `null` at the top. */
  readonly loop: number | null;
}

/** The actions of a transition by which a failure ends everything else in its scope. */
export const stopScope = (topology: Topology, failing: Failing) => [
  'stopForFailure',
  raise((step: FailingStep): StopEvent => endOfScope(topology, failing.node(step), failing.loop)),
];

/** Tells a scope to end by the failure of a node. In a loop that may be for a group around the loop, which then says how, and why. */
function endOfScope(topology: Topology, plan: NodePlan, loop: number | null): StopEvent {
  const { id, onError } = plan.node;
  const isOwn = onError === 'fail_fast' && !isGroupedWithin(topology, plan, loop);
  const group = groupEndedAround(topology, loop, isOwn);
  if (group === null) return { type: ABORT, failed: id, reason: null };
  return { type: group.drains ? DRAIN : ABORT, failed: id, reason: failedGroup(group, id) };
}

const failedGroup = ({ id }: GroupPlan, node: string): CancelReason => ({
  kind: 'group_failed',
  node,
  group: id,
});

export const abortRun = (why: 'stopForCancel' | 'stopForTimeout') => [
  why,
  raise((): StopEvent => ({ type: ABORT, failed: null, reason: null })),
];

/** An event that nothing answers. */
const NOTHING = 'group_goes_on';

/** The actions of a transition by which a failure ends a group, and those inside of it before it that it ends as well. */
function stopGroups(topology: Topology, groups: readonly number[], failing: Failing): readonly unknown[] {
  const outermost = at(groups, groups.length - 1);
  return [
    { type: 'stopGroup', params: { group: outermost } },
    ...groups.map((index) =>
      raise((step: FailingStep): StopEvent => {
        const ends = index === outermost || failing.ends(step).includes(index);
        return endOfGroup(at(topology.groups, index), ends, failing.node(step).node.id);
      }),
    ),
  ];
}

/** The actions by which a failure ends what is around it. */
export interface Ending {
  /** Indexes of the groups around it in its scope, innermost first. */
  readonly groups: readonly number[];
  /** Ends the outermost of these groups, and those inside of it before it that end as well. */
  readonly endGroups: (groups: readonly number[]) => readonly unknown[];
  readonly endScope: readonly unknown[];
}

/** Of a failure of which it shows only as it happens whose it is. */
export const endingOf = (topology: Topology, failing: Failing): Ending => ({
  groups: failing.groups,
  endGroups: (groups) => stopGroups(topology, groups, failing),
  endScope: stopScope(topology, failing),
});

/** Of a failure of one node, by actions with names: a `raise` of its own for each node would weigh more than the rest of its states. */
export function endingOfNode({ index, groups }: NodePlan): Ending {
  return {
    groups,
    endGroups: (ended) => {
      const outermost = at(ended, ended.length - 1);
      return [
        { type: 'stopGroup', params: { group: outermost } },
        ...ended.map((group) => ({
          type: 'endGroup',
          params: { node: index, group, isOutermost: group === outermost },
        })),
      ];
    },
    endScope: ['stopForFailure', { type: 'endScope', params: { node: index } }],
  };
}

/** What the actions of `endingOfNode` do. */
export const endingActions = (topology: Topology) => ({
  endScope: raise((_: unknown, params: unknown): StopEvent => {
    const plan = at(topology.nodes, (params as { node: number }).node);
    return endOfScope(topology, plan, plan.loop);
  }),
  endGroup: raise(({ context }: FailingStep, params: unknown): StopEvent => {
    const { node, group, isOutermost } = params as { node: number; group: number; isOutermost: boolean };
    const plan = at(topology.nodes, node);
    const ends =
      isOutermost || wayOfNode(topology, context as ScopeContext, plan).stopsGroups.includes(group);
    return endOfGroup(at(topology.groups, group), ends, plan.node.id);
  }),
});

const endOfGroup = (group: GroupPlan, ends: boolean, failed: string): StopEvent => ({
  type: ends ? stopGroupEvent(group) : NOTHING,
  failed,
  reason: failedGroup(group, failed),
});

/** How a region says which of its failures end what is around it. */
interface Stops {
  readonly target: string;
  /** Actions that come before those that end anything. */
  readonly actions: readonly object[];
  readonly ending: Ending;
  /** Guards that are given, besides `params`, which `group` the transition ends. */
  readonly guards: { readonly stopsScope: string; readonly stopsGroup: string };
  readonly params: object;
}

/** The transitions of a failure that ends a group, its scope, or both: a group ends before what is around it. */
export function stopTransitions({ target, actions, ending, guards, params }: Stops): readonly object[] {
  const { groups, endGroups, endScope } = ending;
  const to = (type: string, group: number | null, ends: readonly unknown[]) => ({
    target,
    guard: { type, params: { ...params, group } },
    actions: [...actions, ...ends],
  });
  const ofScope = to(guards.stopsScope, null, endScope);
  if (groups.length === 0) return [ofScope];
  return [
    ...groups.flatMap((index, depth) => {
      const ends = endGroups(groups.slice(0, depth + 1));
      return [to(guards.stopsScope, index, [...ends, ...endScope]), to(guards.stopsGroup, index, ends)];
    }),
    ofScope,
  ];
}

/**
 * The actions of a join's failure that ended nothing when it was looked at. Joins may fail several in one step, each of which finds
 * the others not failed yet: together they may be more than a group tolerates.
 */
export function stopAfterOthers(topology: Topology, plan: NodePlan): readonly unknown[] {
  const { index, groups, loop, node } = plan;
  const routeAt = ({ context }: FailingStep): FailureRoute | null =>
    routeOnRecord(topology, context as ScopeContext, plan);
  const nothing: StopEvent = { type: NOTHING, failed: node.id, reason: null };
  return [
    { type: 'stopAfterOthers', params: { node: index } },
    ...groups.map((one) =>
      raise((step: FailingStep): StopEvent => {
        const group = at(topology.groups, one);
        if (!routeAt(step)?.stopsGroups.includes(one)) return nothing;
        return { ...nothing, type: stopGroupEvent(group), reason: failedGroup(group, node.id) };
      }),
    ),
    raise(
      (step: FailingStep): StopEvent =>
        routeAt(step)?.stopsScope ? endOfScope(topology, plan, loop) : nothing,
    ),
  ];
}

/** The actions of a transition by which a satisfied join does without what has not come. */
export const cancelRest = (node: number, key: string, id: string) => [
  { type: 'stopRest', params: { node } },
  raise(
    (): StopEvent => ({
      type: cancelRestEvent(key),
      failed: null,
      reason: { kind: 'join_satisfied', node: id },
    }),
  ),
];

/** Whether a node depends on the failure that stops it: it is then skipped, as it would be if the run went on. */
export function dependsOnFailure(topology: Topology, node: number, { failed }: StopEvent): boolean {
  const source = failed === null ? undefined : topology.nodeIndex.get(failed);
  return source !== undefined && dependentsOf(topology, source).has(node);
}

/** Whether a unit was told to stop while its scope goes on. */
export function isStopped(
  { stopped }: ScopeContext,
  { groups, restOf }: { readonly groups: readonly number[]; readonly restOf: readonly number[] },
): boolean {
  return (
    groups.some((group) => stopped.groups.includes(group)) ||
    restOf.some((join) => stopped.joins.includes(join))
  );
}

/** The events that stop a unit while its scope goes on. */
export function stopEventsFor(
  topology: Topology,
  { groups, restOf }: { readonly groups: readonly number[]; readonly restOf: readonly number[] },
): readonly { readonly type: string; readonly drains: boolean }[] {
  return [
    ...groups.map((index) => {
      const group = at(topology.groups, index);
      return { type: stopGroupEvent(group), drains: group.drains };
    }),
    ...restOf.map((join) => ({ type: cancelRestEvent(at(topology.nodes, join).key), drains: false })),
  ];
}

/** Every waiting node of a run that stops asks the same question, one after another: the last answer is kept. */
const known = new WeakMap<Topology, { readonly node: number; readonly dependents: ReadonlySet<number> }>();

/** Every node that a forward edge leads to from `node`, directly or not. A loop depends as a whole on what leads into it. */
function dependentsOf(topology: Topology, node: number): ReadonlySet<number> {
  const last = known.get(topology);
  if (last?.node === node) return last.dependents;
  const dependents = new Set<number>();
  const pending = [node];
  for (let from = pending.pop(); from !== undefined; from = pending.pop()) {
    for (const { edge, to, target } of topology.nodes[from]?.outgoing ?? []) {
      if (edge.closes !== null) continue;
      for (const reached of topology.loops[target - topology.nodes.length]?.body ?? [to]) {
        if (dependents.has(reached)) continue;
        dependents.add(reached);
        pending.push(reached);
      }
    }
  }
  known.set(topology, { node, dependents });
  return dependents;
}
