import type { AnyActorRef, AnyEventObject } from 'xstate';

/** On a system whose timers are light. */
const LIGHT = Symbol('light timers');
const TIMERS = Symbol('timers');

/** What a system of actors has to do with time. */
export interface TimedSystem {
  readonly scheduler: {
    schedule(
      source: AnyActorRef,
      target: AnyActorRef,
      event: AnyEventObject,
      delay: number,
      id?: string,
    ): void;
    cancel(source: AnyActorRef, id: string): void;
    cancelAll(source: AnyActorRef): void;
  };
  readonly _clock: {
    readonly setTimeout: (fn: () => void, ms: number) => unknown;
    readonly clearTimeout: (timer: unknown) => void;
  };
  readonly _snapshot: { _scheduledEvents: object; [TIMERS]?: Timers };
  [LIGHT]?: boolean;
  _relay(source: AnyActorRef, target: AnyActorRef, event: AnyEventObject): void;
}

interface Timer {
  readonly target: AnyActorRef;
  readonly event: AnyEventObject;
  readonly delay: number;
  readonly timeout: unknown;
}

/**
 * Keeps a system's delayed events by the actor that they come from. XState keeps all of them in two dictionaries, which takes longer than
 * the timers do that are asked of the clock, and looks through one of them whenever an actor ends.
 */
export function lightenTimers(system: TimedSystem): void {
  // A system that others have begun may have delayed events already, which only its own scheduler knows.
  if (system[LIGHT] || Object.keys(system._snapshot._scheduledEvents).length > 0) return;
  system[LIGHT] = true;
  const timers = new Timers(system);
  Object.assign(system.scheduler, {
    schedule: timers.schedule.bind(timers),
    cancel: timers.cancel.bind(timers),
    cancelAll: timers.cancelAll.bind(timers),
  });
  system._snapshot[TIMERS] = timers;
  Object.defineProperty(system._snapshot, '_scheduledEvents', PENDING);
}

class Timers {
  readonly #system: TimedSystem;
  readonly #bySource = new Map<AnyActorRef, Map<string, Timer>>();
  readonly #callAfter: (fn: () => void, ms: number) => unknown;
  readonly #forgo: (timer: unknown) => void;
  #unnamed = 0;

  constructor(system: TimedSystem) {
    const { _clock } = system;
    this.#system = system;
    this.#callAfter = _clock.setTimeout.bind(_clock);
    this.#forgo = _clock.clearTimeout.bind(_clock);
  }

  /** As XState has it, for whoever asks a system for its snapshot. */
  get pending(): { readonly [id: string]: object } {
    const pending: [string, object][] = [];
    for (const [source, timers] of this.#bySource) {
      for (const [id, { target, event, delay }] of timers) {
        pending.push([`${source.sessionId}.${id}`, { source, target, event, delay, id }]);
      }
    }
    return Object.fromEntries(pending);
  }

  schedule(
    source: AnyActorRef,
    target: AnyActorRef,
    event: AnyEventObject,
    delay: number,
    id = `unnamed ${this.#unnamed++}`,
  ): void {
    const fire = (): void => {
      this.#forget(source, id);
      this.#system._relay(source, target, event);
    };
    const timeout = this.#callAfter(fire, delay);
    const timer = { target, event, delay, timeout };
    const timers = this.#bySource.get(source);
    if (timers === undefined) this.#bySource.set(source, new Map([[id, timer]]));
    else timers.set(id, timer);
  }

  cancel(source: AnyActorRef, id: string): void {
    const timer = this.#bySource.get(source)?.get(id);
    if (timer === undefined) return;
    this.#forget(source, id);
    this.#forgo(timer.timeout);
  }

  cancelAll(source: AnyActorRef): void {
    for (const id of [...(this.#bySource.get(source)?.keys() ?? [])]) this.cancel(source, id);
  }

  #forget(source: AnyActorRef, id: string): void {
    const timers = this.#bySource.get(source);
    timers?.delete(id);
    if (timers?.size === 0) this.#bySource.delete(source);
  }
}

/** One accessor for all systems: V8 would keep one that knew its system, and with it the run, until the next full collection of garbage. */
const PENDING: PropertyDescriptor & ThisType<TimedSystem['_snapshot']> = {
  enumerable: true,
  get() {
    return this[TIMERS]?.pending;
  },
  // XState empties it as the system starts.
  set() {},
};
