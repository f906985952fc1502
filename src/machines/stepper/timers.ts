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
  /** A source is left out once it has ended; most have timers again and again until then. */
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
    const timer = new Timer(source, target, event, delay, id);
    timer.timeout = this.#callAfter(() => this.#fire(timer), delay);
    this.#timersOf(source).set(id, timer);
  }

  /** Those of a source, which stands in the order in which the first of them was set. */
  #timersOf(source: AnyActorRef): Map<string, Timer> {
    const known = this.#bySource.get(source);
    if (known !== undefined && (known.size > 0 || this.#bySource.size === 1)) return known;
    const timers = known ?? new Map<string, Timer>();
    this.#bySource.delete(source);
    this.#bySource.set(source, timers);
    return timers;
  }

  cancel(source: AnyActorRef, id: string): void {
    const timers = this.#bySource.get(source);
    const timer = timers?.get(id);
    if (timers === undefined || timer === undefined) return;
    timers.delete(id);
    this.#forgo(timer.timeout);
  }

  cancelAll(source: AnyActorRef): void {
    const timers = this.#bySource.get(source);
    if (timers === undefined) return;
    this.#bySource.delete(source);
    for (const { timeout } of timers.values()) this.#forgo(timeout);
  }

  #fire({ source, target, event, id }: Timer): void {
    this.#bySource.get(source)?.delete(id);
    this.#system._relay(source, target, event);
  }
}

class Timer {
  /** What the clock has given for it. */
  timeout: unknown;

  constructor(
    readonly source: AnyActorRef,
    readonly target: AnyActorRef,
    readonly event: AnyEventObject,
    readonly delay: number,
    readonly id: string,
  ) {}
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
