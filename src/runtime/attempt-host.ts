import type { NodeRegistry } from '../actors/registry.js';
import type { WorkerPool } from '../actors/worker-pool.js';
import type { ResourceUse } from '../ir/workflow.js';
import type { Topology } from '../machines/topology.js';
import type { Clock } from './clock.js';
import type { RunEventBody } from './event.js';
import type { Mailbox } from './mailbox.js';
import type { RunStore } from './store/store.js';

/** What an attempt needs of the run that it belongs to. */
export interface AttemptHost {
  readonly runId: string;
  readonly topology: Topology;
  readonly clock: Clock;
  readonly store: RunStore;
  readonly workers: WorkerPool;
  /** The node types that calls may be made of. */
  readonly registry: NodeRegistry;
  /** The events that the run is sent. */
  readonly mailbox: Mailbox;
  readonly resultBytes: number;
  /** Calls that one attempt may have under way, at most. */
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
  /** Told of every call of a node function; the promise settles when the function has returned, and never rejects. */
  called(node: number, returned: Promise<void>): void;
  /** Counts a call from now until the returned function is called. */
  measureCall(node: string): () => void;
  publish(event: RunEventBody): void;
}
