import type { Snapshot } from 'xstate';
import { type Failure, ForkchartError } from '../ir/errors.js';
import type { JsonObject } from '../ir/json.js';
import type { ScopeContext } from '../machines/context.js';
import { DeadlineQueue } from './deadline-queue.js';
import { EVENT_VERSION, type RunEvent, type RunEventBody } from './event.js';
import { EventStream } from './event-stream.js';
import { Mailbox } from './mailbox.js';
import { Meter } from './metrics.js';
import { fillOutputs } from './outputs.js';
import type { RunResult, RunStatus } from './record.js';
import type { Listed } from './roster.js';
import { toThousandth } from './rounding.js';
import { type Chart, type RunnerServices, RunScope, type RunServices } from './run-scope.js';
import { RunPlaces } from './scheduler/run-places.js';
import { runSubWorkflow } from './sub-run.js';

/** One execution of a workflow, under way. */
export interface Run {
  readonly id: string;
  /** What became of it. Does not reject for a failure of the workflow's own; only for one of the store, or a defect. */
  readonly result: Promise<RunResult>;
  /**
   * Calls `listener` with each event from now on; the returned function ends that. Subscribe in the turn that started the
   * run to miss none. What a listener throws is an uncaught exception.
   */
  on(listener: (event: RunEvent) => void): () => void;
  /** Each event from now on, until the run has settled. */
  events(): AsyncIterableIterator<RunEvent>;
  /**
   * Stops the run: running nodes get their `AbortSignal`, the rest does not start. Does nothing once it has settled. Where the store
   * has not yet answered that it keeps the run, it has the grace period to do so; then `result` rejects with FC5012.
   */
  cancel(reason?: string): void;
  /** Lets no further node start; those that run go on. */
  pause(): void;
  /** While paused: lets one more node start, if the run's limit allows. Returns whether it did. */
  step(): boolean;
  /** Ends a pause. */
  resume(): void;
  /**
   * Gives an event to the `wait` node that has waited longest for its name. Where none waits, it is kept for the first that
   * will; at most 1000 are.
   *
   * @param payload any JSON value, `null` by default: the output of the node
   * @returns whether a node got it
   * @throws ForkchartError FC5016 when the payload does not match the `schema` of that node, which goes on waiting; FC9002 when
   * the run has settled, for a payload that is not JSON, and when too many events are kept
   */
  send(event: string, payload?: unknown): boolean;
  /** XState's persisted snapshot of the chart: plain JSON, to look at. This version cannot go on from one. */
  snapshot(): Snapshot<unknown>;
}

export interface RunSetup {
  readonly runner: RunnerServices;
  readonly runId: string;
  readonly chart: Chart;
  readonly inputs: JsonObject;
  readonly seed: number;
  readonly maxConcurrency: number | null;
  /** Counts beside the priority of its nodes where runs wait for the same resource. */
  readonly priority: number;
}

/** A run from its start to its result; what its chart does in between is the {@link RunScope}'s. */
export class LiveRun implements RunServices, Listed {
  place = -1;
  readonly runner: RunnerServices;
  readonly runId: string;
  readonly seed: number;
  readonly mailbox: Mailbox;
  readonly meter: Meter;
  readonly deadlines: DeadlineQueue;
  readonly runWorkflow = runSubWorkflow;
  /** What the caller gets. */
  readonly handle: Run;

  readonly #scope: RunScope;
  readonly #events = new EventStream();
  #startedAt = 0;
  #seq = 0;
  #state: 'created' | 'running' | 'settled' = 'created';
  /** Ends a run that was cancelled while its store keeps it waiting. */
  #patience: unknown = null;
  #cancelReason: string | null = null;
  #resolve: (result: RunResult) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor({ runner, runId, chart, inputs, seed, maxConcurrency, priority }: RunSetup) {
    this.runner = runner;
    this.meter = new Meter(runner.clock, chart.topology.nodes.length);
    this.deadlines = new DeadlineQueue(runner.clock);
    this.runId = runId;
    this.seed = seed;
    this.mailbox = new Mailbox(runner.resultBytes);
    const { workflow } = chart.topology;
    const places = RunPlaces.open(runner.scheduler, {
      workflow,
      demands: chart.demands,
      observer: this.meter,
      limit: maxConcurrency,
      priority,
    });
    this.#scope = new RunScope({ run: this, chart, places, inputs, seed, sub: null });
    this.handle = this.#makeHandle();
  }

  #makeHandle(): Run {
    const result = new Promise<RunResult>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const { actor, places } = this.#scope;
    return {
      id: this.runId,
      result,
      on: (listener) => this.#events.subscribe(listener),
      events: () => this.#events.iterate(),
      cancel: (reason) => this.cancel(reason),
      pause: () => places.pause(),
      step: () => places.step(),
      resume: () => places.resume(),
      send: (event, payload) => this.#send(event, payload),
      snapshot: () => actor.getPersistedSnapshot(),
    };
  }

  /** Starts the chart; called once the caller has had a chance to listen. */
  begin(): void {
    if (this.#state === 'settled') return;
    this.runner.clock.clearTimeout(this.#patience);
    const { workflow } = this.#scope.topology;
    this.#state = 'running';
    this.#startedAt = this.runner.clock.now();
    const time = new Date(this.#startedAt).toISOString();
    const { id, hash, nodes } = workflow;
    this.publish({ type: 'run.started', workflow: id, hash, nodes: nodes.length, time }, null);
    // A run that was cancelled before it began starts no node.
    if (this.#cancelReason !== null) this.#scope.places.pause();
    this.#scope.start(
      (status, context) => void this.#settle(status, context),
      (error) => this.fail('FC9003', `The chart of run ${this.runId} broke down`, error),
    );
    if (this.#cancelReason !== null) this.#scope.cancel(this.#cancelReason);
  }

  cancel(reason = 'cancelled by its caller'): void {
    if (this.#cancelReason !== null) return;
    this.#cancelReason = reason;
    if (this.#state === 'running') this.#scope.cancel(reason);
    if (this.#state !== 'created') return;
    const { clock, gracePeriodMs } = this.runner;
    this.#patience = clock.setTimeout(() => {
      const silence = new Error(`its store has not answered for ${gracePeriodMs} ms`);
      this.fail('FC5012', `Run ${this.runId} was cancelled before it was stored`, silence);
    }, gracePeriodMs);
  }

  /** Ends a run that has no result: its store would not have it, or forkchart has a defect. */
  fail(code: 'FC5012' | 'FC9003', message: string, cause: unknown): void {
    if (this.#state === 'settled') return;
    this.runner.clock.clearTimeout(this.#patience);
    const says = cause instanceof Error ? cause.message : String(cause);
    const hint =
      code === 'FC5012'
        ? 'Look at what the store of runs says.'
        : 'This is a defect of forkchart; please report it with the workflow.';
    const error =
      cause instanceof ForkchartError
        ? cause
        : new ForkchartError(code, `${message}: ${says}`, { hint, cause });
    this.#end();
    this.#reject(error);
  }

  get isObserved(): boolean {
    return this.#events.hasListeners;
  }

  isUnheard(): boolean {
    if (this.#events.hasListeners || this.#state === 'settled') return false;
    this.#seq++;
    return true;
  }

  publish(body: RunEventBody, scope: string | null): void {
    if (this.#state === 'settled') return;
    const seq = this.#seq++;
    if (!this.#events.hasListeners) return;
    const within = scope === null ? {} : { scope };
    this.#events.publish({ v: EVENT_VERSION, run_id: this.runId, seq, at: this.now(), ...within, ...body });
  }

  #send(event: string, payload: unknown): boolean {
    if (this.#state === 'settled') {
      throw new ForkchartError('FC9002', `Run ${this.runId} is sent an event after it has settled.`, {
        hint: 'Send events while `run.result` is pending.',
      });
    }
    return this.mailbox.send(event, payload);
  }

  /** Milliseconds from the run's start, to a thousandth. */
  now(): number {
    return toThousandth(this.runner.clock.now() - this.#startedAt);
  }

  async #settle(status: RunStatus, context: ScopeContext): Promise<void> {
    let result: RunResult;
    try {
      result = this.#makeResult(status, context);
    } catch (error) {
      this.fail('FC9003', `The result of run ${this.runId} could not be made`, error);
      return;
    }
    try {
      await this.runner.store.finish(this.runId, result);
    } catch (error) {
      this.fail('FC5012', `The result of run ${this.runId} could not be stored`, error);
      return;
    }
    this.publish({ type: 'run.settled', status: result.status, error: result.error }, null);
    this.#end();
    this.#resolve(result);
  }

  #makeResult(ended: RunStatus, context: ScopeContext): RunResult {
    const { topology, records } = this.#scope;
    const { workflow } = topology;
    const { outputs, failure } = fillOutputs(topology, context);
    const status = ended === 'succeeded' && failure !== null ? 'failed' : ended;
    const nodes = records.byNode();
    return {
      run_id: this.runId,
      workflow: workflow.id,
      status,
      outputs,
      nodes,
      metrics: this.meter.metrics(workflow, this.now()),
      error:
        status === 'cancelled'
          ? this.#cancellation()
          : status === 'failed'
            ? (context.failure ?? failure)
            : null,
    };
  }

  #cancellation(): Failure {
    return {
      code: 'FC5007',
      message: `The run was cancelled: ${this.#cancelReason}.`,
      node: null,
      path: null,
      hint: 'Start it again.',
    };
  }

  #end(): void {
    this.#state = 'settled';
    this.#scope.close();
    this.#events.end();
  }
}
