import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../../src/runtime/clock.js';
import { DeadlineQueue } from '../../../src/runtime/deadline-queue.js';
import { createVirtualClock } from '../../../src/runtime/virtual-clock.js';
import { settings } from '../../helpers/arbitrary/settings.js';
import { countingClock } from '../../helpers/counting-clock.js';

describe('a queue of deadlines', () => {
  it('holds any number of timers on one of the clock, set for the earliest', async () => {
    const virtual = createVirtualClock(1000);
    const { use, clock } = countingClock(virtual);
    const queue = new DeadlineQueue(clock);
    const fired: number[] = [];
    for (let i = 10_000; i > 0; i--) queue.setTimeout(() => fired.push(i), 10 + (i % 100));
    expect([use.most, virtual.nextTimerAt()]).toEqual([1, 1010]);
    queue.setTimeout(() => fired.push(-1), 5);
    expect([use.most, virtual.nextTimerAt()]).toEqual([1, 1005]);
    await virtual.advance(5);
    expect([fired, virtual.nextTimerAt()]).toEqual([[-1], 1010]);
    await virtual.advance(200);
    expect(fired).toHaveLength(10_001);
    expect([use.most, use.set.size, queue.held]).toEqual([1, 0, 0]);
  });

  it('calls what is due in order of deadline, then of being set', async () => {
    const clock = createVirtualClock();
    const queue = new DeadlineQueue(clock);
    const fired: string[] = [];
    const at = (name: string, ms: number) => queue.setTimeout(() => fired.push(`${name}@${clock.now()}`), ms);
    at('late', 20);
    for (const name of ['a', 'b', 'c']) at(name, 10);
    at('none', 0);
    at('less', -5);
    at('nothing', Number.NaN);
    await clock.advance(5);
    at('d', 5);
    await clock.advance(100);
    expect(fired).toEqual(['none@0', 'less@0', 'nothing@0', 'a@10', 'b@10', 'c@10', 'd@10', 'late@20']);
  });

  it('does what timers of the clock would do, whatever is set and cleared, and when', async () => {
    const timer = fc.record({
      ms: fc.nat(40),
      /** What is done when it goes off. */
      sets: fc.option(fc.nat(12), { nil: null }),
      clears: fc.option(fc.nat(30), { nil: null }),
    });
    const rounds = fc.array(
      fc.record({
        set: fc.array(timer, { maxLength: 8 }),
        clear: fc.array(fc.nat(30), { maxLength: 6 }),
        advance: fc.nat(30),
      }),
      { maxLength: 8 },
    );
    type Rounds = typeof rounds extends fc.Arbitrary<infer T> ? T : never;
    const play = async (
      timersOf: (clock: Clock) => Pick<Clock, 'setTimeout' | 'clearTimeout'>,
      all: Rounds,
    ) => {
      const clock = createVirtualClock();
      const timers = timersOf(clock);
      const ids: unknown[] = [];
      const log: string[] = [];
      const clear = (pick: number) => timers.clearTimeout(ids[pick % (ids.length + 1)]);
      const set = (one: (typeof all)[number]['set'][number]): void => {
        const number = ids.length;
        ids.push(null);
        ids[number] = timers.setTimeout(() => {
          log.push(`${number}@${clock.now()}`);
          queueMicrotask(() => log.push(`after ${number}`));
          if (one.sets !== null) set({ ms: one.sets, sets: null, clears: one.clears });
          else if (one.clears !== null) clear(one.clears);
        }, one.ms);
      };
      for (const round of all) {
        for (const one of round.set) set(one);
        for (const pick of round.clear) clear(pick);
        await clock.advance(round.advance);
      }
      await clock.advance(1000);
      return { log, left: clock.nextTimerAt() };
    };
    const { numRuns, seed } = settings(200);
    await fc.assert(
      fc.asyncProperty(rounds, async (all) => {
        const expected = await play((clock) => clock, all);
        expect(await play((clock) => new DeadlineQueue(clock), all)).toEqual(expected);
      }),
      { numRuns, seed },
    );
  });

  it('lets what follows from one happen before the next is called', async () => {
    const clock = createVirtualClock();
    const queue = new DeadlineQueue(clock);
    const seen: string[] = [];
    const deep = async () => {
      for (let i = 0; i < 10; i++) await Promise.resolve();
      seen.push('promise');
    };
    queue.setTimeout(() => void deep(), 10);
    queue.setTimeout(() => seen.push('next'), 10);
    await clock.advance(10);
    expect(seen).toEqual(['promise', 'next']);
  });

  it('calls what is set for now after all that is due already', async () => {
    const clock = createVirtualClock();
    const queue = new DeadlineQueue(clock);
    const fired: string[] = [];
    queue.setTimeout(() => {
      fired.push('first');
      queue.setTimeout(() => fired.push('set by it'), 0);
    }, 10);
    queue.setTimeout(() => fired.push('second'), 10);
    await clock.advance(10);
    expect(fired).toEqual(['first', 'second', 'set by it']);
  });

  it('calls nothing that was cleared, be it by what is due at the same time', async () => {
    const clock = createVirtualClock();
    const queue = new DeadlineQueue(clock);
    const fired: string[] = [];
    const first = queue.setTimeout(() => {
      fired.push('first');
      queue.clearTimeout(second);
      queue.clearTimeout(first);
    }, 10);
    const second = queue.setTimeout(() => fired.push('second'), 10);
    queue.setTimeout(() => fired.push('third'), 10);
    const never = queue.setTimeout(() => fired.push('never'), 5);
    queue.clearTimeout(never);
    queue.clearTimeout(never);
    queue.clearTimeout(undefined);
    await clock.advance(20);
    expect(fired).toEqual(['first', 'third']);
    expect([clock.nextTimerAt(), queue.held]).toEqual([null, 0]);
  });

  it('loses nothing to what one of them throws', async () => {
    const clock = createVirtualClock();
    const queue = new DeadlineQueue(clock);
    const fired: string[] = [];
    queue.setTimeout(() => {
      throw new Error('thrown');
    }, 10);
    queue.setTimeout(() => fired.push('together'), 10);
    queue.setTimeout(() => fired.push('later'), 20);
    await expect(clock.advance(50)).rejects.toThrow('thrown');
    await clock.advance(50);
    expect(fired).toEqual(['together', 'later']);
  });

  it('forgets what was cleared, however long the rest takes', () => {
    const queue = new DeadlineQueue(createVirtualClock());
    for (let i = 0; i < 100; i++) queue.setTimeout(() => {}, 1e9);
    let most = 0;
    for (let i = 0; i < 10_000; i++) {
      queue.clearTimeout(queue.setTimeout(() => {}, 2e9 - i));
      most = Math.max(most, queue.held);
    }
    expect(most).toBeLessThanOrEqual(202);
  });

  it('is as late as its clock and no later: one that rings early is believed', async () => {
    const clock = createVirtualClock();
    // As Node's timers may: they go off by the millisecond.
    const early: Clock = { ...clock, now: () => clock.now() - (clock.now() > 0 ? 0.7 : 0) };
    const { use, clock: counted } = countingClock(early);
    const queue = new DeadlineQueue(counted);
    const fired: number[] = [];
    queue.setTimeout(() => {
      fired.push(clock.now());
      queue.setTimeout(() => fired.push(clock.now()), 5);
    }, 10);
    queue.setTimeout(() => fired.push(clock.now()), 10);
    await clock.advance(100);
    expect(fired.slice(0, 2)).toEqual([10, 10]);
    expect(fired[2]).toBeCloseTo(15.7);
    expect(use.asked).toBe(3);
  });

  it('asks the clock for a turn, not for a timer, where more is due', async () => {
    const virtual = createVirtualClock();
    const { use, clock } = countingClock({ ...virtual, afterTurn: (fn) => void setImmediate(fn) });
    const queue = new DeadlineQueue(clock);
    const fired: number[] = [];
    await new Promise<void>((resolve) => {
      for (let i = 0; i < 100; i++) queue.setTimeout(() => fired.push(i), 10);
      queue.setTimeout(resolve, 10);
      void virtual.advance(10);
    });
    expect(fired).toEqual([...fired.keys()]);
    expect([fired.length, use.asked]).toEqual([100, 1]);
  });

  it('rings in no turn that it asked for before all was cleared', async () => {
    const virtual = createVirtualClock();
    const turns: (() => void)[] = [];
    const queue = new DeadlineQueue({ ...virtual, afterTurn: (fn) => void turns.push(fn) });
    const fired: string[] = [];
    queue.clearTimeout(queue.setTimeout(() => fired.push('cleared'), 0));
    queue.setTimeout(() => fired.push('next'), 0);
    expect(turns).toHaveLength(2);
    turns[0]?.();
    expect(fired).toEqual([]);
    turns[1]?.();
    expect(fired).toEqual(['next']);
  });

  it('keeps the process alive with one timer while one is set, and with none after that', () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const queue = new DeadlineQueue(systemClock);
    const set = [1e6, 1e5, 1e7].map((ms) => queue.setTimeout(() => {}, ms));
    expect(timers()).toBe(before + 1);
    for (const timer of set) queue.clearTimeout(timer);
    expect([timers(), queue.held]).toEqual([before, 0]);
  });

  it('calls on time under the system clock', async () => {
    const queue = new DeadlineQueue(systemClock);
    const fired: string[] = [];
    const began = systemClock.now();
    await new Promise<void>((resolve) => {
      queue.setTimeout(() => {
        fired.push('later');
        resolve();
      }, 12);
      queue.clearTimeout(queue.setTimeout(() => fired.push('never'), 3));
      for (const name of ['a', 'b']) queue.setTimeout(() => fired.push(name), 6);
    });
    expect(fired).toEqual(['a', 'b', 'later']);
    // Node's own timers may go off up to a millisecond early.
    expect(systemClock.now() - began).toBeGreaterThanOrEqual(11);
  });
});
