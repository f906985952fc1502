import { raise } from 'xstate';
import { at } from './at.js';
import type { ScopeContext } from './context.js';
import type { GroupPlan } from './group-plan.js';
import type { CancelReason } from './outcome.js';
import type { Topology } from './topology.js';

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

export const abortRun = (why: 'stopForCancel' | 'stopForTimeout') => [
  why,
  raise((): StopEvent => ({ type: ABORT, failed: null, reason: null })),
];

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
  if (stopped.groups.length + stopped.joins.length === 0) return false;
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
