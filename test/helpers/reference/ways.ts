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

/**
 * Whether there is a way forward from a node or a loop, and every one of them gets to a node that is asked for, without leaving
 * the body of `level` before.
 */
export function everyWayLeadsTo(
  run: RunState,
  unit: ReadonlySet<string>,
  level: Loop | null,
  isGoal: (id: string) => boolean,
): boolean {
  const ways = run.forward.filter((edge) => unit.has(edge.from) && !unit.has(edge.to));
  const leadsThere = (to: string): boolean =>
    isGoal(to) ||
    ((level?.body.has(to) ?? true) && everyWayLeadsTo(run, unitAt(run, to, level), level, isGoal));
  return ways.length > 0 && ways.every(({ to }) => leadsThere(to));
}
