import { nanoid } from 'nanoid';
import { type AnyStateMachine, fromPromise, type InspectionEvent } from 'xstate';
import type { NodeDefinition } from '../actors/node.js';
import { createRegistry, type NodeFunction } from '../actors/registry.js';
import { createWorkerPool } from '../actors/worker-pool.js';
import { type CheckResult, checkWorkflow } from '../ir/check.js';
import { ForkchartError, InvalidWorkflowError } from '../ir/errors.js';
import { DEFAULT_LIMITS, type Limits } from '../ir/limits.js';
import type { Workflow } from '../ir/workflow.js';
import { compileWorkflow, type RunSystem } from '../machines/compile.js';
import type { Topology } from '../machines/topology.js';
import { attemptActor } from './attempt.js';
import { type Clock, systemClock } from './clock.js';
import type { RunEvent } from './event.js';
import { bindInputs } from './inputs.js';
import { LiveRun, type Run } from './run.js';
import { createMemoryStore } from './store/memory.js';
import type { RunStore } from './store/store.js';

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
   * @param source a loaded workflow, JSON text, or the value that it holds
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
  const registry = createRegistry({
    ...(options.nodes === undefined ? {} : { nodes: options.nodes }),
    ...(options.functions === undefined ? {} : { functions: options.functions }),
    ...(options.root === undefined ? {} : { root: options.root }),
  });
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const store = options.store ?? createMemoryStore();
  const clock = options.clock ?? systemClock;
  const ids = options.ids ?? nanoid;
  const random = options.random ?? Math.random;
  const workers = createWorkerPool(
    options.maxThreads === undefined ? {} : { maxThreads: options.maxThreads },
  );

  const loaded = new WeakSet<Workflow>();
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
  const drain = fromPromise(({ system }) => Promise.allSettled(runOf(system).inFlight));

  const chartOf = (workflow: Workflow) => {
    const known = charts.get(workflow);
    if (known !== undefined) return known;
    const compiled = compileWorkflow(workflow);
    const machine = compiled.bind({
      actors,
      drain,
      gracePeriodMs: options.gracePeriodMs ?? 5000,
      publish: (system, event) => runOf(system).publish(event),
      requestSlot: (system, request) => runOf(system).requestSlot(request),
      releaseSlot: (system, node) => runOf(system).releaseSlot(node),
    });
    const chart = { topology: compiled.topology, machine };
    charts.set(workflow, chart);
    return chart;
  };

  const check = (source: unknown): CheckResult => {
    const result = checkWorkflow(source, { nodeTypes: registry.nodeTypes, limits });
    if (result.workflow !== null) loaded.add(result.workflow);
    return result;
  };

  const load = (source: unknown): Workflow => {
    const { workflow, diagnostics } = check(source);
    if (workflow === null) throw new InvalidWorkflowError(diagnostics);
    return workflow;
  };

  const start: Runner['start'] = (source, given = {}, startOptions = {}) => {
    const workflow = loaded.has(source as Workflow) ? (source as Workflow) : load(source);
    const inputs = bindInputs(workflow, given);
    checkStartOptions(startOptions);
    const id = startOptions.runId ?? ids();
    const created = store.create({ run_id: id, workflow: workflow.id, hash: workflow.hash, inputs });
    const run = new LiveRun({
      id,
      ...chartOf(workflow),
      inputs,
      seed: Math.floor(random() * 2 ** 32),
      maxConcurrency: smallest(workflow.maxConcurrency, options.maxConcurrency, startOptions.maxConcurrency),
      clock,
      store,
      workers,
      resultBytes: limits.resultBytes,
      inspect: options.inspect,
    });
    runs.set(run.actor.system, run);
    if (startOptions.onEvent !== undefined) run.on(startOptions.onEvent);
    const release = [options.signal, startOptions.signal].map((signal) => cancelOn(signal, run));
    void Promise.resolve(created).then(
      () => run.begin(),
      (error) => run.refuse(error),
    );
    const releaseAll = () => {
      for (const off of release) off();
    };
    run.result.then(releaseAll, releaseAll);
    return run;
  };

  return { check, load, start, close: () => workers.close() };
}

/** Cancels the run when the signal is aborted; the returned function ends that. */
function cancelOn(signal: AbortSignal | undefined, run: LiveRun): () => void {
  if (signal === undefined) return () => {};
  const cancel = () =>
    run.cancel(signal.reason instanceof Error ? signal.reason.message : String(signal.reason));
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  return () => signal.removeEventListener('abort', cancel);
}

function smallest(...limits: readonly (number | null | undefined)[]): number | null {
  const bounds = limits.filter((limit) => typeof limit === 'number');
  return bounds.length === 0 ? null : Math.min(...bounds);
}

function checkOptions(options: RunnerOptions): void {
  checkCount('maxConcurrency', options.maxConcurrency);
  checkCount('maxThreads', options.maxThreads);
  if (options.gracePeriodMs !== undefined && !(options.gracePeriodMs >= 0)) {
    throw wrongOption('gracePeriodMs', options.gracePeriodMs, 'a number of milliseconds, 0 or more');
  }
}

function checkStartOptions(options: StartOptions): void {
  checkCount('maxConcurrency', options.maxConcurrency);
  if (options.runId !== undefined && !/^[A-Za-z0-9_-]{1,64}$/.test(options.runId)) {
    throw wrongOption('runId', options.runId, '1 to 64 letters, digits, `-` or `_`');
  }
}

function checkCount(name: string, value: number | undefined): void {
  if (value !== undefined && !(Number.isInteger(value) && value >= 1)) {
    throw wrongOption(name, value, 'a whole number, 1 or more');
  }
}

function wrongOption(name: string, value: unknown, expected: string): ForkchartError {
  return new ForkchartError('FC9002', `\`${name}\` is ${JSON.stringify(value)}.`, {
    hint: `Pass ${expected}.`,
  });
}
