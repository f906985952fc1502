import type { Clock } from '../clock.js';

/** Milliseconds after which timers, signals and I/O are let in, however much there is to do. */
const LONGEST_TURN_MS = 10;

/** `queueMicrotask` of Node makes a resource of each call, which takes longer than most steps. */
const PRESENT = Promise.resolve();

/**
 * Lets things happen one step after another, and not all in one turn of the event loop: functions that never really wait would
 * otherwise hold up every timer and every signal until the last of them has returned.
 */
export class Turn {
  readonly #clock: Clock;
  /** When the first step of this turn was asked for; `null` before that. */
  #began: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `step` after the present one; in a turn that has lasted too long, in the next. */
  soon(step: () => void): void {
    const { afterTurn } = this.#clock;
    if (afterTurn === undefined) {
      void PRESENT.then(step);
      return;
    }
    const now = this.#clock.now();
    if (this.#began === null) {
      this.#began = now;
      afterTurn(() => {
        this.#began = null;
      });
    }
    if (now - this.#began < LONGEST_TURN_MS) void PRESENT.then(step);
    else afterTurn(step);
  }
}
