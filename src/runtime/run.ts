import {
  type AnyActorRef,
  type AnyStateMachine,
  createActor,
  type InspectionEvent,
  type Snapshot,
} from 'xstate';
import type { WorkerPool } from '../actors/worker-pool.js';
import { type Failure, ForkchartError } from '../ir/errors.js';
import type { JsonObject } from '../ir/json.js';
import type { SlotRequest } from '../machines/compile.js';
import type { ScopeContext, WorkflowMachineInput } from '../machines/context.js';
import type { Topology } from '../machines/topology.js';
import type { AttemptHost } from './attempt.js';
import type { Clock } from './clock.js';
import { EVENT_VERSION, type RunEvent, type RunEventBody } from './event.js';
import { EventStream } from './event-stream.js';
import { Meter } from './metrics.js';
import { fillOutputs } from './outputs.js';
import type { RunResult, RunStatus } from './record.js';
import { RecordBook } from './record-book.js';
import { Slots } from './slots.js';
import type { RunStore } from './store/store.js';

/** One execution of a workflow, under way. */
export interface Run {
  readonly id: string;
  /** What became of it. Does not reject for a failure of the workflow's own. */
  readonly result: Promise<RunResult>;
  /** Calls `listener` with each event from now on; the returned function ends that. Subscribe in the turn that started the run to miss none. */
  on(listener: (event: RunEvent) => void): () => void;
  /** Each event from now on, until the run has settled. */
  events(): AsyncIterableIterator<RunEvent>;
  /** Stops the run: running nodes get their `AbortSignal`, the rest does not start. Does nothing once it has settled. */
  cancel(reason?: string): void;
  /** Lets no further node start; those that run go on. */
  pause(): void;
  /** While paused: lets one more node start. Returns whether one was waiting to. */
  step(): boolean;
  /** Ends a pause. */
  resume(): void;
  /** XState's persisted snapshot of the chart: plain JSON. */
  snapshot(): Snapshot<unknown>;
}

export interface RunSetup {
  readonly id: string;
  readonly topology: Topology;
  /** The chart with its actors and effects bound. */
  readonly machine: AnyStateMachine;
  readonly inputs: JsonObject;
  readonly seed: number;
  readonly maxConcurrency: number | null;
  readonly clock: Clock;
  readonly store: RunStore;
  readonly workers: WorkerPool;
  readonly resultBytes: number;
  readonly inspect?: ((event: InspectionEvent) => void) | undefined;
}

/** A run as its chart's bindings see it. */
export class LiveRun implements Run, AttemptHost {
  readonly id: string;
  readonly result: Promise<RunResult>;
  readonly runId: string;
  readonly topology: Topology;
  readonly clock: Clock;
  readonly store: RunStore;
  readonly workers: WorkerPool;
  readonly resultBytes: number;
  readonly inFlight = new Set<Promise<unknown>>();
  readonly actor: AnyActorRef;

  readonly #slots: Slots;
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
    this.id = setup.id;
    this.runId = setup.id;
    this.topology = setup.topology;
    this.clock = setup.clock;
    this.store = setup.store;
    this.workers = setup.workers;
    this.resultBytes = setup.resultBytes;
    this.#slots = new Slots(setup.maxConcurrency);
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const input: WorkflowMachineInput = { inputs: setup.inputs, seed: setup.seed };
    this.actor = createActor(setup.machine, {
      input,
      clock: setup.clock,
      ...(setup.inspect === undefined ? {} : { inspect: setup.inspect }),
    });
  }

  /** Starts the chart; called once the caller has had a chance to listen. */
  begin(): void {
    if (this.#state !== 'created') return;
    const { workflow } = this.topology;
    this.#state = 'running';
    this.#startedAt = this.clock.now();
    this.publish({
      type: 'run.started',
      workflow: workflow.id,
      hash: workflow.hash,
      nodes: workflow.nodes.length,
    });
    // A run that was cancelled before it began starts no node.
    if (this.#cancelReason !== null) this.#slots.pause();
    this.actor.subscribe({
      error: (error) => this.#breakDown(error),
      complete: () => void this.#settle().catch((error) => this.#reject(error)),
    });
    this.actor.start();
    if (this.#cancelReason !== null) this.actor.send({ type: 'cancel', reason: this.#cancelReason });
  }

  on(listener: (event: RunEvent) => void): () => void {
    return this.#events.subscribe(listener);
  }

  events(): AsyncIterableIterator<RunEvent> {
    return this.#events.iterate();
  }

  cancel(reason = 'cancelled by its caller'): void {
    if (this.#cancelReason !== null) return;
    this.#cancelReason = reason;
    if (this.#state === 'running') this.actor.send({ type: 'cancel', reason });
  }

  pause(): void {
    this.#slots.pause();
  }

  step(): boolean {
    return this.#slots.step();
  }

  resume(): void {
    this.#slots.resume();
  }

  snapshot(): Snapshot<unknown> {
    return this.actor.getPersistedSnapshot();
  }

  requestSlot({ node, grant }: SlotRequest): void {
    this.#slots.request(node, grant);
  }

  releaseSlot(node: number): void {
    this.#slots.release(node);
  }

  publish(body: RunEventBody): void {
    if (this.#state === 'settled') return;
    const at = this.#now();
    switch (body.type) {
      case 'node.started':
        this.#records.started(body.node, at);
        this.#meter.attemptStarted(body.node, at);
        break;
      case 'node.attempt_failed':
        this.#meter.attemptEnded(body.node, at);
        break;
      case 'node.settled':
        this.#meter.attemptEnded(body.node, at);
        this.#records.settled(body, at);
        break;
    }
    const seq = this.#seq++;
    if (this.#events.hasListeners)
      this.#events.publish({ v: EVENT_VERSION, run_id: this.id, seq, at, ...body });
  }

  /** Ends a run that could not begin, as its store would not have it. */
  refuse(error: unknown): void {
    this.#state = 'settled';
    this.#events.end();
    this.#reject(error);
  }

  #now(): number {
    return Math.round((this.clock.now() - this.#startedAt) * 1000) / 1000;
  }

  async #settle(): Promise<void> {
    const snapshot = this.actor.getSnapshot() as { value: RunStatus; output: ScopeContext };
    const { outputs, failure } = fillOutputs(this.topology, snapshot.output);
    const status = snapshot.value === 'succeeded' && failure !== null ? 'failed' : snapshot.value;
    const { workflow } = this.topology;
    const nodes = this.#records.byNode(workflow);
    const result: RunResult = {
      run_id: this.id,
      workflow: workflow.id,
      status,
      outputs,
      nodes,
      metrics: this.#meter.metrics(workflow, nodes, this.#now()),
      error: status === 'succeeded' ? null : (this.#error(status, snapshot.output) ?? failure),
    };
    await this.store.finish(this.id, result);
    this.publish({ type: 'run.settled', status, error: result.error });
    this.#state = 'settled';
    this.#events.end();
    this.#resolve(result);
  }

  #error(status: RunStatus, context: ScopeContext): Failure | null {
    if (status !== 'cancelled') return context.failure;
    return {
      code: 'FC5007',
      message: `The run was cancelled: ${this.#cancelReason}.`,
      node: null,
      path: null,
      hint: 'Start it again.',
    };
  }

  /** The chart itself threw: a defect, not a failure of the workflow. */
  #breakDown(error: unknown): void {
    this.#state = 'settled';
    this.#events.end();
    this.#reject(
      new ForkchartError(
        'FC9003',
        `The chart of run ${this.id} broke down: ${error instanceof Error ? error.message : error}`,
        {
          hint: 'This is a defect of forkchart; please report it with the workflow.',
          cause: error,
        },
      ),
    );
  }
}
