import type { Failure } from '../ir/errors.js';
import type { JsonValue } from '../ir/json.js';
import type { NodeStatus, RunStatus, SkipReason } from './record.js';

/** Version of the event stream; it changes when a field changes its meaning or goes. */
export const EVENT_VERSION = 1;

interface Stamp {
  readonly v: typeof EVENT_VERSION;
  readonly run_id: string;
  /** 0, 1, 2, … within the run. */
  readonly seq: number;
  /** Milliseconds from the run's start. */
  readonly at: number;
}

interface AboutNode {
  readonly node: string;
  /** From 1, for a node in a loop. */
  readonly iteration?: number;
}

/** What happened, without its stamp. */
export type RunEventBody =
  | { readonly type: 'run.started'; readonly workflow: string; readonly hash: string; readonly nodes: number }
  | (AboutNode & { readonly type: 'node.queued' })
  | (AboutNode & { readonly type: 'node.started'; readonly attempt: number })
  | (AboutNode & { readonly type: 'node.progress'; readonly done: number; readonly total: number | null; readonly message: string | null })
  | (AboutNode & { readonly type: 'node.log'; readonly message: string })
  | (AboutNode & { readonly type: 'node.attempt_failed'; readonly attempt: number; readonly error: Failure })
  | (AboutNode & { readonly type: 'node.backoff'; readonly attempt: number; readonly delay_ms: number })
  | (AboutNode & {
      readonly type: 'node.settled';
      readonly status: NodeStatus;
      readonly attempts: number;
      readonly output: JsonValue;
      readonly error: Failure | null;
      readonly action: string | null;
      readonly reason: SkipReason | null;
    })
  | (AboutNode & { readonly type: 'node.late_result_dropped' })
  | { readonly type: 'group.opened'; readonly group: string }
  | { readonly type: 'group.joined'; readonly group: string }
  | { readonly type: 'loop.iteration'; readonly loop: string; readonly iteration: number }
  | { readonly type: 'run.failing'; readonly error: Failure }
  | { readonly type: 'run.cancelling'; readonly reason: string }
  | { readonly type: 'run.settled'; readonly status: RunStatus; readonly error: Failure | null };

/** One line of a run's history: what the command line, the inspector and the tests look at (P15). */
export type RunEvent = Stamp & RunEventBody;
