import type { WorkflowEdge } from '../../../src/ir/workflow.js';
import { type Failure, matches } from './attempts.js';
import { isUsedUp } from './edges.js';
import { type GroupEffect, groupAnswers } from './groups.js';
import { isTolerant } from './joins.js';
import type { ReferenceHandler } from './record.js';
import type { RunState } from './run-state.js';
import { everyWayLeadsTo, type Loop } from './structure.js';

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
  return handleAround(run, id, at);
}

/**
 * Rules 5 and 6, level by level: first inside of the smallest loop around the node; what is not handled there makes the loop
 * fail as the node did, inside of the loop around it; and so on to the top.
 */
function handleAround(run: RunState, id: string, innermost: Loop | null): Handling {
  const { onError } = run.node(id).node;
  const none = { action: null, caughtBy: null };
  const effects: GroupEffect[] = [];
  let unit: ReadonlySet<string> = new Set([id]);
  for (let level = innermost; ; level = level.parent) {
    for (const group of run.groupsAround(id).filter(({ home }) => home === level)) {
      const answer = groupAnswers(run, group, id);
      if (answer.kind === 'handles') {
        const by = { kind: 'group', group: group.group.id } as const;
        return { ...none, by, handledIn: level, effects };
      }
      if (answer.kind === 'fails') effects.push({ group, node: id });
    }
    const ways = run.forward.filter((edge) => unit.has(edge.from) && !unit.has(edge.to));
    const isHandled = everyWayLeadsTo(ways, run.forward, (to) => {
      return (level?.body.has(to) ?? true) && isTolerant(run.node(to).node.join);
    });
    if (isHandled && onError !== 'fail_fast') {
      return { ...none, by: { kind: 'join' }, handledIn: level, effects };
    }
    if (level === null) return { ...none, by: null, handledIn: undefined, effects };
    unit = level.body;
  }
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
