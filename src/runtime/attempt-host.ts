import type { WorkerPool } from '../actors/worker-pool.js';
import type { Topology } from '../machines/topology.js';
import type { Clock } from './clock.js';
import type { RunEventBody } from './event.js';
import type { RunStore } from './store/store.js';

/** What an attempt needs of the run that it belongs to. */
export interface AttemptHost {
  readonly runId: string;
  readonly topology: Topology;
  readonly clock: Clock;
  readonly store: RunStore;
  readonly workers: WorkerPool;
  readonly resultBytes: number;
  /** Told of every call of a node function; the promise settles when the function has returned, and never rejects. */
  called(node: number, returned: Promise<void>): void;
  /** Counts a call from now until the returned function is called. */
  measureCall(node: string): () => void;
  publish(event: RunEventBody): void;
}
