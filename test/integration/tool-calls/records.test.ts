import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../../../src/runtime/virtual-clock.js';
import {
  call,
  expectNothingUnheard,
  failing,
  rest,
  runNode,
  statuses,
  tool,
} from '../../helpers/tool-calls.js';

expectNothingUnheard();

describe('the records of calls', () => {
  it('come in the order of the calls, with times from the start of the run', async () => {
    const { records } = await call([rest(30), rest(10), { tool: 'echo', params: { value: 'x' } }, failing()]);
    const done = { tool: 'sleep', status: 'succeeded', attempts: 1, error: null, started_at: 0 };
    expect(records).toEqual([
      { ...done, output: 30, ended_at: 30 },
      { ...done, output: 10, ended_at: 10 },
      { ...done, tool: 'echo', output: 'x', ended_at: 0 },
      {
        tool: 'fail',
        status: 'failed',
        attempts: 1,
        output: null,
        error: expect.objectContaining({ code: 'FC6001', node: 'n', path: '/nodes/0' }),
        started_at: 0,
        ended_at: 0,
      },
    ]);
  });

  it('are none where there are no calls', async () => {
    const { records, statuses: ended } = await call([]);
    expect([records, ended.n]).toEqual([[], 'succeeded']);
  });

  it('say what was thrown, with what caused it', async () => {
    const refused = tool('refused', () => {
      throw new Error('no answer', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) });
    });
    const { records } = await call([{ tool: 'refused' }], {}, { nodes: [refused] });
    expect(records[0]?.error).toMatchObject({
      code: 'FC5008',
      message: 'no answer',
      causes: [{ message: 'no answer' }, { code: 'ECONNREFUSED' }],
    });
  });
});

describe('calls at once', () => {
  it.each([
    [10, {}],
    [3, { maxConcurrent: 3 }],
    [25, { maxConcurrent: 100 }],
  ])('are %i at most with %j', async (most, options) => {
    let running = 0;
    let peak = 0;
    const counted = tool('counted', async (ctx) => {
      peak = Math.max(peak, ++running);
      await ctx.sleep(10);
      running--;
      return null;
    });
    const { records } = await call(Array(25).fill({ tool: 'counted' }), options, { nodes: [counted] });
    expect(peak).toBe(most);
    expect(records.at(-1)?.ended_at).toBe(Math.ceil(25 / most) * 10);
  });

  it('start in their order, each as soon as there is room', async () => {
    const { records } = await call([rest(30), rest(10), rest(10), rest(10)], { maxConcurrent: 2 });
    expect(records.map(({ started_at }) => started_at)).toEqual([0, 0, 10, 20]);
  });

  it('take no place of the run, and are no work of their own', async () => {
    const { records, result } = await call([rest(10), rest(10)], {}, { maxConcurrency: 1 });
    expect(records.map(({ ended_at }) => ended_at)).toEqual([10, 10]);
    expect(result.metrics).toMatchObject({ work_ms: 10, peak_concurrency: 1 });
  });

  it('are 10,000 at most', async () => {
    const { records } = await call(Array(10_000).fill({ tool: 'echo' }), { maxConcurrent: 10_000 });
    expect(new Set(statuses(records))).toEqual(new Set(['succeeded']));
    const many = await call(Array(10_001).fill({ tool: 'echo' }));
    expect(many.error).toMatchObject({ code: 'FC9002' });
  });

  it('are as many as a batch may have items, if that is less', async () => {
    const { error } = await call([rest(1), rest(1), rest(1)], {}, { limits: { items: 2 } });
    expect(error).toMatchObject({ code: 'FC9002' });
  });
});

describe('calls that have settled', () => {
  it('leave no timer and no listener behind, and make room for others', async () => {
    const clock = createVirtualClock();
    const left: unknown[] = [];
    const { statuses: ended } = await runNode(
      async (ctx) => {
        for (let round = 0; round < 3; round++) {
          await ctx.callToolsParallel([rest(10), failing()], { timeoutMs: 1000 });
          left.push(clock.nextTimerAt(), getEventListeners(ctx.signal, 'abort').length);
        }
      },
      { clock, limits: { items: 2 } },
    );
    expect(ended.n).toBe('succeeded');
    expect(left).toEqual([null, 0, null, 0, null, 0]);
  });
});

describe('the events of calls', () => {
  it('say which call it is, and how it ended', async () => {
    const { events } = await call([rest(10), failing(1)], { retry: { maxAttempts: 2, initialMs: 5 } });
    const told = events.flatMap((event) => {
      if (event.type === 'call.started')
        return [`${event.at} ${event.node} ${event.index} ${event.tool} #${event.attempt}`];
      if (event.type !== 'call.settled') return [];
      return [
        `${event.at} ${event.node} ${event.index} ${event.tool} ${event.status} after ${event.attempts}`,
      ];
    });
    expect(told).toEqual([
      '0 n 0 sleep #1',
      '0 n 1 fail #1',
      '5 n 1 fail #2',
      '5 n 1 fail succeeded after 2',
      '10 n 0 sleep succeeded after 1',
    ]);
  });
});
