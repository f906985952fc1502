import {
  type AnyActorRef,
  type AnyStateMachine,
  createActor,
  type InspectionEvent,
  type Snapshot,
} from 'xstate';
import type { NodeRegistry } from '../actors/registry.js';
import type { WorkerPool } from '../actors/worker-pool.js';
import { type Failure, ForkchartError } from '../ir/errors.js';
import type { JsonObject } from '../ir/json.js';
import type { PlaceHolder, PlaceRequest } from '../machines/compile.js';
import type { ScopeContext, WorkflowMachineInput } from '../machines/context.js';
import type { Topology } from '../machines/topology.js';
import type { AttemptHost } from './attempt-host.js';
import type { Clock } from './clock.js';
import { EVENT_VERSION, type RunEvent, type RunEventBody } from './event.js';
import { EventStream } from './event-stream.js';
import { Mailbox } from './mailbox.js';
import { Meter } from './metrics.js';
import { fillOutputs } from './outputs.js';
import type { RunResult, RunStatus } from './record.js';
import { RecordBook } from './record-book.js';
import { Slots } from './slots.js';
import type { RunStore } from './store/store.js';

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
  /** Stops the run: running nodes get their `AbortSignal`, the rest does not start. Does nothing once it has settled. */
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

export interface RunSetup
  extends Pick<
    AttemptHost,
    'runId' | 'topology' | 'clock' | 'store' | 'workers' | 'registry' | 'resultBytes' | 'maxItems'
  > {
  /** The chart with its actors and effects bound. */
  readonly machine: AnyStateMachine;
  readonly inputs: JsonObject;
  readonly seed: number;
  readonly maxConcurrency: number | null;
  readonly gracePeriodMs: number;
  readonly inspect?: ((event: InspectionEvent) => void) | undefined;
}

/** A run as its chart's bindings see it. */
export class LiveRun implements AttemptHost {
  readonly runId: string;
  readonly topology: Topology;
  readonly clock: Clock;
  readonly store: RunStore;
  readonly workers: WorkerPool;
  readonly registry: NodeRegistry;
  readonly resultBytes: number;
  readonly maxItems: number;
  readonly mailbox: Mailbox;
  readonly actor: AnyActorRef;
  /** What the caller gets. */
  readonly handle: Run;

  readonly #gracePeriodMs: number;
  readonly #slots: Slots;
  /** By node: the calls of its function, and of others on its behalf, that have not returned. */
  readonly #calls = new Map<number, Set<Promise<void>>>();
  readonly #events = new EventStream();
  readonly #records = new RecordBook();
  readonly #meter = new Meter();
  #startedAt = 0;
  #seq = 0;
  #state: 'created' | 'running' | 'settled' = 'created';
  #cancelReason: string | null = null;
  #resolve: (result: RunResult) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(setup: RunSetup) {
    this.runId = setup.runId;
    this.topology = setup.topology;
    this.clock = setup.clock;
    this.store = setup.store;
    this.workers = setup.workers;
    this.registry = setup.registry;
    this.resultBytes = setup.resultBytes;
    this.maxItems = setup.maxItems;
    this.mailbox = new Mailbox(setup.resultBytes);
    this.#gracePeriodMs = setup.gracePeriodMs;
    this.#slots = new Slots(setup.maxConcurrency);
    const input: WorkflowMachineInput = { inputs: setup.inputs, seed: setup.seed };
    this.actor = createActor(setup.machine, {
      input,
      clock: setup.clock,
      ...(setup.inspect === undefined ? {} : { inspect: setup.inspect }),
    });
    this.handle = this.#makeHandle();
  }

  #makeHandle(): Run {
    const result = new Promise<RunResult>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    return {
      id: this.runId,
      result,
      on: (listener) => this.#events.subscribe(listener),
      events: () => this.#events.iterate(),
      cancel: (reason) => this.cancel(reason),
      pause: () => this.#slots.pause(),
      step: () => this.#slots.step(),
      resume: () => this.#slots.resume(),
      send: (event, payload) => this.#send(event, payload),
      snapshot: () => this.actor.getPersistedSnapshot(),
    };
  }

  /** Starts the chart; called once the caller has had a chance to listen. */
  begin(): void {
    const { workflow } = this.topology;
    this.#state = 'running';
    this.#startedAt = this.clock.now();
    this.publish({
      type: 'run.started',
      workflow: workflow.id,
      hash: workflow.hash,
      nodes: workflow.nodes.length,
      time: new Date(this.#startedAt).toISOString(),
    });
    // A run that was cancelled before it began starts no node.
    if (this.#cancelReason !== null) this.#slots.pause();
    this.actor.subscribe({
      error: (error) => this.fail('FC9003', `The chart of run ${this.runId} broke down`, error),
      complete: () => void this.#settle(),
    });
    this.actor.start();
    if (this.#cancelReason !== null) this.actor.send({ type: 'cancel', reason: this.#cancelReason });
  }

  cancel(reason = 'cancelled by its caller'): void {
    if (this.#cancelReason !== null) return;
    this.#cancelReason = reason;
    if (this.#state === 'running') this.actor.send({ type: 'cancel', reason });
  }

  /** Ends a run that has no result: its store would not have it, or forkchart has a defect. */
  fail(code: 'FC5012' | 'FC9003', message: string, cause: unknown): void {
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

  requestPlace({ node, grant }: PlaceRequest): void {
    this.#slots.request(node, grant);
  }

  /** The slot of a node whose function has not returned stays taken until it has, or until the grace period is over. */
  releasePlace({ node }: PlaceHolder): void {
    const calls = this.#calls.get(node);
    this.#slots.release(node, calls === undefined ? null : this.withinGrace(allOf(calls)));
  }

  measureCall(node: string): () => void {
    const began = this.clock.now();
    this.#meter.callBegan();
    return () => this.#meter.callEnded(node, this.clock.now() - began);
  }

  called(node: number, returned: Promise<void>): void {
    const calls = this.#calls.get(node) ?? new Set();
    this.#calls.set(node, calls.add(returned));
    void returned.then(() => {
      calls.delete(returned);
      if (calls.size === 0) this.#calls.delete(node);
    });
  }

  /** Settles when every node function that was called has returned. */
  async drained(): Promise<void> {
    await Promise.all([...this.#calls.values()].map(allOf));
  }

  publish(body: RunEventBody): void {
    if (this.#state === 'settled') return;
    const at = this.now();
    switch (body.type) {
      case 'node.started':
        this.#records.started(body.node, at);
        break;
      case 'node.backoff':
        this.#meter.waited(body.node, body.delay_ms);
        break;
      case 'node.settled':
        this.#records.settled(body, at);
        break;
      case 'node.failure_handled':
        this.#records.failureHandled(body);
        break;
      case 'node.compensated':
        this.#records.compensated(body);
        break;
    }
    const seq = this.#seq++;
    if (this.#events.hasListeners) {
      this.#events.publish({ v: EVENT_VERSION, run_id: this.runId, seq, at, ...body });
    }
  }

  withinGrace(call: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.clock.setTimeout(resolve, this.#gracePeriodMs);
      void call.then(() => {
        this.clock.clearTimeout(timer);
        resolve();
      });
    });
  }

  async acquireResources(): Promise<() => void> {
    return () => {};
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
    return Math.round((this.clock.now() - this.#startedAt) * 1000) / 1000;
  }

  async #settle(): Promise<void> {
    const snapshot = this.actor.getSnapshot() as { value: RunStatus; output: ScopeContext };
    let result: RunResult;
    try {
      result = this.#makeResult(snapshot.value, snapshot.output);
    } catch (error) {
      this.fail('FC9003', `The result of run ${this.runId} could not be made`, error);
      return;
    }
    try {
      await this.store.finish(this.runId, result);
    } catch (error) {
      this.fail('FC5012', `The result of run ${this.runId} could not be stored`, error);
      return;
    }
    this.publish({ type: 'run.settled', status: result.status, error: result.error });
    this.#end();
    this.#resolve(result);
  }

  #makeResult(ended: RunStatus, context: ScopeContext): RunResult {
    const { workflow } = this.topology;
    const { outputs, failure } = fillOutputs(this.topology, context);
    const status = ended === 'succeeded' && failure !== null ? 'failed' : ended;
    const nodes = this.#records.byNode(workflow);
    return {
      run_id: this.runId,
      workflow: workflow.id,
      status,
      outputs,
      nodes,
      metrics: this.#meter.metrics(workflow, this.now()),
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
    this.#events.end();
  }
}

/** Settles once all of them have. */
async function allOf(calls: Iterable<Promise<void>>): Promise<void> {
  await Promise.all(calls);
}
