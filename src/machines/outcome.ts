import type { Failure } from '../ir/errors.js';
import type { JsonValue } from '../ir/json.js';

/** How a node can end. */
export type NodeStatus = 'succeeded' | 'failed' | 'skipped' | 'cancelled' | 'timed_out';

/** Why a node was skipped; `upstream_failed` with the id of the node that failed first. */
export type SkipReason =
  | { readonly kind: 'not_taken' | 'when_false' }
  | { readonly kind: 'upstream_failed'; readonly node: string };

/** What became of a node, as the chart knows it: no times, as the chart has no clock. Plain JSON. */
export interface Outcome {
  readonly status: NodeStatus;
  readonly attempts: number;
  readonly output: JsonValue;
  readonly action: string | null;
  readonly failure: Failure | null;
  readonly reason: SkipReason | null;
}

/** What the actor of a node resolves with. */
export interface AttemptResult {
  readonly output: JsonValue;
  readonly action: string;
}

/** What the actor of a node rejects with: data, as an `Error` would not survive a snapshot. */
export interface AttemptFailure {
  readonly failure: Failure;
  /** Another attempt would be pointless. */
  readonly terminal: boolean;
}

export const isFailure = (status: NodeStatus): boolean => status === 'failed' || status === 'timed_out';

export function succeeded(result: AttemptResult, attempts: number): Outcome {
  return {
    status: 'succeeded',
    attempts,
    output: result.output,
    action: result.action,
    failure: null,
    reason: null,
  };
}

export function failed(
  failure: Failure,
  attempts: number,
  status: 'failed' | 'timed_out' = 'failed',
): Outcome {
  return { status, attempts, output: null, action: null, failure, reason: null };
}

export function skipped(reason: SkipReason): Outcome {
  return { status: 'skipped', attempts: 0, output: null, action: null, failure: null, reason };
}

export function cancelled(attempts: number): Outcome {
  return { status: 'cancelled', attempts, output: null, action: null, failure: null, reason: null };
}
