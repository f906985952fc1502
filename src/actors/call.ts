import type { Failure } from '../ir/errors.js';
import type { JsonObject, JsonValue } from '../ir/json.js';

/** A call that a node function makes of another node type, by {@link NodeContext.callToolsParallel}. */
export interface ToolCall {
  /** A node type of the runner; not `wait` or `workflow`, which are nothing without a place in a chart. */
  readonly tool: string;
  /** What the node type's schema parses. Default `{}`. */
  readonly params?: JsonObject;
  /** In place of the `retry` of the options. */
  readonly retry?: CallRetry;
  /** In place of the `timeoutMs` of the options: milliseconds that each attempt may take. */
  readonly timeout_ms?: number;
}

/** When a failed call is made again: after `initialMs * factor^(attempt - 1)`, at most `maxDelayMs`. */
export interface CallRetry {
  /** All attempts, the first included; at least 1. */
  readonly maxAttempts: number;
  /** Milliseconds before the second attempt. Default 1000. */
  readonly initialMs?: number;
  /** Each wait is the one before times this; at least 1. Default 2. */
  readonly factor?: number;
  /** No wait is longer than so many milliseconds. Default 60,000. */
  readonly maxDelayMs?: number;
}

export interface CallOptions {
  /** Calls whose functions run at once. Default 10. */
  readonly maxConcurrent?: number;
  /**
   * What a call that fails for good does to the others: nothing (`fail_safe`, the default), or those that run are told to
   * stop and no other begins (`fail_fast`).
   */
  readonly onError?: 'fail_safe' | 'fail_fast';
  /** Milliseconds that each attempt at a call may take. Default: no bound. */
  readonly timeoutMs?: number;
  /** Default: one attempt. */
  readonly retry?: CallRetry;
  /**
   * Resources that each attempt holds while it runs: amounts by name, or a list of names for one of each. Not for nodes that
   * hold resources themselves, as they could wait for each other for ever.
   */
  readonly uses?: { readonly [resource: string]: number } | readonly string[];
}

/** What became of one call. */
export interface CallRecord {
  readonly tool: string;
  readonly status: 'succeeded' | 'failed' | 'timed_out' | 'cancelled';
  /** Attempts that were begun; 0 for a call that never ran. */
  readonly attempts: number;
  /** `null` unless it succeeded. */
  readonly output: JsonValue;
  /** Why it failed or timed out; else `null`. */
  readonly error: Failure | null;
  /** Milliseconds from the run's start to the first attempt; `null` for a call that never ran. */
  readonly started_at: number | null;
  /** Milliseconds from the run's start. */
  readonly ended_at: number;
}
