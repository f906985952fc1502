import { nanoid } from 'nanoid';
import { type AnyStateMachine, fromPromise, type InspectionEvent } from 'xstate';
import type { NodeDefinition } from '../actors/node.js';
import { createRegistry, type NodeFunction, type NodeRegistry } from '../actors/registry.js';
import { createWorkerPool } from '../actors/worker-pool.js';
import { type CheckResult, checkWorkflow } from '../ir/check.js';
import { isChecked } from '../ir/checked.js';
import { ForkchartError, InvalidWorkflowError } from '../ir/errors.js';
import { DEFAULT_LIMITS, type Limits } from '../ir/limits.js';
import type { Workflow } from '../ir/workflow.js';
import { compileWorkflow, type RunSystem } from '../machines/compile.js';
import type { Topology } from '../machines/topology.js';
import { attemptActor } from './attempt.js';
import { tightestBound } from './bound.js';
import { type Clock, systemClock } from './clock.js';
import type { RunEvent } from './event.js';
import { bindInputs } from './inputs.js';
import { LiveRun, type Run } from './run.js';
import { createMemoryStore } from './store/memory.js';
import type { RunStore } from './store/store.js';
import { describeThrown } from './thrown.js';

export interface RunnerOptions {
  /** Node types besides the built-in ones. */
  readonly nodes?: readonly NodeDefinition[];
  /** What nodes of type `function`, and `merge` with a custom strategy, may call, by name. */
  readonly functions?: { readonly [name: string]: NodeFunction };
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

/** Runs workflows with one set of node types. */
export interface Runner {
  /** Where its runs are kept. */
  readonly store: RunStore;
  /** Everything that is wrong with a workflow: JSON text, or the value that it holds. Never throws. */
  check(source: unknown): CheckResult;
  /**
   * Checks a workflow once, to be started as often as needed.
   *
   * @throws InvalidWorkflowError with every diagnostic
   */
  load(source: unknown): Workflow;
  /**
   * Starts a run. It begins when the caller's turn has ended.
   *
   * @param source a checked workflow, JSON text, or the value that it holds
   * @throws InvalidWorkflowError when it cannot be run
   * @throws ForkchartError FC5001 for wrong inputs, FC9002 for wrong options
   */
  start(source: unknown, inputs?: { readonly [name: string]: unknown }, options?: StartOptions): Run;
  /** Ends the worker threads. Runs that need them fail from then on. */
  close(): Promise<void>;
}

/**
 * Makes a runner.
 *
 * @example
 * const runner = createRunner({ nodes: [fetchPage] });
 * const run = runner.start({ nodes: [{ id: 'page', type: 'fetch-page', params: { url } }] });
 * const { status, nodes } = await run.result;
 *
 * @throws ForkchartError FC9002 for options that cannot be
 */
export function createRunner(options: RunnerOptions = {}): Runner {
  checkOptions(options);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const registry = createRegistry({
    resultBytes: limits.resultBytes,
    ...(options.nodes === undefined ? {} : { nodes: options.nodes }),
    ...(options.functions === undefined ? {} : { functions: options.functions }),
    ...(options.root === undefined ? {} : { root: options.root }),
  });
  const store = options.store ?? createMemoryStore();
  const clock = options.clock ?? systemClock;
  const ids = options.ids ?? nanoid;
  const random = options.random ?? Math.random;
  const gracePeriodMs = options.gracePeriodMs ?? 5000;
  const workers = createWorkerPool(
    options.maxThreads === undefined ? {} : { maxThreads: options.maxThreads },
  );

  const charts = new WeakMap<Workflow, { topology: Topology; machine: AnyStateMachine }>();
  const runs = new WeakMap<RunSystem, LiveRun>();
  const runOf = (system: RunSystem): LiveRun => {
    const run = runs.get(system);
    if (run === undefined) throw new Error('An actor of this runner is used outside of its runs.');
    return run;
  };

  const actors = new Map(
    registry.definitions.map((definition) => [definition.type, attemptActor(definition, runOf)]),
  );
  const drain = fromPromise(({ system }) => runOf(system).drained());

  const chartOf = (workflow: Workflow) => {
    const known = charts.get(workflow);
    if (known !== undefined) return known;
    const compiled = compileWorkflow(workflow);
    const machine = compiled.bind({
      actors,
      drain,
      gracePeriodMs,
      publish: (system, event) => runOf(system).publish(event),
      requestSlot: (system, request) => runOf(system).requestSlot(request),
      releaseSlot: (system, node) => runOf(system).releaseSlot(node),
    });
    const chart = { topology: compiled.topology, machine };
    charts.set(workflow, chart);
    return chart;
  };

  const check = (source: unknown): CheckResult =>
    checkWorkflow(source, { nodeTypes: registry.nodeTypes, limits });

  const load = (source: unknown): Workflow => {
    if (isChecked(source)) return withKnownTypes(source, registry);
    const { workflow, diagnostics } = check(source);
    if (workflow === null) throw new InvalidWorkflowError(diagnostics);
    return workflow;
  };

  const live = new Set<LiveRun>();
  const cancelAll = (): void => {
    for (const run of live) run.cancel(reasonOf(options.signal));
  };
  options.signal?.addEventListener('abort', cancelAll, { once: true });

  const start: Runner['start'] = (source, given, startOptions) => {
    const { maxConcurrency, signal, onEvent, runId } = checkStartOptions({
      ...startOptions,
      runId: startOptions?.runId ?? ids(),
    });
    const workflow = load(source);
    const inputs = bindInputs(workflow, given ?? {}, limits.resultBytes);
    const run = new LiveRun({
      id: runId,
      ...chartOf(workflow),
      inputs,
      seed: Math.floor(random() * 2 ** 32),
      maxConcurrency: tightestBound(workflow.maxConcurrency, options.maxConcurrency, maxConcurrency),
      gracePeriodMs,
      clock,
      store,
      workers,
      resultBytes: limits.resultBytes,
      inspect: options.inspect === undefined ? undefined : isolated(options.inspect),
    });
    runs.set(run.actor.system, run);
    const created = store.create({ run_id: runId, workflow: workflow.id, hash: workflow.hash, inputs });
    if (onEvent !== undefined) run.handle.on(onEvent);

    live.add(run);
    const cancel = (): void => run.cancel(reasonOf(signal));
    signal?.addEventListener('abort', cancel, { once: true });
    if (options.signal?.aborted) cancelAll();
    if (signal?.aborted) cancel();
    // In two steps, so that a rejection that nobody handles is still reported as one.
    const forget = (): void => {
      live.delete(run);
      signal?.removeEventListener('abort', cancel);
    };
    run.handle.result.then(forget, forget);

    void Promise.resolve(created).then(
      () => {
        try {
          run.begin();
        } catch (error) {
          run.fail('FC9003', `Run ${runId} could not begin`, error);
        }
      },
      (error) => run.fail('FC5012', `Run ${runId} could not be stored`, error),
    );
    return run.handle;
  };

  return { store, check, load, start, close: () => workers.close() };
}

/** A workflow that was checked elsewhere may have node types that this runner does not have. */
function withKnownTypes(workflow: Workflow, registry: NodeRegistry): Workflow {
  const unknown = workflow.nodes.find(({ type }) => registry.get(type) === undefined);
  if (unknown === undefined) return workflow;
  throw new ForkchartError(
    'FC9002',
    `Node \`${unknown.id}\` has the type \`${unknown.type}\`, which this runner does not have.`,
    {
      hint: 'Pass the node type to `createRunner` in `nodes`.',
      path: unknown.pointer,
    },
  );
}

/** What an inspector throws is an uncaught exception, and must not change what a run does. */
function isolated(inspect: (event: InspectionEvent) => void): (event: InspectionEvent) => void {
  return (event) => {
    try {
      inspect(event);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  };
}

const reasonOf = (signal: AbortSignal | undefined): string =>
  describeThrown(signal?.reason)[0]?.message ?? '';

function checkOptions(options: RunnerOptions): void {
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

function checkStartOptions<Options extends StartOptions>(options: Options): Options {
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
