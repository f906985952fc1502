import type { Outcome } from './record.js';
import { found, type RunState } from './run-state.js';

const CALL = 'compensate ';

/** What the call that undoes a node goes by. */
export function compensationOf(id: string): string {
  return `${CALL}${id}`;
}

/**
 * The node to undo next: when the run has failed and all is over, those that have succeeded and can be undone, the last one
 * to succeed first. `null` where there is none.
 */
export function nextToUndo(run: RunState): string | null {
  if (run.cancelled || run.failures.length === 0 || run.unsettled().length > 0) return null;
  const undone = run.succeeded.toReversed().find((id) => {
    const { node, record } = run.node(id);
    return node.compensate !== null && record?.status === 'succeeded' && record.compensation === null;
  });
  return undone ?? null;
}

/** The call that undoes a node has returned. That it failed is on record, and keeps nothing else from being undone. */
export function undo(run: RunState, id: string, outcome: Outcome): void {
  const it = run.node(id);
  const record = found(it.record, `record of ${JSON.stringify(id)}`);
  it.record = {
    ...record,
    compensation:
      outcome.kind === 'ok'
        ? { status: 'succeeded', errorCode: null }
        : { status: 'failed', errorCode: outcome.kind === 'timeout' ? 'FC5005' : 'FC5008' },
  };
}
