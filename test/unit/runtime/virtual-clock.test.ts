import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../../../src/runtime/virtual-clock.js';

describe('the virtual clock', () => {
  it('stands still until it is told to go on', async () => {
    const clock = createVirtualClock(1000);
    const fired: number[] = [];
    clock.setTimeout(() => fired.push(clock.now()), 10);
    await clock.flush();
    expect([clock.now(), fired, clock.nextTimerAt()]).toEqual([1000, [], 1010]);
  });

  it('stops at each timer on its way, those included that other timers set', async () => {
    const clock = createVirtualClock();
    const fired: number[] = [];
    const chain = (left: number) => {
      fired.push(clock.now());
      if (left > 0) clock.setTimeout(() => chain(left - 1), 10);
    };
    clock.setTimeout(() => chain(2), 10);
    await clock.advance(100);
    expect(fired).toEqual([10, 20, 30]);
    expect(clock.now()).toBe(100);
  });

  it('fires timers that are due together in the order in which they were set', async () => {
    const clock = createVirtualClock();
    const fired: string[] = [];
    clock.setTimeout(() => fired.push('late'), 20);
    for (const name of ['a', 'b', 'c']) clock.setTimeout(() => fired.push(name), 10);
    await clock.advance(20);
    expect(fired).toEqual(['a', 'b', 'c', 'late']);
  });

  it('lets pending promises follow before the next timer', async () => {
    const clock = createVirtualClock();
    const seen: string[] = [];
    clock.setTimeout(
      () =>
        void Promise.resolve()
          .then(() => Promise.resolve())
          .then(() => seen.push('promise')),
      10,
    );
    clock.setTimeout(() => seen.push('timer'), 10);
    await clock.advance(10);
    expect(seen).toEqual(['promise', 'timer']);
  });

  it('forgets a timer that was cleared', async () => {
    const clock = createVirtualClock();
    const timer = clock.setTimeout(() => expect.unreachable(), 10);
    clock.clearTimeout(timer);
    clock.clearTimeout(timer);
    await clock.advance(20);
    expect(clock.nextTimerAt()).toBeNull();
  });

  it('runs until a promise settles, and hands on what it settles with', async () => {
    const clock = createVirtualClock();
    const day = 86_400_000;
    const slow = new Promise<string>((resolve) => clock.setTimeout(() => resolve('done'), day));
    expect(await clock.runUntil(slow)).toBe('done');
    expect(clock.now()).toBe(day);
    await expect(clock.runUntil(Promise.reject(new Error('no')))).rejects.toThrow('no');
  });
});
