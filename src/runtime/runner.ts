import { nanoid } from 'nanoid';
import { fromPromise, type InspectionEvent } from 'xstate';
import { createRegistry, type NodeRegistry } from '../actors/registry.js';
import { createWorkerPool } from '../actors/worker-pool.js';
import { type CheckResult, checkWorkflow } from '../ir/check.js';
import { isChecked } from '../ir/checked.js';
import { ForkchartError, InvalidWorkflowError } from '../ir/errors.js';
import { DEFAULT_LIMITS } from '../ir/limits.js';
import type { Workflow, WorkflowNode } from '../ir/workflow.js';
import { compileWorkflow, type RunSystem } from '../machines/compile.js';
import { attemptActor } from './attempt.js';
import { batchDataActor } from './batch/batch-data.js';
import { tightestBound } from './bound.js';
import { checkGivenInputs, checkRunId, checkRunnerOptions, checkStartOptions } from './check-options.js';
import { systemClock } from './clock.js';
import { compensationActor } from './compensation.js';
import { bindInputs } from './inputs.js';
import { Roster } from './roster.js';
import { LiveRun, type Run } from './run.js';
import type { Chart, RunnerServices, RunScope } from './run-scope.js';
import type { RunnerOptions, StartOptions } from './runner-options.js';
import { capacityDetector } from './scheduler/detect-capacity.js';
import { nodeDemands } from './scheduler/node-demands.js';
import { Scheduler } from './scheduler/scheduler.js';
import { createMemoryStore } from './store/memory.js';
import type { RunStore } from './store/store.js';
import { describeThrown } from './thrown.js';
import { WorkflowLibrary } from './workflow-library.js';

/** On the system of actors that a chart under way is: found sooner there than in a map of such systems. */
const SCOPE = Symbol('scope');
type ScopedSystem = RunSystem & { [SCOPE]?: RunScope };

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
   * @throws ForkchartError FC5001 for wrong inputs, FC9002 for wrong options, and whatever else a store that answers at once says so
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
  checkRunnerOptions(options);
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
  const resources = new Map(Object.entries(options.resources ?? {}));
  const workers = createWorkerPool(
    options.maxThreads === undefined ? {} : { maxThreads: options.maxThreads },
  );

  const charts = new WeakMap<Workflow, Chart>();
  const scopeOf = (system: ScopedSystem): RunScope => {
    const scope = system[SCOPE];
    if (scope?.run.runner !== services)
      throw new Error('An actor of this runner is used outside of its runs.');
    return scope;
  };

  const actors = new Map(
    registry.definitions.map((definition) => [definition.type, attemptActor(definition, scopeOf)]),
  );
  const batchData = batchDataActor(scopeOf);
  const drain = fromPromise(({ system }) => scopeOf(system).drained());
  const compensation = compensationActor(registry.get, scopeOf);

  const chartOf = (workflow: Workflow): Chart => {
    const known = charts.get(workflow);
    if (known !== undefined) return known;
    const compiled = compileWorkflow(workflow);
    const machine = compiled.bind({
      actors,
      drain,
      compensation,
      gracePeriodMs,
      batchData,
      isUnheard: (system) => scopeOf(system).isUnheard(),
      isObserved: (system) => scopeOf(system).isObserved,
      publish: (system, event, node) => scopeOf(system).publish(event, node),
      requestPlace: (system, request) => scopeOf(system).requestPlace(request),
      releasePlace: (system, holder) => scopeOf(system).releasePlace(holder),
      now: (system) => scopeOf(system).now(),
    });
    const chart = { topology: compiled.topology, machine, demands: nodeDemands(workflow) };
    charts.set(workflow, chart);
    return chart;
  };

  const check = (source: unknown): CheckResult =>
    checkWorkflow(source, {
      nodeTypes: registry.nodeTypes,
      limits,
      workflows: new Set(library.names),
      resources: new Set(resources.keys()),
    });

  const load = (source: unknown): Workflow => {
    if (isChecked(source)) {
      if (!charts.has(source)) checkTypes(source, registry);
      return source;
    }
    const { workflow, diagnostics } = check(source);
    if (workflow === null) throw new InvalidWorkflowError(diagnostics);
    return workflow;
  };

  const library = new WorkflowLibrary(options.workflows ?? {}, load);
  const services: RunnerServices = {
    clock,
    store,
    workers,
    registry,
    scheduler: new Scheduler({
      clock,
      resources,
      detectCapacity: capacityDetector(options.detectCapacity),
    }),
    gracePeriodMs,
    resultBytes: limits.resultBytes,
    maxItems: limits.items,
    maxDepth: limits.subWorkflows,
    inspect: options.inspect === undefined ? undefined : isolated(options.inspect),
    chartOf,
    workflowNamed: (name) => library.get(name),
    register: (scope) => {
      (scope.actor.system as ScopedSystem)[SCOPE] = scope;
    },
  };
  const live = new Roster<LiveRun>();
  const cancelAll = (): void => {
    for (const run of live.all) run.cancel(reasonOf(options.signal));
  };
  options.signal?.addEventListener('abort', cancelAll, { once: true });

  const start: Runner['start'] = (source, given = {}, startOptions = {}) => {
    checkGivenInputs(given);
    checkStartOptions(startOptions);
    const { maxConcurrency, priority, signal, onEvent, runId = ids() } = startOptions;
    checkRunId(runId);
    const workflow = load(source);
    const inputs = bindInputs(workflow, given, limits.resultBytes);
    const run = new LiveRun({
      runner: services,
      runId,
      chart: chartOf(workflow),
      inputs,
      seed: Math.floor(random() * 2 ** 32),
      maxConcurrency: tightestBound(workflow.maxConcurrency, options.maxConcurrency, maxConcurrency),
      priority: priority ?? 0,
    });
    const created = createIn(store, { run_id: runId, workflow: workflow.id, hash: workflow.hash, inputs });
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

    void created.then(
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

/**
 * What a store says at once as forkchart's own error, such as that there is a run of that id, is thrown to who starts the run; any
 * other failure of it is the run's, whether it is thrown or rejected.
 */
function createIn(store: RunStore, run: Parameters<RunStore['create']>[0]): Promise<void> {
  try {
    return Promise.resolve(store.create(run));
  } catch (error) {
    if (error instanceof ForkchartError) throw error;
    return Promise.reject(error);
  }
}

/** A workflow that was checked elsewhere may have node types that this runner does not have. */
function checkTypes(workflow: Workflow, registry: NodeRegistry): void {
  const unknown = nodesWithin(workflow).find(({ type }) => registry.get(type) === undefined);
  if (unknown === undefined) return;
  throw new ForkchartError(
    'FC9002',
    `Node \`${unknown.id}\` has the type \`${unknown.type}\`, which this runner does not have.`,
    {
      hint: 'Pass the node type to `createRunner` in `nodes`.',
      path: unknown.pointer,
    },
  );
}

/** Its nodes, and those of the workflows that stand in them. */
function nodesWithin({ nodes }: Workflow): readonly WorkflowNode[] {
  return nodes.flatMap((node) => [node, ...(node.inline === null ? [] : nodesWithin(node.inline))]);
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
