import type { WorkflowEdge } from '../../../src/ir/workflow.js';
import { type Failure, ruledOut } from './attempts.js';
import { decide, edgeAfter, isTakenBy, isUsedUp } from './edges.js';
import { handle, stopsRun } from './failures.js';
import type { GroupEffect } from './groups.js';
import type { ReferenceReason, ReferenceRecord } from './record.js';
import type { RunState } from './run-state.js';
import { loopLeftBy } from './structure.js';

type Ending = Partial<ReferenceRecord> & Pick<ReferenceRecord, 'status'>;

/** Gives a node its record, and decides its edges but for those that leave a loop: these are decided when that ends. */
export function settleAs(run: RunState, id: string, ending: Ending): void {
  const record = write(run, id, ending);
  run.running = run.running.filter((one) => one !== id);
  for (const edge of run.forward) {
    if (edge.from === id && loopLeftBy(edge, run.loopOf) === null) {
      run.edges.set(edge, edgeAfter(run, edge, record));
    }
  }
}

function write(run: RunState, id: string, ending: Ending): ReferenceRecord {
  const it = run.node(id);
  const loop = run.loopOf.get(id);
  it.phase = 'settled';
  it.record = {
    attempts: it.attempts,
    output: null,
    errorCode: null,
    action: null,
    reason: null,
    handledBy: null,
    compensation: null,
    iteration: (loop === undefined ? 0 : run.loop(loop).iteration) || null,
    earlier: [],
    ...ending,
  };
  return it.record;
}

export function skip(run: RunState, id: string, reason: ReferenceReason): void {
  settleAs(run, id, { status: 'skipped', reason });
}

/**
 * The node's function has returned, or its `fallback` stands for that.
 *
 * @returns what a failure does to the groups around it, where asking for another iteration is one
 */
export function succeed(
  run: RunState,
  id: string,
  {
    output,
    action,
    ...fallback
  }: Pick<ReferenceRecord, 'output'> & { readonly action: string } & Partial<ReferenceRecord>,
): readonly GroupEffect[] {
  const record = write(run, id, { ...fallback, status: 'succeeded', output, action });
  const refused = refusalOf(run, id, action, record);
  if (refused !== null) return fail(run, id, ruledOut(refused, false));
  run.succeeded.push(id);
  settleAs(run, id, record);
  return [];
}

/** Why a node that has succeeded with `record` fails all the same; `null` where it does not. */
function refusalOf(
  run: RunState,
  id: string,
  action: string,
  record: ReferenceRecord,
): 'FC5003' | 'FC5004' | null {
  const leaving = run.workflow.edges.filter((edge) => edge.from === id && isTakenBy(edge, action, record));
  const wanted = leaving.filter((edge) => decide(run, edge.when).kind !== 'dead');
  if (leaving.some((edge) => edge.closes !== null && decide(run, edge.when).kind === 'broken'))
    return 'FC5003';
  return wanted.length > 0 && wanted.every((edge) => isUsedUp(run, edge) && isWish(edge)) ? 'FC5004' : null;
}

/** Asks for another iteration, and does not merely count them. */
function isWish(edge: WorkflowEdge): boolean {
  return edge.action !== 'default' || edge.when !== null;
}

/** The node fails for good. @returns what that does to the groups around it */
export function fail(
  run: RunState,
  id: string,
  failure: Failure,
  mayFallBack = true,
): readonly GroupEffect[] {
  const { by, action, caughtBy, handledIn, effects } = handle(run, id, failure, mayFallBack);
  const { node } = run.node(id);
  const errorCode = failure.code;
  if (by?.kind === 'fallback' && node.fallback !== null) {
    const { value: output } = node.fallback;
    const instead = { status: 'succeeded', output, action: 'default', errorCode, handledBy: by } as const;
    // A fallback that asks for more than there is makes up for nothing.
    return refusalOf(run, id, 'default', write(run, id, instead)) === null
      ? succeed(run, id, instead)
      : fail(run, id, failure, false);
  }
  Object.assign(run.node(id), { caughtBy, handledIn });
  if (by === null) {
    if (!run.hasFailedBefore) run.failures = [...run.failures, { code: errorCode, node: id }];
    if (stopsRun(run, id)) run.stoppedBy ??= id;
  }
  settleAs(run, id, { status: failure.status, errorCode, action, handledBy: by });
  return effects;
}
