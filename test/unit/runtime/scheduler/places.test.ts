import { describe, expect, it } from 'vitest';
import { Pool } from '../../../../src/runtime/scheduler/pool.js';
import { scheduling } from './asking.js';

describe('the places of a run', () => {
  it('are given to all where there is no bound, once the step in which they asked is over', async () => {
    const { run, granted, news } = scheduling();
    const { ask, release } = run();
    ask('c', { order: 2 });
    ask('b', { order: 1 });
    ask('a', { order: 0 });
    release('a');
    expect(granted).toEqual([]);
    expect(await news()).toEqual(['b', 'c']);
  });

  it('are never more than the bound (P7)', async () => {
    const { run, news } = scheduling();
    const { ask, release } = run({ limit: 2 });
    for (const [order, name] of ['a', 'b', 'c', 'd'].entries()) ask(name, { order });
    expect(await news()).toEqual(['a', 'b']);
    release('b');
    expect(await news()).toEqual(['c']);
  });

  it('go to who asked first, and among those who asked together to who is declared first', async () => {
    const { run, news } = scheduling();
    const { ask, release } = run({ limit: 1 });
    ask('first', { order: 9 });
    expect(await news()).toEqual(['first']);
    ask('third', { order: 7 });
    ask('second', { order: 5 });
    expect(await news()).toEqual([]);
    ask('last', { order: 1 });
    for (const [before, after] of [
      ['first', 'second'],
      ['second', 'third'],
      ['third', 'last'],
    ] as const) {
      release(before);
      expect(await news()).toEqual([after]);
    }
  });

  it('go by priority, then to who has the longest way before it, then to who came first', async () => {
    const { run, news } = scheduling();
    const { ask, release } = run({ limit: 1 });
    ask('holder');
    await news();
    ask('early');
    await news();
    ask('far', { rank: 5 });
    ask('urgent', { priority: 1, order: 3 });
    ask('urgent and far', { priority: 1, rank: 2, order: 4 });
    ask('late', { order: -1 });
    const order: string[] = [];
    for (let holder: string | undefined = 'holder'; holder !== undefined; ) {
      release(holder);
      [holder] = await news();
      if (holder !== undefined) order.push(holder);
    }
    expect(order).toEqual(['urgent and far', 'urgent', 'far', 'early', 'late']);
  });

  it('are not given to who no longer asks', async () => {
    const { run, news } = scheduling();
    const { ask, release } = run({ limit: 1 });
    for (const [order, name] of ['a', 'b', 'c'].entries()) ask(name, { order });
    await news();
    release('b');
    release('a');
    expect(await news()).toEqual(['c']);
  });

  it('are free only once what was called has returned, even if its node has moved on', async () => {
    const { run, news } = scheduling();
    const { ask, release } = run({ limit: 1 });
    ask('a');
    await news();
    let comeBack = () => {};
    release('a', new Promise((resolve) => (comeBack = resolve)));
    ask('again');
    ask('b', { order: 1 });
    expect(await news()).toEqual([]);
    comeBack();
    expect(await news()).toEqual(['again']);
  });

  it('are given back once, however often they are released', async () => {
    const { run, news } = scheduling();
    const { ask, release } = run({ limit: 1 });
    ask('a');
    await news();
    release('a');
    release('a');
    ask('b');
    ask('c', { order: 1 });
    expect(await news()).toEqual(['b']);
  });

  it('are taken in the run and in each group around, and a full group holds up nobody else', async () => {
    const { run, news } = scheduling();
    const { ask, release } = run({ limit: 3 });
    const group = new Pool(1);
    ask('in', { pools: [group] });
    ask('in too', { order: 1, pools: [group] });
    ask('out', { order: 2 });
    expect(await news()).toEqual(['in', 'out']);
    release('in');
    expect(await news()).toEqual(['in too']);
  });
});

describe('pausing', () => {
  it('lets those who wait start one by one, within the bound, and only while paused', async () => {
    const { scheduler, run, news } = scheduling();
    const { queue, ask, release } = run({ limit: 1 });
    expect(scheduler.step(queue)).toBe(false);
    scheduler.pause(queue);
    ask('a');
    ask('b', { order: 1 });
    expect(await news()).toEqual([]);
    expect([scheduler.step(queue), scheduler.step(queue)]).toEqual([true, false]);
    release('a');
    expect(scheduler.step(queue)).toBe(true);
    expect(await news()).toEqual(['a', 'b']);
  });

  it('ends when it is told to', async () => {
    const { scheduler, run, news } = scheduling();
    const { queue, ask } = run();
    scheduler.pause(queue);
    for (const [order, name] of ['a', 'b', 'c'].entries()) ask(name, { order });
    expect(scheduler.step(queue)).toBe(true);
    expect(await news()).toEqual(['a']);
    scheduler.resume(queue);
    expect(await news()).toEqual(['b', 'c']);
    expect(scheduler.step(queue)).toBe(false);
  });

  it('takes effect at once, on those as well who were to start in the same moment', async () => {
    const { scheduler, run, clock } = scheduling();
    const { queue } = run();
    const started: string[] = [];
    for (const name of ['a', 'b']) {
      scheduler.request(
        queue,
        { priority: 0, rank: 0, order: [0], pools: [], uses: [], pauses: true },
        {
          grant: () => {
            started.push(name);
            scheduler.pause(queue);
          },
          refuse: () => {},
        },
      );
    }
    await clock.flush();
    expect(started).toEqual(['a']);
  });

  it('holds up no other run, nor what does not heed it', async () => {
    const { scheduler, run, news } = scheduling({ llm: { concurrency: 1 } });
    const [paused, other] = [run(), run()];
    scheduler.pause(paused.queue);
    paused.ask('paused', { uses: { llm: 1 } });
    other.ask('other', { uses: { llm: 1 } });
    paused.ask('call', { pauses: false });
    expect(await news()).toEqual(['call', 'other']);
  });
});
