import type { Clock } from '../../src/runtime/clock.js';

/** How a clock was used. */
export interface ClockUse {
  /** How many timers it was asked for. */
  asked: number;
  /** How many of them were set at once, at most. */
  most: number;
  /** Those that are set. */
  readonly set: ReadonlySet<unknown>;
}

/** The same clock, with a count of the timers that it is asked for. */
export function countingClock<C extends Clock>(clock: C): { readonly use: ClockUse; readonly clock: C } {
  const set = new Set<unknown>();
  const use: ClockUse = { asked: 0, most: 0, set };
  const counting: Clock = {
    ...clock,
    setTimeout(fn, ms) {
      const timer = clock.setTimeout(() => {
        set.delete(timer);
        fn();
      }, ms);
      set.add(timer);
      use.asked++;
      use.most = Math.max(use.most, set.size);
      return timer;
    },
    clearTimeout(timer) {
      set.delete(timer);
      clock.clearTimeout(timer);
    },
  };
  return { use, clock: counting as C };
}
