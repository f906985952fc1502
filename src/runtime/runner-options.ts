import type { InspectionEvent } from 'xstate';
import type { NodeDefinition } from '../actors/node.js';
import type { NodeFunction } from '../actors/registry.js';
import { ForkchartError } from '../ir/errors.js';
import { DEFAULT_LIMITS, type Limits } from '../ir/limits.js';
import type { Clock } from './clock.js';
import type { RunEvent } from './event.js';
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
  checkMethods('signal', options.signal, ['addEventListener', 'removeEventListener']);
  checkMethods('clock', clock, ['now', 'setTimeout', 'clearTimeout']);
  checkMethods('store', store, ['create', 'commit', 'committed', 'finish', 'get', 'list']);
  for (const name of ['ids', 'random', 'inspect'] as const) {
    const given: unknown = options[name];
    if (given !== undefined && typeof given !== 'function') throw wrongOption(name, given, 'a function');
  }
}

/** @throws ForkchartError FC9002 */
export function checkStartOptions<Options extends StartOptions>(options: Options): Options {
  checkCount('maxConcurrency', options.maxConcurrency);
  checkMethods('signal', options.signal, ['addEventListener', 'removeEventListener']);
  const runId: unknown = options.runId;
  if (runId !== undefined && !(typeof runId === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(runId))) {
    throw wrongOption('runId', runId, '1 to 64 letters, digits, `-` or `_`');
  }
  return options;
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
