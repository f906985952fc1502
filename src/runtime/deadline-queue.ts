import type { Clock } from './clock.js';
import { Heap } from './heap.js';

/** A class, as V8 may take what a literal makes for long-lived. */
class Deadline {
  constructor(
    /** On the clock, in milliseconds. */
    readonly at: number,
    /** Those due together are called in the order in which they were set. */
    readonly seq: number,
    /** `null` once it was called or cleared. */
    public fn: (() => void) | null,
  ) {}
}

/** What is asked of the clock, for one deadline. */
interface Alarm {
  readonly at: number;
  /** `null` where it rings after the present turn. */
  readonly timer: unknown;
}

/**
 * Any number of timers on one timer of a clock, which is set for the earliest. It is what XState takes for a clock: a chart asks for a
 * timer for each `after` and each delayed event, of which a run of 10,000 nodes with timeouts has as many.
 *
 * Each function is called in a turn of its own, as a timer of the clock would: what follows from it, its promises
 * included, has happened before the next is called. What it throws is thrown to the clock. Nothing is asked of the clock while no
 * timer is set, so that an empty queue keeps no process alive.
 *
 * @example
 * const deadlines = new DeadlineQueue(systemClock);
 * createActor(machine, { clock: deadlines }).start();
 */
export class DeadlineQueue {
  readonly #clock: Clock;
  readonly #deadlines = new Heap<Deadline>((a, b) => (a.at === b.at ? a.seq < b.seq : a.at < b.at));
  /** How many of them are neither called nor cleared. */
  #pending = 0;
  #seq = 0;
  /** Of a clock that rings a little early, the time at which it should have. */
  #reached = Number.NEGATIVE_INFINITY;
  /** Never for later than the earliest deadline, and sooner where that of an earlier one was cleared. */
  #alarm: Alarm | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many deadlines it remembers, those that were cleared included: never more than twice as many as are set. */
  get held(): number {
    return this.#deadlines.items.length;
  }

  /**
   * Calls `fn` once, when `ms` milliseconds have gone by; after the present turn where that is not more than 0.
   *
   * @returns what clears it
   */
  setTimeout(fn: () => void, ms: number): unknown {
    const deadline = new Deadline(this.#now() + (ms > 0 ? ms : 0), this.#seq++, fn);
    this.#deadlines.push(deadline);
    this.#pending++;
    this.#watch();
    return deadline;
  }

  /** Does nothing to a timer that has gone off, and to what is none. */
  clearTimeout(timer: unknown): void {
    const deadline = timer as Deadline | null | undefined;
    if (!deadline?.fn) return;
    deadline.fn = null;
    this.#pending--;
    this.#compact();
  }

  #now(): number {
    return Math.max(this.#clock.now(), this.#reached);
  }

  /** The earliest that was not cleared. */
  #earliest(): Deadline | undefined {
    for (;;) {
      const deadline = this.#deadlines.peek();
      if (deadline === undefined || deadline.fn !== null) return deadline;
      this.#deadlines.pop();
    }
  }

  /** Sees to it that the clock rings for the earliest deadline. */
  #watch(): void {
    const earliest = this.#earliest();
    if (earliest === undefined || (this.#alarm !== null && this.#alarm.at <= earliest.at)) return;
    this.#unwatch();
    const { at } = earliest;
    const ring = (): void => {
      if (this.#alarm === alarm) this.#ring(alarm);
    };
    const wait = at <= this.#reached ? 0 : at - this.#clock.now();
    // A timer for what is due already would take the system a millisecond, each.
    const isAfterTurn = wait <= 0 && this.#clock.afterTurn !== undefined;
    const alarm = { at, timer: isAfterTurn ? null : this.#clock.setTimeout(ring, Math.max(0, wait)) };
    this.#alarm = alarm;
    if (isAfterTurn) this.#clock.afterTurn?.(ring);
  }

  #unwatch(): void {
    if (this.#alarm !== null && this.#alarm.timer !== null) this.#clock.clearTimeout(this.#alarm.timer);
    this.#alarm = null;
  }

  #ring({ at }: Alarm): void {
    this.#alarm = null;
    this.#reached = Math.max(this.#reached, at);
    const deadline = this.#earliest();
    const fn = deadline !== undefined && deadline.at <= this.#now() ? deadline.fn : null;
    if (deadline !== undefined && fn !== null) {
      this.#deadlines.pop();
      deadline.fn = null;
      this.#pending--;
      this.#compact();
    }
    // Before anything is called, which may throw.
    this.#watch();
    fn?.();
  }

  /** Forgets cleared deadlines once they are more than half of all. */
  #compact(): void {
    if (this.#pending === 0) this.#unwatch();
    if (this.#deadlines.items.length <= 2 * this.#pending) return;
    const pending = this.#deadlines.items.filter(({ fn }) => fn !== null);
    this.#deadlines.clear();
    for (const deadline of pending) this.#deadlines.push(deadline);
  }
}
