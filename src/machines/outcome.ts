import type { Failure } from '../ir/errors.js';
import type { JsonValue } from '../ir/json.js';
import { plain } from './plain.js';

/** How a node can end. */
export type NodeStatus = 'succeeded' | 'failed' | 'skipped' | 'cancelled' | 'timed_out';

/** Why a node was skipped; `upstream_failed` with the id of the node that failed first. */
export type SkipReason =
  | { readonly kind: 'not_taken' | 'when_false' }
  | { readonly kind: 'upstream_failed'; readonly node: string };

/** Why a node was cancelled while the run went on: the node whose failure ended its group, or whose join was satisfied without it. */
export type CancelReason =
  | { readonly kind: 'group_failed'; readonly node: string; readonly group: string }
  | { readonly kind: 'join_satisfied'; readonly node: string };

/** What handles a failure, so that the run does not fail by it. */
export type Handling =
  | { readonly kind: 'catch' | 'fallback' | 'continue' | 'error_edge' | 'join' }
  | { readonly kind: 'group'; readonly group: string };

/** What became of a node, as the chart knows it: no times, as the chart has no clock. Plain JSON. */
export interface Outcome {
  readonly status: NodeStatus;
  readonly attempts: number;
  readonly output: JsonValue;
  /** What its edges are decided by; `null` where they are not decided by an action. */
  readonly action: string | null;
  /** Of a node that succeeded, what its fallback has made up for. */
  readonly failure: Failure | null;
  readonly handledBy: Handling | null;
  readonly reason: SkipReason | CancelReason | null;
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
  /** When it failed, in milliseconds from the run's start. */
  readonly at: number;
}

export const isFailure = (status: NodeStatus): boolean => status === 'failed' || status === 'timed_out';

const NOTHING = { output: null, action: null, failure: null, handledBy: null, reason: null };

const Success = plain<Outcome, [attempts: number, output: JsonValue, action: string]>(
  function (attempts, output, action) {
    this.status = 'succeeded';
    this.attempts = attempts;
    this.output = output;
    this.action = action;
    this.failure = null;
    this.handledBy = null;
    this.reason = null;
  },
);

export function succeeded({ output, action }: AttemptResult, attempts: number): Outcome {
  return new Success(attempts, output, action);
}

export function failed(
  failure: Failure,
  attempts: number,
  status: 'failed' | 'timed_out' = 'failed',
): Outcome {
  return { ...NOTHING, status, attempts, failure };
}

export function skipped(reason: SkipReason): Outcome {
  return { ...NOTHING, status: 'skipped', attempts: 0, reason };
}

export function cancelled(attempts: number, reason: CancelReason | null): Outcome {
  return { ...NOTHING, status: 'cancelled', attempts, reason };
}
