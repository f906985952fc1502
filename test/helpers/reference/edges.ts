import { type Condition, decideCondition } from '../../../src/ir/template/condition.js';
import type { DataScope } from '../../../src/ir/template/data-scope.js';
import type { WorkflowEdge } from '../../../src/ir/workflow.js';
import type { ReferenceRecord } from './record.js';
import type { EdgeState, RunState } from './run-state.js';

/** What an edge becomes by the record of the node that it leaves: the table of "Nodes and edges". */
export function edgeAfter(run: RunState, edge: WorkflowEdge, record: ReferenceRecord): EdgeState {
  // "The edge of a `catch` rule is dead unless its rule is the first that matches."
  if (edge.origin === 'catch') return { kind: edge === run.node(edge.from).caughtBy ? 'taken' : 'dead' };
  const { reason } = record;
  if (reason?.kind === 'upstream_failed') {
    if (!leavesHandlingGroup(run, edge, reason.node)) return { kind: 'failed', node: reason.node };
    const isTaken = fits(edge, 'default') && edge.when === null && !isUsedUp(run, edge);
    return { kind: isTaken ? 'taken' : 'dead' };
  }
  if (reason?.kind === 'group_failed') return { kind: 'failed', node: reason.node };
  if (record.status === 'skipped' || record.status === 'cancelled') return { kind: 'dead' };
  // A rule that matched takes its own edge and no other.
  if (record.handledBy?.kind === 'catch') return { kind: 'dead' };
  const action = leavesHandlingGroup(run, edge, edge.from) ? 'default' : record.action;
  if (action === null) return { kind: 'failed', node: edge.from };
  if (isUsedUp(run, edge) || !isTakenBy(edge, action, record)) return { kind: 'dead' };
  return decide(run, edge.when);
}

/** Whether the node that ends with the action takes the edge, its condition aside. */
export function isTakenBy(edge: WorkflowEdge, action: string, { status }: ReferenceRecord): boolean {
  if (edge.origin === 'catch') return false;
  // A dependency is on success, with whatever action, and on what counts as such.
  return fits(edge, action) || (edge.action === null && status === 'succeeded');
}

function fits(edge: WorkflowEdge, action: string): boolean {
  return (edge.action ?? 'default') === action;
}

/** Whether the edge leaves a group that handled the failure of `failed`. */
function leavesHandlingGroup(run: RunState, edge: WorkflowEdge, failed: string): boolean {
  const handler = run.node(failed).record?.handledBy;
  if (handler?.kind !== 'group') return false;
  const { nodes } = run.groups.find(({ group }) => group.id === handler.group) ?? {};
  return nodes?.has(edge.from) === true && !nodes.has(edge.to);
}

/** A closing edge that the loop may not take any more. */
export function isUsedUp(run: RunState, edge: WorkflowEdge): boolean {
  if (edge.maxIterations === null || edge.closes === null) return false;
  const loop = run.loops.find((candidate) => candidate.header === edge.to);
  return loop !== undefined && run.loop(loop).iteration >= edge.maxIterations;
}

export function decide(run: RunState, condition: Condition | null): EdgeState {
  if (condition === null) return { kind: 'taken' };
  try {
    return { kind: decideCondition(condition, scopeOf(run)) ? 'taken' : 'dead' };
  } catch {
    return { kind: 'broken' };
  }
}

function scopeOf(run: RunState): DataScope {
  return {
    get(name) {
      const it = run.nodes.get(name);
      if (it === undefined) return undefined;
      // In a loop, a node that has not run yet in this iteration has the value of the one before.
      const record = it.record ?? it.earlier.at(-1);
      if (record === undefined || record.status === 'skipped' || record.status === 'cancelled') {
        return { kind: 'absent' };
      }
      if (record.status === 'succeeded') return { kind: 'node', value: record.output, branches: null };
      const { status, attempts, errorCode } = record;
      return { kind: 'node', value: { status, attempts, error: { code: errorCode } }, branches: null };
    },
  };
}
