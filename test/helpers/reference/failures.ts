import type { WorkflowEdge } from '../../../src/ir/workflow.js';
import { type Failure, matches } from './attempts.js';
import { isUsedUp } from './edges.js';
import { type GroupEffect, groupAnswers } from './groups.js';
import { isTolerant } from './joins.js';
import type { ReferenceHandler } from './record.js';
import type { RunState } from './run-state.js';
import type { Loop } from './structure.js';
import { entranceAt, everyWayLeadsTo, unitAt } from './ways.js';

/** What becomes of a failure: "Failures, and who handles them". */
export interface Handling {
  /** `null`: it is unhandled. */
  readonly by: ReferenceHandler | null;
  /** What decides the node's edges, where an action does. */
  readonly action: 'default' | 'error' | null;
  readonly caughtBy: WorkflowEdge | null;
  /** The smallest loop inside of which it was handled; `undefined` where it was not. */
  readonly handledIn: Loop | null | undefined;
  /** What it does to the groups that it has passed. */
  readonly effects: readonly GroupEffect[];
}

/** The way of a failure, to the first that handles it. Groups take note of the branches that it makes fail. */
export function handle(run: RunState, id: string, failure: Failure, mayFallBack: boolean): Handling {
  const { node } = run.node(id);
  const at = run.loopOf.get(id) ?? null;
  const own = (
    kind: 'catch' | 'fallback' | 'continue' | 'error_edge',
    caughtBy: WorkflowEdge | null = null,
  ) => ({
    by: { kind },
    action: kind === 'catch' || kind === 'error_edge' ? ('error' as const) : ('default' as const),
    caughtBy,
    handledIn: at,
    effects: [],
  });
  const leaving = run.workflow.edges.filter((edge) => edge.from === id);
  const rule = leaving.find(({ catches }) => catches !== null && matches(catches.match, failure));
  if (rule !== undefined && !failure.isOfJoin) return own('catch', rule);
  if (node.fallback !== null && !failure.isOfJoin && mayFallBack) return own('fallback');
  if (node.onError === 'continue') return own('continue');
  if (leaving.some((edge) => edge.action === 'error' && !isUsedUp(run, edge))) return own('error_edge');
  return handleAround(run, id, failure.closedLoop === undefined ? at : failure.closedLoop.parent);
}

/**
 * Rule 5, level by level: first inside of the smallest loop around the node; what is not handled there makes the loop
 * fail as the node did, inside of the loop around it; and so on to the top. A group is asked about what nothing inside of it
 * handles, joins included.
 */
function handleAround(run: RunState, id: string, innermost: Loop | null): Handling {
  const none = { action: null, caughtBy: null };
  const effects: GroupEffect[] = [];
  for (let level = innermost; ; level = level.parent) {
    for (const group of run.groupsAround(id).filter(({ home }) => home === level)) {
      if (isJoinedWithin(run, id, level, group.nodes)) continue;
      const answer = groupAnswers(run, group, id);
      if (answer.kind === 'handles') {
        const by = { kind: 'group', group: group.group.id } as const;
        return { ...none, by, handledIn: level, effects };
      }
      if (answer.kind === 'fails') effects.push({ group, node: id });
    }
    if (isJoinedWithin(run, id, level, level?.body ?? null)) {
      return { ...none, by: { kind: 'join' }, handledIn: level, effects };
    }
    if (level === null) return { ...none, by: null, handledIn: undefined, effects };
  }
}

/** Whether every way forward from what failed leads to a join that starts in spite of it, inside of what is around. */
function isJoinedWithin(
  run: RunState,
  id: string,
  level: Loop | null,
  around: ReadonlySet<string> | null,
): boolean {
  const isGoal = (to: string): boolean =>
    (around?.has(to) ?? true) && isTolerant(run.node(entranceAt(run, to, level)).node.join);
  const isWay = (edge: WorkflowEdge): boolean => edge.catches === null;
  const isJoined = everyWayLeadsTo(run, unitAt(run, id, level), level, isGoal, isWay);
  return isJoined && run.node(id).node.onError !== 'fail_fast';
}

/** What an unhandled failure does to the rest of the run. */
export function stopsRun(run: RunState, id: string): boolean {
  const own = run.node(id).node.onError;
  // Inside of a group, the node's own `fail_fast` is the group's.
  if (own === null || (own === 'fail_fast' && run.groupsAround(id).length > 0)) {
    return run.workflow.onError === 'fail_fast';
  }
  return own === 'fail_fast';
}
