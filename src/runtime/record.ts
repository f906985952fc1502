import type { Failure } from '../ir/errors.js';
import type { JsonValue } from '../ir/json.js';
import type { CancelReason, Handling, NodeStatus, SkipReason } from '../machines/outcome.js';

export type { CancelReason, Handling, NodeStatus, SkipReason };
export type RunStatus = 'succeeded' | 'failed' | 'cancelled';

/** What became of one node (P1: every node of a finished run has exactly one). */
export interface NodeRecord {
  /** Its hierarchical name: `report.fetch.branch_1.iteration_0`. */
  readonly name: string;
  readonly status: NodeStatus;
  /** Attempts that were begun; 0 for a node that never ran. */
  readonly attempts: number;
  /** Milliseconds from the run's start to the first attempt; `null` for a node that never ran. */
  readonly started_at: number | null;
  /** Milliseconds from the run's start. */
  readonly ended_at: number;
  readonly output: JsonValue;
  /** Of a node that succeeded, what its `fallback` has made up for. */
  readonly error: Failure | null;
  /** What has handled the failure; `null` where there is none, or where the run fails by it. */
  readonly handled_by: Handling | null;
  /** The action that the node ended with: which of its edges were taken. */
  readonly action: string | null;
  /**
   * Why a node was skipped: `not_taken`, `when_false` or `upstream_failed`, the last with the id of the node that failed. Why it was
   * cancelled while the run went on: `group_failed` or `join_satisfied`.
   */
  readonly reason: SkipReason | CancelReason | null;
  /** What came of undoing it, after the run had failed. */
  readonly compensation?: { readonly status: 'succeeded' | 'failed'; readonly error: Failure | null };
  /** For a node that runs another workflow: the records of its nodes, by id; of the last attempt. */
  readonly nodes?: { readonly [id: string]: NodeRecord };
  /** For a node in a loop, which iteration this is (from 1), and the records of those before. */
  readonly iteration?: number;
  readonly earlier?: readonly NodeRecord[];
}

export interface RunMetrics {
  /** The run from start to end. */
  readonly wall_ms: number;
  /** Time in node functions, all attempts added up. */
  readonly work_ms: number;
  /** The longest chain of nodes that had to follow one another, waits between attempts included, for slots not. */
  readonly critical_path_ms: number;
  /** `work_ms / wall_ms`. */
  readonly speedup: number;
  /** The most node functions that ran at once. */
  readonly peak_concurrency: number;
  /** `work_ms` divided by the time in which at least one node function ran; 0 where none did. */
  readonly mean_concurrency: number;
  /** Keys in order of declaration; a null-prototype object. Nodes of sub-workflows are left out. */
  readonly nodes: { readonly [id: string]: NodeMetrics };
  /** What is declared or used by the workflow or its sub-workflows; a null-prototype object. */
  readonly resources: { readonly [name: string]: ResourceMetrics };
}

/** All attempts, items and iterations of a node added up. */
export interface NodeMetrics {
  /** Calls of its function that have returned. */
  readonly calls: number;
  /** Milliseconds between asking for a place and getting it. */
  readonly queue_ms: number;
  /** Milliseconds in its function. */
  readonly run_ms: number;
}

/** What one run has had of a resource. */
export interface ResourceMetrics {
  /** How often it was used, by an attempt, an item or a call. */
  readonly uses: number;
  /** The most that was held at once: the sum of the amounts. */
  readonly peak: number;
  /** Milliseconds in which something of it was held. */
  readonly busy_ms: number;
  /** Milliseconds that those who use it waited to start, for whatever reason, added up. */
  readonly waited_ms: number;
}

/** What a run leaves behind. Plain JSON: what `run --json` prints. */
export interface RunResult {
  readonly run_id: string;
  readonly workflow: string;
  readonly status: RunStatus;
  readonly outputs: { readonly [name: string]: JsonValue };
  /** Keys in order of declaration; a null-prototype object, as a node may be called `__proto__`. */
  readonly nodes: { readonly [id: string]: NodeRecord };
  readonly metrics: RunMetrics;
  readonly error: Failure | null;
}
