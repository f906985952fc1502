import type { CoreIr, CoreNode } from '../schema/core.js';

/** Nodes that `execution_mode: batch` leaves alone: what they are given is theirs as a whole. */
const NEVER_BY_ITSELF: ReadonlySet<string> = new Set(['merge', 'wait', 'workflow']);

/** The field that makes a batch of a node; `null` for a node that runs once. */
export function batchFieldOf(
  { execution_mode: mode }: CoreIr,
  { type, batch, batch_mode: own }: CoreNode,
): 'batch' | 'batch_mode' | 'execution_mode' | null {
  if (batch !== undefined) return 'batch';
  if (own !== undefined) return own === false ? null : 'batch_mode';
  return mode === 'batch' && !NEVER_BY_ITSELF.has(type) ? 'execution_mode' : null;
}
