import type { NodeRegistry } from '../actors/registry.js';
import type { WorkerPool } from '../actors/worker-pool.js';
import type { WorkflowCall } from '../actors/workflow.js';
import type { JsonValue } from '../ir/json.js';
import type { ResourceUse } from '../ir/workflow.js';
import type { PlaceHolder } from '../machines/compile.js';
import type { AttemptInput } from '../machines/node.js';
import type { NodePlan, Topology } from '../machines/topology.js';
import type { StreamTable } from './batch/stream.js';
import type { Clock } from './clock.js';
import type { RunEventBody } from './event.js';
import type { Mailbox } from './mailbox.js';
import type { RunStore } from './store/store.js';

/** A call of a function that has not returned. */
export interface CallUnderWay {
  /** To be called once, when it has. */
  end(): void;
}

/** What an attempt needs of the run that it belongs to. */
export interface AttemptHost {
  readonly runId: string;
  /** What the ids of executions begin with: empty, but for the nodes of a sub-workflow. */
  readonly executionPrefix: string;
  readonly topology: Topology;
  readonly clock: Clock;
  readonly store: RunStore;
  readonly workers: WorkerPool;
  /** The node types that calls may be made of. */
  readonly registry: NodeRegistry;
  /** The events that the run is sent. */
  readonly mailbox: Mailbox;
  /** The results that batches pass on while they run. */
  readonly streams: StreamTable;
  readonly resultBytes: number;
  /** Items of a batch, and calls that one attempt may have under way, at most. */
  readonly maxItems: number;
  /** Milliseconds from the run's start. */
  now(): number;
  /**
   * Waits until a node, or a call that it makes, may hold all that it uses, and holds nothing before.
   *
   * @returns gives everything back; to be called once
   * @throws the signal's reason, once that is aborted; ForkchartError FC5014 where there will never be so much
   */
  acquireResources(node: number, uses: readonly ResourceUse[], signal: AbortSignal): Promise<() => void>;
  /** Settles when a function that was told to stop has returned, or the grace period is over; never rejects. */
  withinGrace(returned: Promise<void>): Promise<void>;
  /** Told of every call of a function for a node or an item. */
  called(holder: PlaceHolder): CallUnderWay;
  /** Counts a call from now until it ends. */
  measureCall(plan: NodePlan): CallUnderWay;
  publish(event: RunEventBody): void;
  /** Runs another workflow inside of the run: see {@link WorkflowNodeContext}. */
  runWorkflow(call: WorkflowCall, attempt: AttemptOfNode): Promise<JsonValue>;
}

/** On whose behalf a workflow is run. */
export interface AttemptOfNode {
  readonly plan: NodePlan;
  readonly input: AttemptInput;
  readonly execution: string;
  readonly signal: AbortSignal;
}
