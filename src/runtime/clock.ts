/** Where time comes from: the shape that XState asks for, and `now`. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  setTimeout(fn: () => void, ms: number): unknown;
  clearTimeout(id: unknown): void;
  /**
   * Calls `fn` once timers that are due and I/O have had their turn. A clock that leaves it out is one that stands still while
   * anything is left to do, as a virtual one does.
   */
  afterTurn?(fn: () => void): void;
}

/** The longest wait that `setTimeout` takes; it fires a longer one at once. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** Read once: asking for it takes longer than asking for the time. */
const ORIGIN = performance.timeOrigin;

/** Real time, which never jumps back. Waits of any length are kept. */
export const systemClock: Clock = {
  now: () => ORIGIN + performance.now(),
  setTimeout(fn, ms) {
    const timer: { handle: NodeJS.Timeout | undefined } = { handle: undefined };
    const arm = (left: number): void => {
      timer.handle =
        left > LONGEST_TIMEOUT
          ? setTimeout(() => arm(left - LONGEST_TIMEOUT), LONGEST_TIMEOUT)
          : setTimeout(fn, left);
    };
    arm(ms);
    return timer;
  },
  clearTimeout(id) {
    clearTimeout((id as { handle: NodeJS.Timeout | undefined } | undefined)?.handle);
  },
  afterTurn: (fn) => {
    setImmediate(fn);
  },
};
