import type { JsonValue } from '../../../src/ir/json.js';

/** What a node function is made to do. */
export type Outcome =
  | { readonly kind: 'ok'; readonly output: JsonValue; readonly action?: string }
  /** It throws: a `TerminalError`, or an `Error`, which may have a `code` such as `E_BUSY`. */
  | { readonly kind: 'fail'; readonly terminal?: boolean; readonly code?: string }
  /** It takes longer than an attempt may. */
  | { readonly kind: 'timeout' };

export type ReferenceReason =
  | { readonly kind: 'not_taken' | 'when_false' }
  | { readonly kind: 'upstream_failed'; readonly node: string }
  /** Cancelled with the rest of its group when `node` failed. */
  | { readonly kind: 'group_failed'; readonly node: string; readonly group: string }
  /** Cancelled when the join `node` had what it needs. */
  | { readonly kind: 'join_satisfied'; readonly node: string };

export type ReferenceHandler =
  | { readonly kind: 'catch' | 'fallback' | 'continue' | 'error_edge' | 'join' }
  | { readonly kind: 'group'; readonly group: string };

/** The part of a node's record that the semantics decide: all but times, messages and hints. */
export interface ReferenceRecord {
  readonly status: 'succeeded' | 'failed' | 'timed_out' | 'skipped' | 'cancelled';
  readonly attempts: number;
  readonly output: JsonValue;
  readonly errorCode: string | null;
  readonly action: string | null;
  readonly reason: ReferenceReason | null;
  /** What handled its failure; `null` where nothing did, or there was none. */
  readonly handledBy: ReferenceHandler | null;
  /** What became of undoing it; `null` where that was not tried. */
  readonly compensation: {
    readonly status: 'succeeded' | 'failed';
    readonly errorCode: string | null;
  } | null;
  /** From 1; `null` outside of loops, and in a loop that was not entered. */
  readonly iteration: number | null;
  /** Of all iterations before, oldest first; inside nested loops those of every round of the outer one. */
  readonly earlier: readonly ReferenceRecord[];
}

export interface ReferenceResult {
  readonly status: 'succeeded' | 'failed' | 'cancelled';
  readonly error: { readonly code: string; readonly node: string | null } | null;
  /** A null-prototype object, in order of declaration. */
  readonly nodes: { readonly [id: string]: ReferenceRecord };
}
