import type { Workflow } from '../workflow.js';
import { precedenceOf } from './precedence.js';

/** What a node counts that has no `estimate_ms`. */
export const UNKNOWN_ESTIMATE = 1;

/**
 * How much is left to do from each node to the end: the longest sum of estimates (milliseconds; 1 for a node that has none)
 * over a chain of forward edges, the node itself included. A loop counts once. Time: as for {@link precedenceOf}.
 *
 * @returns by node index
 *
 * @example
 * remainingPath(workflow); // a (100 ms) before b (20 ms): [120, 20]
 */
export function remainingPath(workflow: Workflow): Float64Array {
  const { before, order, points } = precedenceOf(workflow);
  /** By point: what is left once it is over, of the points that were looked at so far. */
  const after = new Float64Array(points);
  const remaining = new Float64Array(workflow.nodes.length);
  for (const point of order.toReversed()) {
    const node = workflow.nodes[point];
    const left = (after[point] ?? 0) + (node === undefined ? 0 : (node.estimateMs ?? UNKNOWN_ESTIMATE));
    if (node !== undefined) remaining[point] = left;
    for (const source of before[point] ?? []) after[source] = Math.max(after[source] ?? 0, left);
  }
  return remaining;
}
