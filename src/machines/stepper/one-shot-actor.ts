import { Actor, type AnyActorLogic, type AnyActorRef, type AnyEventObject, type Observer } from 'xstate';
import { plain } from '../plain.js';
import type { Begin, Job } from './one-shot.js';
import type { StepInvoke } from './step-table.js';
import { type ActorSystem, INIT, isWatched, ProcessingStatus, STOP } from './xstate-internals.js';

/** The snapshot of an actor that XState's `fromPromise` describes. */
interface OneShotSnapshot {
  readonly status: 'active' | 'done' | 'error' | 'stopped';
  readonly output: unknown;
  readonly error: unknown;
  readonly input: unknown;
}

const OneShotSnapshot = plain<
  OneShotSnapshot,
  [status: OneShotSnapshot['status'], output: unknown, error: unknown, input: unknown]
>(function (status, output, error, input) {
  this.status = status;
  this.output = output;
  this.error = error;
  this.input = input;
});

/**
 * An actor that does one thing. To its parent, to those who inspect the system, and to whoever gets hold of it, it is what XState's
 * `Actor` is with `fromPromise`; but the mailbox, the sets of observers, the bound functions and the `AbortSignal`, which take
 * most of the time that such an actor takes, are made only if somebody asks for them.
 */
export class OneShotActor implements Job<unknown, unknown> {
  readonly system: ActorSystem;
  readonly systemId: undefined;
  _syncSnapshot = false;
  _processingStatus: ProcessingStatus = ProcessingStatus.NotStarted;
  _snapshot: OneShotSnapshot;
  #observers: Set<Observer<unknown>> | null = null;
  #listeners: Map<string, unknown> | null = null;
  #controller: AbortController | null = null;
  #sessionId: string | undefined;

  constructor(
    readonly logic: AnyActorLogic,
    readonly begin: Begin<unknown, unknown>,
    readonly invoke: StepInvoke,
    readonly _parent: AnyActorRef,
    readonly input: unknown,
  ) {
    this.system = _parent.system as unknown as ActorSystem;
    this._snapshot = new OneShotSnapshot('active', undefined, undefined, input);
    if (isWatched(this.system)) this.system._sendInspectionEvent({ type: '@xstate.actor', actorRef: this });
  }

  /** Booked when somebody asks: a system looks nobody up by it. */
  get sessionId(): string {
    this.#sessionId ??= this.system._bookId();
    return this.#sessionId;
  }

  get id(): string {
    return this.invoke.id;
  }

  get src(): string {
    return this.invoke.src;
  }

  get ref(): this {
    return this;
  }

  get observers(): Set<Observer<unknown>> {
    this.#observers ??= new Set();
    return this.#observers;
  }

  get eventListeners(): Map<string, unknown> {
    this.#listeners ??= new Map();
    return this.#listeners;
  }

  get isStopped(): boolean {
    return this._snapshot.status === 'stopped';
  }

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.isStopped) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  start(): this {
    if (this._processingStatus === ProcessingStatus.Running) return this;
    const event = { type: INIT, input: this.input };
    this._processingStatus = ProcessingStatus.Running;
    this.#tellOfEvent(this._parent, event);
    try {
      this.begin(this);
    } catch (error) {
      this.#become(new OneShotSnapshot('error', undefined, error, this.input), event);
      return this;
    }
    this.#become(this._snapshot, event);
    return this;
  }

  succeed(output: unknown): void {
    this.#settle(new OneShotSnapshot('done', output, undefined, undefined), 'resolve', output);
  }

  fail(error: unknown): void {
    this.#settle(new OneShotSnapshot('error', undefined, error, undefined), 'reject', error);
  }

  /** Called by the parent. */
  _stop(): this {
    const { Running, Stopped } = ProcessingStatus;
    const wasRunning = this._processingStatus === Running;
    if (wasRunning) {
      this._snapshot = new OneShotSnapshot('stopped', undefined, undefined, undefined);
      this.#controller?.abort();
      this.#become(this._snapshot, { type: STOP });
    }
    this._processingStatus = Stopped;
    if (wasRunning && this.#observers !== null) inherited._complete.call(this);
    return this;
  }

  /** What an actor is sent that does one thing changes nothing. */
  _send(event: AnyEventObject): void {
    if (this._processingStatus === ProcessingStatus.Running) this.#become(this._snapshot, event);
    else inherited._send.call(this, event);
  }

  #settle(snapshot: OneShotSnapshot, how: 'resolve' | 'reject', data: unknown): void {
    if (this._snapshot.status !== 'active') return;
    const event = { type: SETTLED[how], data };
    this.#tellOfEvent(this, event);
    this.#become(snapshot, event);
  }

  /** XState's `update`, without what it does for those who are not there. */
  #become(snapshot: OneShotSnapshot, event: AnyEventObject): void {
    if (this.#observers !== null) {
      inherited.update.call(this, snapshot, event);
      return;
    }
    const { system, invoke } = this;
    const { id: actorId } = invoke;
    this._snapshot = snapshot;
    const { status, output, error } = snapshot;
    if (status === 'done' || status === 'error') {
      this._processingStatus = ProcessingStatus.Stopped;
      system._relay(
        this,
        this._parent,
        status === 'done' ? { type: invoke.done, output, actorId } : { type: invoke.error, error, actorId },
      );
    }
    if (isWatched(system)) {
      system._sendInspectionEvent({ type: '@xstate.snapshot', actorRef: this, event, snapshot });
    }
  }

  #tellOfEvent(sourceRef: unknown, event: AnyEventObject): void {
    const { system } = this;
    if (!isWatched(system)) return;
    system._sendInspectionEvent({ type: '@xstate.event', sourceRef, actorRef: this, event });
  }
}

const SETTLED = { resolve: 'xstate.promise.resolve', reject: 'xstate.promise.reject' } as const;

/** XState's own methods, for what is asked seldom. */
const inherited = Actor.prototype as unknown as {
  _complete(this: OneShotActor): void;
  _send(this: OneShotActor, event: AnyEventObject): void;
  update(this: OneShotActor, snapshot: OneShotSnapshot, event: AnyEventObject): void;
};
Object.setPrototypeOf(OneShotActor.prototype, Actor.prototype);
/** What these methods look for in an actor besides: nothing waits in it. */
Object.assign(OneShotActor.prototype, { mailbox: { clear() {}, enqueue() {} }, _deferred: [] });
