import type { InspectionEvent } from 'xstate';
import type { NodeDefinition } from '../actors/node.js';
import type { NodeFunction } from '../actors/registry.js';
import { ForkchartError } from '../ir/errors.js';
import { DEFAULT_LIMITS, type Limits } from '../ir/limits.js';
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
  /** Default: a memory store that keeps the last 100 runs. */
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

/** @throws ForkchartError FC9002 */
export function checkRunnerOptions(options: RunnerOptions): void {
  checkCount('maxConcurrency', options.maxConcurrency);
  const { gracePeriodMs, clock, store } = options;
  if (gracePeriodMs !== undefined && !(typeof gracePeriodMs === 'number' && gracePeriodMs >= 0)) {
    throw wrongOption('gracePeriodMs', gracePeriodMs, 'a number of milliseconds, 0 or more');
  }
  for (const [name, limit] of Object.entries(options.limits ?? {})) {
    if (!Object.hasOwn(DEFAULT_LIMITS, name))
      throw wrongOption(`limits.${name}`, limit, 'one of the limits that there are');
    if (!(typeof limit === 'number' && limit >= 0))
      throw wrongOption(`limits.${name}`, limit, 'a number, 0 or more');
  }
  for (const [name, definition] of Object.entries(options.resources ?? {})) checkResource(name, definition);
  checkMethods('signal', options.signal, ['addEventListener', 'removeEventListener']);
  checkMethods('clock', clock, ['now', 'setTimeout', 'clearTimeout']);
  checkMethods('store', store, ['create', 'commit', 'committed', 'finish', 'get', 'list']);
  for (const name of ['ids', 'random', 'inspect', 'detectCapacity'] as const) {
    const given: unknown = options[name];
    if (given !== undefined && typeof given !== 'function') throw wrongOption(name, given, 'a function');
  }
}

/** @throws ForkchartError FC9002 */
export function checkStartOptions<Options extends StartOptions>(options: Options): Options {
  checkCount('maxConcurrency', options.maxConcurrency);
  checkMethods('signal', options.signal, ['addEventListener', 'removeEventListener']);
  const priority: unknown = options.priority;
  if (priority !== undefined && !Number.isFinite(priority))
    throw wrongOption('priority', priority, 'a number');
  const runId: unknown = options.runId;
  if (runId !== undefined && !(typeof runId === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(runId))) {
    throw wrongOption('runId', runId, '1 to 64 letters, digits, `-` or `_`');
  }
  return options;
}

function checkResource(resource: string, definition: ResourceDefinition): void {
  const name = `resources.${resource}`;
  if (typeof definition !== 'object' || definition === null)
    throw wrongOption(name, definition, 'an object such as `{ concurrency: 2 }`');
  for (const bound of Object.keys(definition)) {
    if (!['concurrency', 'capacity', 'rate'].includes(bound))
      throw wrongOption(`${name}.${bound}`, 'there', '`concurrency`, `capacity` or `rate`');
  }
  const { concurrency, capacity, rate } = definition;
  checkCount(`${name}.concurrency`, concurrency);
  if (capacity !== 'auto') checkCount(`${name}.capacity`, capacity);
  if (rate === undefined) return;
  if (typeof rate !== 'object' || rate === null)
    throw wrongOption(`${name}.rate`, rate, 'an object such as `{ limit: 60, perMs: 60000 }`');
  if (rate.limit === undefined)
    throw wrongOption(`${name}.rate.limit`, rate.limit, 'a whole number, 1 or more');
  checkCount(`${name}.rate.limit`, rate.limit);
  if (!(Number.isFinite(rate.perMs) && rate.perMs > 0))
    throw wrongOption(`${name}.rate.perMs`, rate.perMs, 'a number of milliseconds, more than 0');
}

function checkCount(name: string, value: unknown): void {
  if (value !== undefined && !(Number.isInteger(value) && (value as number) >= 1)) {
    throw wrongOption(name, value, 'a whole number, 1 or more');
  }
}

function checkMethods(name: string, given: object | undefined, methods: readonly string[]): void {
  if (given === undefined) return;
  const missing = methods.find((method) => typeof (given as Record<string, unknown>)[method] !== 'function');
  if (missing !== undefined) throw wrongOption(`${name}.${missing}`, undefined, 'a function');
}

function wrongOption(name: string, value: unknown, expected: string): ForkchartError {
  const shown = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return new ForkchartError('FC9002', `\`${name}\` is ${shown}.`, { hint: `Pass ${expected}.` });
}
