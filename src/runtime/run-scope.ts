import { type AnyActorRef, type AnyStateMachine, createActor, type InspectionEvent } from 'xstate';
import type { NodeRegistry } from '../actors/registry.js';
import type { WorkerPool } from '../actors/worker-pool.js';
import type { WorkflowCall } from '../actors/workflow.js';
import type { JsonObject, JsonValue } from '../ir/json.js';
import type { ResourceUse, Workflow } from '../ir/workflow.js';
import type { PlaceHolder, PlaceRequest } from '../machines/compile.js';
import type { ScopeContext, WorkflowMachineInput } from '../machines/context.js';
import type { NodePlan, Topology } from '../machines/topology.js';
import type { AttemptHost, AttemptOfNode, CallUnderWay } from './attempt-host.js';
import { StreamTable } from './batch/stream.js';
import type { Clock } from './clock.js';
import type { DeadlineQueue } from './deadline-queue.js';
import type { RunEventBody } from './event.js';
import type { Mailbox } from './mailbox.js';
import type { Meter } from './metrics.js';
import { OpenCalls } from './open-calls.js';
import type { RunStatus } from './record.js';
import { RecordBook } from './record-book.js';
import type { NodeDemands } from './scheduler/node-demands.js';
import type { RunPlaces } from './scheduler/run-places.js';
import type { Scheduler } from './scheduler/scheduler.js';
import type { RunStore } from './store/store.js';

/** A workflow's chart, with its actors and effects bound. */
export interface Chart {
  readonly topology: Topology;
  readonly machine: AnyStateMachine;
  /** What its nodes ask the scheduler for. */
  readonly demands: NodeDemands;
}

/** What all runs of a runner have in common. */
export interface RunnerServices {
  readonly clock: Clock;
  readonly store: RunStore;
  readonly workers: WorkerPool;
  readonly registry: NodeRegistry;
  readonly scheduler: Scheduler;
  readonly gracePeriodMs: number;
  readonly resultBytes: number;
  readonly maxItems: number;
  /** How many sub-workflows may run inside one another. */
  readonly maxDepth: number;
  readonly inspect?: ((event: InspectionEvent) => void) | undefined;
  chartOf(workflow: Workflow): Chart;
  /** The workflow that is registered under a name. @throws ForkchartError FC2012, InvalidWorkflowError */
  workflowNamed(name: string): Workflow;
  /** Tells what is bound to charts whose an actor system is. */
  register(scope: RunScope): void;
}

/** What all charts of one run have in common. */
export interface RunServices {
  readonly runner: RunnerServices;
  readonly runId: string;
  readonly seed: number;
  readonly mailbox: Mailbox;
  readonly meter: Meter;
  /** What its charts wait on. */
  readonly deadlines: DeadlineQueue;
  /** Whether anybody listens to its events. */
  readonly isObserved: boolean;
  /** Whether nobody listens to the event that is about to be published; if so it counts, and need not be made. */
  isUnheard(): boolean;
  /** Milliseconds from the run's start. */
  now(): number;
  /** @param scope the name of the node whose sub-workflow says it; `null` for the run's own workflow */
  publish(body: RunEventBody, scope: string | null): void;
  runWorkflow(around: RunScope, call: WorkflowCall, attempt: AttemptOfNode): Promise<JsonValue>;
}

/** Where in a run a sub-workflow stands. */
export interface SubPlace {
  /** The name of the node that runs it. */
  readonly name: string;
  /** What the ids of its nodes' executions begin with. */
  readonly executionPrefix: string;
  /** The workflows around it, outermost first, and it itself. */
  readonly chain: readonly string[];
}

export interface ScopeSetup {
  readonly run: RunServices;
  readonly chart: Chart;
  readonly places: RunPlaces;
  readonly inputs: JsonObject;
  readonly seed: number;
  /** `null` for the run's own workflow. */
  readonly sub: SubPlace | null;
}

/** One chart under way in a run, of its own workflow or of a sub-workflow, as its bindings and its attempts see it. */
export class RunScope implements AttemptHost {
  readonly run: RunServices;
  readonly runId: string;
  readonly topology: Topology;
  readonly clock: Clock;
  readonly store: RunStore;
  readonly workers: WorkerPool;
  readonly registry: NodeRegistry;
  readonly mailbox: Mailbox;
  readonly streams: StreamTable;
  readonly resultBytes: number;
  readonly maxItems: number;
  readonly executionPrefix: string;
  /** The workflows around it, outermost first, and it itself. */
  readonly chain: readonly string[];
  readonly actor: AnyActorRef;
  readonly places: RunPlaces;
  readonly records: RecordBook;
  /** `null` for the run's own workflow. */
  readonly #name: string | null;
  readonly #calls: OpenCalls;

  constructor({ run, chart, places, inputs, seed, sub }: ScopeSetup) {
    const { runner } = run;
    this.run = run;
    this.runId = run.runId;
    this.topology = chart.topology;
    this.clock = runner.clock;
    this.store = runner.store;
    this.workers = runner.workers;
    this.registry = runner.registry;
    this.mailbox = run.mailbox;
    this.streams = new StreamTable(chart.topology);
    this.resultBytes = runner.resultBytes;
    this.maxItems = runner.maxItems;
    this.executionPrefix = sub?.executionPrefix ?? '';
    this.chain = sub?.chain ?? [chart.topology.workflow.id];
    this.places = places;
    this.records = new RecordBook(chart.topology);
    this.#calls = new OpenCalls(chart.topology.nodes.length);
    this.#name = sub?.name ?? null;
    const input: WorkflowMachineInput = { inputs, seed, ...(sub === null ? {} : { name: sub.name }) };
    const { inspect } = runner;
    this.actor = createActor(chart.machine, {
      input,
      clock: run.deadlines,
      ...(inspect === undefined ? {} : { inspect }),
    });
    runner.register(this);
  }

  /** Starts the chart; one of the two is called in the end. */
  start(ended: (status: RunStatus, context: ScopeContext) => void, broke: (error: unknown) => void): void {
    this.actor.subscribe({
      error: (error) => {
        this.close();
        broke(error);
      },
      complete: () => {
        this.close();
        const { value, output } = this.actor.getSnapshot() as { value: RunStatus; output: ScopeContext };
        ended(value, output);
      },
    });
    this.actor.start();
  }

  cancel(reason: string): void {
    this.actor.send({ type: 'cancel', reason });
  }

  now(): number {
    return this.run.now();
  }

  /** @param node whose record it is about, by index; `null` for what is in no record */
  publish(body: RunEventBody, node: number | null = null): void {
    if (node !== null) this.records.note(node, body, this.now());
    if (body.type === 'node.settled') this.streams.settled(body.node, body.error);
    if (body.type === 'node.backoff' && node !== null && this.#name === null) {
      this.run.meter.backedOff(node, body.delay_ms);
    }
    this.run.publish(body, this.#name);
  }

  get isObserved(): boolean {
    return this.run.isObserved;
  }

  isUnheard(): boolean {
    return this.run.isUnheard();
  }

  requestPlace(request: PlaceRequest): void {
    this.places.request(request, this.#waitsFor);
  }

  readonly #waitsFor = (request: PlaceRequest, resource: string): void => {
    if (this.isObserved) this.publish({ type: 'resource.waiting', ...request.about(), resource });
  };

  /** The place of a function that has not returned stays taken until it has, or until the grace period is over. */
  releasePlace(holder: PlaceHolder): void {
    this.places.release(holder, (one) => this.#returnOf(one));
  }

  acquireResources(node: number, uses: readonly ResourceUse[], signal: AbortSignal): Promise<() => void> {
    return this.places.acquire(node, uses, signal);
  }

  withinGrace(returned: Promise<void>): Promise<void> {
    const { clock } = this;
    return new Promise((resolve) => {
      const timer = clock.setTimeout(resolve, this.run.runner.gracePeriodMs);
      void returned.then(() => {
        clock.clearTimeout(timer);
        resolve();
      });
    });
  }

  called(holder: PlaceHolder): CallUnderWay {
    return this.#calls.begin(holder);
  }

  /** Settles when every node function that was called has returned. */
  drained(): Promise<void> {
    return this.#calls.all();
  }

  measureCall({ node: { type }, index }: NodePlan): CallUnderWay {
    const { meter } = this.run;
    // The longest chain of nodes is that of the run's own workflow, whose node stands for all of a sub-workflow.
    const node = this.#name === null ? index : null;
    if (type !== 'workflow') return meter.callBegan(node);
    return node === null ? UNMEASURED : meter.delegationBegan(node);
  }

  runWorkflow(call: WorkflowCall, attempt: AttemptOfNode): Promise<JsonValue> {
    return this.run.runWorkflow(this, call, attempt);
  }

  #returnOf(holder: PlaceHolder): Promise<void> | null {
    const returned = this.#calls.of(holder);
    return returned === null ? null : this.withinGrace(returned);
  }

  /** Ends all waiting for places, and gives them back. */
  close(): void {
    this.places.close((holder) => this.#returnOf(holder));
  }
}

const UNMEASURED: CallUnderWay = { end() {} };
