import type { InspectionEvent } from 'xstate';
import type { NodeDefinition } from '../actors/node.js';
import type { NodeFunction } from '../actors/registry.js';
import type { Limits } from '../ir/limits.js';
import type { Clock } from './clock.js';
import type { RunEvent } from './event.js';
import type { ResourceDefinition } from './scheduler/resource.js';
import type { RunStore } from './store/store.js';

export interface RunnerOptions {
  /** Node types besides the built-in ones. */
  readonly nodes?: readonly NodeDefinition[];
  /** What nodes of type `function`, and `merge` with a custom strategy, may call, by name. */
  readonly functions?: { readonly [name: string]: NodeFunction };
  /**
   * Workflows that nodes of type `workflow` may run by their names: checked ones, JSON texts, or the values that these hold. Each
   * is checked when it is first run.
   */
  readonly workflows?: { readonly [name: string]: unknown };
  /** The directory that file nodes may read and write under. Default: none, and file nodes fail. */
  readonly root?: string;
  /** Upper bound on node functions that run at once in one run; the workflow's own bound holds as well. Default: none. */
  readonly maxConcurrency?: number;
  /**
   * Bounds on resources by name, for all runs of this runner together. What a workflow declares under such a name does not count;
   * under any other name it holds for all runs as well. Default: none.
   */
  readonly resources?: { readonly [name: string]: ResourceDefinition };
  /**
   * Finds out how much there is of a resource whose capacity is `auto`; called once for each, when it is first used. Default:
   * the number of graphics cards that `nvidia-smi` lists, 0 where it cannot be run.
   */
  readonly detectCapacity?: (resource: string) => number | Promise<number>;
  /** Milliseconds that a stopped run waits for its node functions to return. Default 5000. */
  readonly gracePeriodMs?: number;
  /** Worker threads at most. Default: as many as the machine has cores. */
  readonly maxThreads?: number;
  readonly limits?: Partial<Limits>;
  /** Default: a memory store that keeps the last 100 runs, or fewer of many nodes: see {@link createMemoryStore}. */
  readonly store?: RunStore;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Makes run ids. Default: nanoid. */
  readonly ids?: () => string;
  /** In [0, 1); seeds each run's jitter. Default: `Math.random`. */
  readonly random?: () => number;
  /** Cancels every run of this runner. */
  readonly signal?: AbortSignal;
  /** XState's inspection of every run's chart. */
  readonly inspect?: (event: InspectionEvent) => void;
}

export interface StartOptions {
  /** Letters, digits, `-` and `_`, at most 64. Default: made by `ids`. */
  readonly runId?: string;
  readonly maxConcurrency?: number;
  /** Where runs wait for the same resource, the one with the higher goes first; the priorities of nodes are added. Default 0. */
  readonly priority?: number;
  readonly signal?: AbortSignal;
  /** Called with every event of the run. */
  readonly onEvent?: (event: RunEvent) => void;
}
