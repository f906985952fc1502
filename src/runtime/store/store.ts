import type { JsonObject } from '../../ir/json.js';
import type { AttemptResult } from '../../machines/outcome.js';
import type { RunResult } from '../record.js';

/** How a run began. */
export interface StoredRun {
  readonly run_id: string;
  readonly workflow: string;
  /** Hash of the workflow: a run goes on only under the one that it was started with. */
  readonly hash: string;
  readonly inputs: JsonObject;
  /** `null` while the run is under way. */
  readonly result: RunResult | null;
}

/** Where runs and the results of their nodes are kept. A node's result is committed before any successor starts (P9). */
export interface RunStore {
  /**
   * The run begins once it is created; whatever is thrown or rejected is the end of it, FC5012.
   *
   * @throws ForkchartError FC9002 when there is a run of that id already: thrown at once, `runner.start` throws it
   */
  create(run: Omit<StoredRun, 'result'>): void | Promise<void>;
  /** @param execution the node's id, and its iterations where it is in loops: see `executionId` */
  commit(runId: string, execution: string, result: AttemptResult): void | Promise<void>;
  committed(runId: string, execution: string): AttemptResult | undefined | Promise<AttemptResult | undefined>;
  finish(runId: string, result: RunResult): void | Promise<void>;
  get(runId: string): StoredRun | undefined | Promise<StoredRun | undefined>;
  /** Oldest first. */
  list(): readonly StoredRun[] | Promise<readonly StoredRun[]>;
}
