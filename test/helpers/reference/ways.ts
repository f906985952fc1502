import type { WorkflowEdge } from '../../../src/ir/workflow.js';
import type { RunState } from './run-state.js';
import type { Loop } from './structure.js';

/** The node, or the largest loop around it inside of `level`: to what is outside of it, a loop is one thing. */
export function unitAt(run: RunState, id: string, level: Loop | null): ReadonlySet<string> {
  let unit: ReadonlySet<string> = new Set([id]);
  for (let loop = run.loopOf.get(id) ?? null; loop !== null && loop !== level; loop = loop.parent) {
    unit = loop.body;
  }
  return unit;
}

/** What decides whether the unit is entered: the node, or the header of the loop. */
export function entranceAt(run: RunState, id: string, level: Loop | null): string {
  let entrance = id;
  for (let loop = run.loopOf.get(id) ?? null; loop !== null && loop !== level; loop = loop.parent) {
    entrance = loop.header;
  }
  return entrance;
}

/** The smallest loop around both; `null` for the top. */
export function commonLevel(run: RunState, one: string, other: string): Loop | null {
  let level = run.loopOf.get(one) ?? null;
  while (level !== null && !level.body.has(other)) level = level.parent;
  return level;
}

/**
 * Whether there is a way forward from a node or a loop, and every one of them gets to a node that is asked for, without leaving
 * the body of `level` before.
 */
export function everyWayLeadsTo(
  run: RunState,
  unit: ReadonlySet<string>,
  level: Loop | null,
  isGoal: (id: string) => boolean,
  isWay: (edge: WorkflowEdge) => boolean = () => true,
): boolean {
  const ways = run.forward.filter((edge) => unit.has(edge.from) && !unit.has(edge.to) && isWay(edge));
  const leadsThere = (to: string): boolean =>
    isGoal(to) ||
    ((level?.body.has(to) ?? true) && everyWayLeadsTo(run, unitAt(run, to, level), level, isGoal, isWay));
  return ways.length > 0 && ways.every(({ to }) => leadsThere(to));
}

/**
 * Milliseconds from the node's start to the end, by the longest way forward; one for a node without an estimate. What follows a
 * loop comes after all of it, and all of a loop after what leads into it.
 *
 * @param known what has been worked out before
 */
export function wayToEnd(run: RunState, id: string, known: Map<string, number>): number {
  const before = known.get(id);
  if (before !== undefined) return before;
  const after = run.forward.flatMap((edge) => {
    const level = commonLevel(run, edge.from, edge.to);
    return unitAt(run, edge.from, level).has(id) ? [...unitAt(run, edge.to, level)] : [];
  });
  const ways = after.map((next) => wayToEnd(run, next, known));
  const way = (run.node(id).node.estimateMs ?? 1) + Math.max(0, ...ways);
  known.set(id, way);
  return way;
}
