import { raise } from 'xstate';
import { ABORT, DRAIN, type StopEvent, stopGroupEvent } from './abort.js';
import { at } from './at.js';
import type { ScopeContext } from './context.js';
import { type FailureRoute, groupEndedAround, isGroupedWithin, routeOnRecord, wayOfNode } from './failure.js';
import type { GroupPlan } from './group-plan.js';
import { list } from './list.js';
import type { CancelReason } from './outcome.js';
import type { NodePlan, Topology } from './topology.js';

/** A transition's context and event, as far as it has to be known whose failure it is about. */
export interface FailingStep {
  readonly context: unknown;
  readonly event: unknown;
}

/** An action by name and parameters, or one of XState's own. */
type Action = object;

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

const STOP_FOR_FAILURE = { type: 'stopForFailure' };

/** The actions of a transition by which a failure ends everything else in its scope. */
export const stopScope = (topology: Topology, failing: Failing): readonly Action[] => [
  STOP_FOR_FAILURE,
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

/** An event that nothing answers. */
const NOTHING = 'group_goes_on';

/** The actions of a transition by which a failure ends a group, and those inside of it before it that it ends as well. */
function stopGroups(topology: Topology, groups: readonly number[], failing: Failing): readonly Action[] {
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
  readonly endGroups: (groups: readonly number[]) => readonly Action[];
  readonly endScope: readonly Action[];
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
    endScope: [STOP_FOR_FAILURE, { type: 'endScope', params: { node: index } }],
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
  readonly actions: readonly Action[];
  readonly ending: Ending;
  /** Guards that are given, besides `params`, which `group` the transition ends. */
  readonly guards: { readonly stopsScope: string; readonly stopsGroup: string };
  readonly params: object;
}

/** The transitions of a failure that ends a group, its scope, or both: a group ends before what is around it. */
export function stopTransitions({ target, actions, ending, guards, params }: Stops): readonly object[] {
  const { groups, endGroups, endScope } = ending;
  const to = (type: string, group: number | null, ends: readonly Action[]) => ({
    target,
    guard: { type, params: { ...params, group } },
    actions: list(actions, ends),
  });
  const ofScope = to(guards.stopsScope, null, endScope);
  if (groups.length === 0) return [ofScope];
  return [
    ...groups.flatMap((index, depth) => {
      const ends = endGroups(groups.slice(0, depth + 1));
      return [to(guards.stopsScope, index, list(ends, endScope)), to(guards.stopsGroup, index, ends)];
    }),
    ofScope,
  ];
}

/**
 * The actions of a join's failure that ended nothing when it was looked at. Joins may fail several in one step, each of which finds
 * the others not failed yet: together they may be more than a group tolerates.
 */
export function stopAfterOthers(topology: Topology, plan: NodePlan): readonly Action[] {
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
