import { raise } from 'xstate';
import type { ScopeContext } from './context.js';
import type { Topology } from './topology.js';

/** Tells every open region to end. */
export interface AbortEvent {
  readonly type: 'abort';
  /** Id of the node whose failure is the cause; `null` for a cancelled run or one out of time. */
  readonly failed: string | null;
}

/** The actions of a transition that stops everything else in its scope. */
export const STOP_FOR_FAILURE = [
  'stopForFailure',
  raise(({ context }: { context: unknown }) => {
    const event: AbortEvent = { type: 'abort', failed: (context as ScopeContext).failure?.node ?? null };
    return event;
  }),
];

export const abortRun = (why: 'stopForCancel' | 'stopForTimeout') => [
  why,
  raise(() => ({ type: 'abort', failed: null }) satisfies AbortEvent),
];

/** Whether an abort is due to a failure that `node` depends on: it is then skipped, as it would be if the run went on. */
export function dependsOnFailure(
  topology: Topology,
  node: number,
  event: { readonly type: string },
): boolean {
  const { failed = null } = event as Partial<AbortEvent>;
  const source = failed === null ? undefined : topology.nodeIndex.get(failed);
  return source !== undefined && dependentsOf(topology, source).has(node);
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
