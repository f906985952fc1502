import { describe, expect, it } from 'vitest';
import { scheduling } from './asking.js';

describe('a resource', () => {
  it('has so many holders at once, in all runs together (P7)', async () => {
    const { run, news } = scheduling({ llm: { concurrency: 2 } });
    const [a, b] = [run(), run()];
    a.ask('a1', { uses: { llm: 5 } });
    b.ask('b1', { uses: { llm: 1 } });
    a.ask('a2', { uses: { llm: 1 }, order: 1 });
    expect(await news()).toEqual(['a1', 'a2']);
    a.release('a1');
    expect(await news()).toEqual(['b1']);
  });

  it('has so much to give, in all runs together', async () => {
    const { run, news } = scheduling({ gpu: { capacity: 4 } });
    const { ask, release } = run();
    ask('a', { uses: { gpu: 3 } });
    ask('b', { uses: { gpu: 2 }, order: 1 });
    ask('c', { uses: { gpu: 1 }, order: 2 });
    // c would fit, but b came first.
    expect(await news()).toEqual(['a']);
    release('a');
    expect(await news()).toEqual(['b', 'c']);
  });

  it('stays taken while what was told to stop has not returned', async () => {
    const { run, news } = scheduling({ llm: { concurrency: 1 } });
    const { ask, release } = run();
    ask('a', { uses: { llm: 1 } });
    await news();
    let comeBack = () => {};
    release('a', new Promise((resolve) => (comeBack = resolve)));
    ask('b', { uses: { llm: 1 } });
    expect(await news()).toEqual([]);
    comeBack();
    expect(await news()).toEqual(['b']);
  });

  it('is had together with all others that are asked for, or none of them is', async () => {
    const { run, news } = scheduling({ x: { concurrency: 1 }, y: { concurrency: 1 } });
    const [a, b] = [run(), run()];
    a.ask('x', { uses: { x: 1 } });
    await news();
    a.ask('both', { uses: { x: 1, y: 1 }, order: 1 });
    await news();
    // It waits for x, and those who come later wait behind it, for y as well.
    b.ask('y', { uses: { y: 1 } });
    expect(await news()).toEqual([]);
    a.release('x');
    expect(await news()).toEqual(['both']);
    a.release('both');
    expect(await news()).toEqual(['y']);
  });

  it('is waited for in one line by all runs: by priority, then first come, first served', async () => {
    const { run, news } = scheduling({ llm: { concurrency: 1 } });
    const [plain, urgent] = [run(), run({ priority: 1 })];
    plain.ask('holder', { uses: { llm: 1 } });
    await news();
    plain.ask('first', { uses: { llm: 1 } });
    await news();
    urgent.ask('second', { uses: { llm: 1 }, priority: -1 });
    await news();
    plain.ask('third', { uses: { llm: 1 } });
    urgent.ask('urgent', { uses: { llm: 1 } });
    const order: string[] = [];
    for (let holder: string | undefined = 'holder'; holder !== undefined; ) {
      plain.release(holder);
      urgent.release(holder);
      [holder] = await news();
      if (holder !== undefined) order.push(holder);
    }
    expect(order).toEqual(['urgent', 'first', 'second', 'third']);
  });

  it('is given inside of a run to who has the longest way, in the places in line of that run', async () => {
    const { run, news } = scheduling({ llm: { concurrency: 1 } });
    const [a, b] = [run(), run()];
    const uses = { llm: 1 };
    a.ask('holder', { uses });
    await news();
    a.ask('a short', { uses, rank: 1 });
    await news();
    b.ask('b', { uses });
    await news();
    a.ask('a long', { uses, rank: 9 });
    const order: string[] = [];
    for (let holder: string | undefined = 'holder'; holder !== undefined; ) {
      a.release(holder);
      b.release(holder);
      [holder] = await news();
      if (holder !== undefined) order.push(holder);
    }
    expect(order).toEqual(['a long', 'b', 'a short']);
  });

  it('is not kept from others by who has no place to start in, though that one keeps its place in line', async () => {
    const { run, news } = scheduling({ llm: { concurrency: 1 } });
    const [full, other] = [run({ limit: 1 }), run()];
    full.ask('runs');
    await news();
    full.ask('first in line', { uses: { llm: 1 } });
    await news();
    other.ask('second in line', { uses: { llm: 1 } });
    expect(await news()).toEqual(['second in line']);
    other.ask('third in line', { uses: { llm: 1 } });
    full.release('runs');
    expect(await news()).toEqual([]);
    other.release('second in line');
    expect(await news()).toEqual(['first in line']);
  });

  it('is left to others by who waits for it, once the last place of its run is taken', async () => {
    const { run, news } = scheduling({ x: { concurrency: 1 }, y: { concurrency: 1 } });
    const [full, other] = [run({ limit: 1 }), run()];
    other.ask('x', { uses: { x: 1 } });
    await news();
    full.ask('waits for x', { uses: { x: 1, y: 1 } });
    full.ask('takes the place', { order: 1 });
    other.ask('y', { uses: { y: 1 } });
    expect(await news()).toEqual(['takes the place', 'y']);
  });

  it('is free for the next in line when who stood before it asks no more', async () => {
    const { run, news } = scheduling({ x: { concurrency: 1 }, y: { concurrency: 1 } });
    const [a, b] = [run(), run()];
    a.ask('x', { uses: { x: 1 } });
    await news();
    a.ask('both', { uses: { x: 1, y: 1 } });
    b.ask('y', { uses: { y: 1 } });
    expect(await news()).toEqual([]);
    a.release('both');
    expect(await news()).toEqual(['y']);
  });

  it('is said to be waited for once by everyone who waits for it', async () => {
    const { run, news, waits } = scheduling({ llm: { concurrency: 1 } });
    const { ask, release } = run();
    for (const [order, name] of ['a', 'b', 'c'].entries()) ask(name, { uses: { llm: 1 }, order });
    await news();
    release('a');
    await news();
    expect(waits).toEqual(['b: llm', 'c: llm']);
  });

  it('lets runs wait crosswise without holding each other up for ever', async () => {
    const { run, news } = scheduling({ x: { concurrency: 1 }, y: { concurrency: 1 } });
    const [a, b] = [run(), run()];
    a.ask('holder', { uses: { x: 1, y: 1 } });
    await news();
    a.ask('a: x', { uses: { x: 1 }, rank: 1 });
    await news();
    b.ask('b: x and y', { uses: { x: 1, y: 1 } });
    await news();
    a.ask('a: x and y', { uses: { x: 1, y: 1 }, rank: 9 });
    const order: string[] = [];
    for (let holder: string | undefined = 'holder'; holder !== undefined; ) {
      a.release(holder);
      b.release(holder);
      [holder] = await news();
      if (holder !== undefined) order.push(holder);
    }
    expect(order).toEqual(['a: x', 'b: x and y', 'a: x and y']);
  });
});

describe('a rate', () => {
  it('lets only so much begin in any span, given back or not', async () => {
    const { clock, run, news } = scheduling({ llm: { rate: { limit: 2, perMs: 100 } } });
    const { ask, release } = run();
    const uses = { llm: 1 };
    ask('a', { uses });
    expect(await news()).toEqual(['a']);
    release('a');
    await clock.advance(60);
    for (const [order, name] of ['b', 'c', 'd'].entries()) ask(name, { uses, order });
    expect(await news()).toEqual(['b']);
    await clock.advance(39);
    expect(await news()).toEqual([]);
    await clock.advance(1);
    expect(await news()).toEqual(['c']);
    await clock.advance(59);
    expect(await news()).toEqual([]);
    await clock.advance(1);
    expect(await news()).toEqual(['d']);
  });

  it('counts amounts', async () => {
    const { clock, run, news } = scheduling({ tokens: { rate: { limit: 10, perMs: 100 } } });
    const { ask } = run();
    for (const [order, amount] of [4, 4, 4, 1].entries())
      ask(`${order}`, { uses: { tokens: amount }, order });
    expect(await news()).toEqual(['0', '1']);
    await clock.advance(100);
    expect(await news()).toEqual(['2', '3']);
  });

  it('sets no timer for nobody', async () => {
    const { clock, run, news } = scheduling({ llm: { rate: { limit: 1, perMs: 1e6 } } });
    const { ask, release } = run();
    ask('a', { uses: { llm: 1 } });
    ask('b', { uses: { llm: 1 }, order: 1 });
    await news();
    expect(clock.nextTimerAt()).toBe(1e6);
    release('b');
    await news();
    expect(clock.nextTimerAt()).toBe(null);
  });
});

describe('what there is of a resource', () => {
  it('is refused at once where it can never be had', async () => {
    const { clock, run, granted, refused } = scheduling({
      gpu: { capacity: 2 },
      llm: { rate: { limit: 3, perMs: 10 } },
    });
    const { ask } = run();
    ask('too much', { uses: { gpu: 3 } });
    ask('too fast', { uses: { llm: 4 }, order: 1 });
    ask('unknown', { uses: { ['__proto__']: 1 }, order: 2 });
    ask('fits', { uses: { gpu: 2, llm: 3 }, order: 3 });
    await clock.flush();
    expect(refused).toEqual([
      ['too much', { resource: 'gpu', amount: 3, most: 2 }],
      ['too fast', { resource: 'llm', amount: 4, most: 3 }],
      ['unknown', { resource: '__proto__', amount: 1, most: null }],
    ]);
    expect(granted).toEqual(['fits']);
  });

  it('is found out once for `auto`, while those who ask for it wait', async () => {
    let asked = 0;
    let answer = (_: number) => {};
    const detect = () => {
      asked++;
      return new Promise<number>((resolve) => (answer = resolve));
    };
    const { clock, run, granted, refused, waits } = scheduling({ gpu: { capacity: 'auto' } }, detect);
    const { ask } = run();
    await clock.flush();
    expect(asked).toBe(0);
    ask('too much', { uses: { gpu: 3 } });
    ask('a', { uses: { gpu: 1 }, order: 1 });
    ask('b', { uses: { gpu: 1 }, order: 2 });
    ask('c', { uses: { gpu: 1 }, order: 3 });
    await clock.flush();
    expect([granted, refused]).toEqual([[], []]);
    expect(waits).toHaveLength(4);
    answer(2);
    await clock.flush();
    expect(granted).toEqual(['a', 'b']);
    expect(refused).toEqual([['too much', { resource: 'gpu', amount: 3, most: 2 }]]);
    expect(asked).toBe(1);
  });

  it('is nothing for `auto` where it cannot be found out', async () => {
    const { clock, run, refused } = scheduling({ gpu: { capacity: 'auto' } }, () => {
      throw new Error('no driver');
    });
    run().ask('a', { uses: { gpu: 1 } });
    await clock.flush();
    expect(refused).toEqual([
      [
        'a',
        {
          resource: 'gpu',
          amount: 1,
          most: 0,
          problem: expect.objectContaining({ says: 'failed: no driver' }),
        },
      ],
    ]);
  });
});

describe('what workflows declare', () => {
  const declared = (
    name: string,
    concurrency: number | null,
    rate: { limit: number; perMs: number } | null = null,
  ) => ({
    name,
    concurrency,
    capacity: null,
    rate,
    pointer: '',
  });

  it('holds for all runs, the tightest bound of each kind, until they are over', async () => {
    const { scheduler, run, news } = scheduling();
    const { ask, release, queue } = run();
    scheduler.resources.declare([declared('llm', 3)]);
    const undeclare = scheduler.resources.declare([declared('llm', 1)]);
    ask('a', { uses: { llm: 1 } });
    ask('b', { uses: { llm: 1 }, order: 1 });
    expect(await news()).toEqual(['a']);
    undeclare();
    release('a');
    expect(await news()).toEqual(['b']);
    ask('c', { uses: { llm: 1 } });
    expect(await news()).toEqual([]);
    release('b');
    release('c');
    scheduler.closeQueue(queue);
  });

  it('counts for nothing beside what the runner says', async () => {
    const { scheduler, run, news } = scheduling({ llm: { concurrency: 2 } });
    const { ask } = run();
    scheduler.resources.declare([declared('llm', 1)]);
    for (const [order, name] of ['a', 'b', 'c'].entries()) ask(name, { uses: { llm: 1 }, order });
    expect(await news()).toEqual(['a', 'b']);
  });

  it('is forgotten once nobody declares it any more, but not what has begun lately', async () => {
    const { clock, scheduler, run, news, refused } = scheduling();
    const rate = { limit: 1, perMs: 100 };
    const [first, second] = [run(), run()];
    const undeclare = scheduler.resources.declare([declared('llm', 1, rate)]);
    first.ask('a', { uses: { llm: 1 } });
    await news();
    first.release('a');
    undeclare();
    scheduler.closeQueue(first.queue);
    const undeclareAgain = scheduler.resources.declare([declared('llm', null, rate)]);
    second.ask('b', { uses: { llm: 1 } });
    expect(await news()).toEqual([]);
    await clock.advance(100);
    expect(await news()).toEqual(['b']);
    second.release('b');
    undeclareAgain();
    await clock.advance(100);
    scheduler.closeQueue(second.queue);
    run().ask('c', { uses: { llm: 1 } });
    await clock.flush();
    expect(refused).toEqual([['c', { resource: 'llm', amount: 1, most: null }]]);
  });
});

describe('many who wait', () => {
  /** How often a ticket's priority is looked at for each that is served. */
  async function looksPerTicket(count: number): Promise<number> {
    const { scheduler, clock } = scheduling({ llm: { concurrency: 1 } });
    const queue = scheduler.openQueue(0);
    let [looks, served] = [0, 0];
    for (let i = 0; i < count; i++) {
      const demand = {
        get priority() {
          looks++;
          return i % 3;
        },
        rank: (i * 7919) % count,
        order: [i],
        pools: [],
        uses: [{ resource: 'llm', amount: 1 }],
        pauses: true,
      };
      const ticket = scheduler.request(queue, demand, {
        grant: () => {
          served++;
          queueMicrotask(() => scheduler.release(queue, ticket));
        },
        refuse: () => {},
      });
    }
    await clock.flush();
    expect(served).toBe(count);
    return looks / count;
  }

  it('are served with work that hardly grows with their number', async () => {
    const [few, many] = [await looksPerTicket(1000), await looksPerTicket(10_000)];
    expect(many).toBeLessThan(2 * few);
    expect(many).toBeLessThan(300);
  });
});
