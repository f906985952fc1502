import { setImmediate as macrotask } from 'node:timers/promises';
import type { Clock } from './clock.js';

interface Timer {
  readonly at: number;
  readonly fn: () => void;
}

/** A clock that stands still until it is told to go on: runs under it take no real time, and repeat exactly. */
export interface VirtualClock extends Clock {
  /** When the next timer is due; `null` when none is set. */
  nextTimerAt(): number | null;
  /** Lets everything that needs no time happen: pending promises, and what follows from them. */
  flush(): Promise<void>;
  /** Goes on by `ms`, stopping at each timer on the way, those included that others set. */
  advance(ms: number): Promise<void>;
  /** Goes from timer to timer until `promise` settles, and returns what it settles with. */
  runUntil<T>(promise: Promise<T>): Promise<T>;
}

/**
 * Makes a virtual clock that shows `start` (default 0). Only what waits on the clock is stepped; where a node function
 * waits for the real world, say a file, time stands still only while no timer is set.
 *
 * @example
 * const clock = createVirtualClock();
 * const run = createRunner({ clock }).start(workflow);
 * const result = await clock.runUntil(run.result); // hours of sleeping, in milliseconds
 */
export function createVirtualClock(start = 0): VirtualClock {
  let now = start;
  /** Sorted by due time; those due together in the order in which they were set. */
  const timers: Timer[] = [];

  const positionAfter = (at: number): number => {
    let low = 0;
    let high = timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((timers[middle]?.at ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const fireNext = (): boolean => {
    const timer = timers.shift();
    if (timer === undefined) return false;
    now = Math.max(now, timer.at);
    timer.fn();
    return true;
  };

  return {
    now: () => now,
    setTimeout(fn, ms) {
      const timer = { at: now + Math.max(0, ms), fn };
      timers.splice(positionAfter(timer.at), 0, timer);
      return timer;
    },
    clearTimeout(id) {
      const index = timers.indexOf(id as Timer);
      if (index >= 0) timers.splice(index, 1);
    },
    nextTimerAt: () => timers[0]?.at ?? null,
    flush: () => macrotask(),
    async advance(ms) {
      const end = now + ms;
      await macrotask();
      while ((timers[0]?.at ?? Number.POSITIVE_INFINITY) <= end) {
        fireNext();
        await macrotask();
      }
      now = end;
    },
    async runUntil(promise) {
      let settled = false;
      const settle = () => {
        settled = true;
      };
      promise.then(settle, settle);
      for (await macrotask(); !settled; await macrotask()) fireNext();
      return promise;
    },
  };
}
