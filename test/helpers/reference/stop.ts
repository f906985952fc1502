import type { GroupEffect } from './groups.js';
import type { RunState } from './run-state.js';
import { settleAs, skip } from './settle.js';

/** What forward edges lead to from a node; a loop as a whole depends on what leads into it. */
function dependentsOf(run: RunState, failed: string): Set<string> {
  const dependents = new Set<string>();
  const pending = [failed];
  for (const from of pending) {
    for (const edge of run.forward.filter((one) => one.from === from)) {
      const entered = run.loops.filter((loop) => loop.body.has(edge.to) && !loop.body.has(from));
      for (const id of [edge.to, ...entered.flatMap((loop) => [...loop.body])]) {
        if (!dependents.has(id)) pending.push(id);
        dependents.add(id);
      }
    }
  }
  return dependents;
}

/** A node that has begun already, as its join did not wait for the failure, is not one that was skipped. */
function isSkipped(run: RunState, id: string, dependents: ReadonlySet<string>): boolean {
  return dependents.has(id) && run.node(id).attempts === 0;
}

/** "Beyond that, under `fail_fast`": what is in the group stops, or is let end its attempts. */
export function stopGroup(run: RunState, { group: state, node }: GroupEffect): void {
  const { group } = state;
  const isDrained = group.cancel === 'drain';
  const dependents = dependentsOf(run, node);
  state.phase = isDrained ? 'draining' : 'aborted';
  for (const id of run.unsettled(state.nodes)) {
    if (isDrained && run.node(id).phase === 'running') continue;
    if (isSkipped(run, id, dependents)) skip(run, id, { kind: 'upstream_failed', node });
    else settleAs(run, id, { status: 'cancelled', reason: { kind: 'group_failed', node, group: group.id } });
  }
}

/** The run stops, because of a failure or because it was cancelled: every node gets its record. */
export function stopRun(run: RunState): void {
  const failed = run.cancelled ? null : run.stoppedBy;
  const dependents = failed === null ? new Set<string>() : dependentsOf(run, failed);
  for (const id of run.unsettled()) {
    if (failed !== null && isSkipped(run, id, dependents))
      skip(run, id, { kind: 'upstream_failed', node: failed });
    else settleAs(run, id, { status: 'cancelled' });
  }
  for (const loop of run.loops) run.loop(loop).phase = 'ended';
}
