import { describe, expect, it } from 'vitest';
import { defineNode } from '../../../src/actors/node.js';
import { TerminalError } from '../../../src/ir/errors.js';
import { createVirtualClock } from '../../../src/runtime/virtual-clock.js';
import { sleep } from '../../helpers/sketch.js';
import {
  call,
  deaf,
  expectNothingUnheard,
  failing,
  outputs,
  rest,
  statuses,
  tool,
} from '../../helpers/tool-calls.js';
import { traceRun } from '../../helpers/trace.js';

expectNothingUnheard();

describe('a call that fails', () => {
  it('loses nothing of the others', async () => {
    const { records } = await call([rest(20), failing(), rest(10)]);
    expect(statuses(records)).toEqual(['succeeded', 'failed', 'succeeded']);
    expect(outputs(records)).toEqual([20, null, 10]);
  });

  it('is recorded though nothing can be asked of what it threw', async () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const opaque = tool('opaque', async () => {
      throw proxy;
    });
    const { records } = await call([{ tool: 'opaque' }, rest(10)], {}, { nodes: [opaque] });
    expect(statuses(records)).toEqual(['failed', 'succeeded']);
    expect(records[0]?.error).toMatchObject({ code: 'FC5008', message: 'something that cannot be shown' });
  });

  it('ends the others under fail_fast: what runs is told to stop, what has ended stays', async () => {
    const told: unknown[] = [];
    const patient = tool('patient', async (ctx) => {
      ctx.signal.addEventListener('abort', () => told.push((ctx.signal.reason as Error).name));
      await ctx.sleep(1000);
    });
    const late = tool('late', async (ctx) => {
      await ctx.sleep(20);
      throw new Error('late');
    });
    const { records, result } = await call(
      [rest(10), { tool: 'patient' }, { tool: 'late' }, rest(5), rest(1)],
      { onError: 'fail_fast', maxConcurrent: 3 },
      { nodes: [patient, late] },
    );
    expect(statuses(records)).toEqual(['succeeded', 'cancelled', 'failed', 'succeeded', 'succeeded']);
    const narrow = await call(
      [rest(10), { tool: 'patient' }, { tool: 'late' }, rest(50), rest(1)],
      { onError: 'fail_fast', maxConcurrent: 3 },
      { nodes: [patient, late] },
    );
    expect(statuses(narrow.records)).toEqual(['succeeded', 'cancelled', 'failed', 'cancelled', 'cancelled']);
    expect(
      narrow.records.map(({ attempts, started_at, ended_at }) => [attempts, started_at, ended_at]),
    ).toEqual([
      [1, 0, 10],
      [1, 0, 20],
      [1, 0, 20],
      [1, 10, 20],
      [0, null, 20],
    ]);
    expect(narrow.records[1]?.error).toBeNull();
    expect(told).toEqual(['AbortError', 'AbortError']);
    expect(result.metrics.wall_ms).toBe(20);
  });

  it('is made again after waits that grow, on the clock of the run', async () => {
    const retry = { maxAttempts: 4, initialMs: 100, factor: 3, maxDelayMs: 500 };
    const { records, events } = await call([failing(3), failing()], { retry });
    expect(records[0]).toMatchObject({
      status: 'succeeded',
      attempts: 4,
      output: 'up',
      started_at: 0,
      ended_at: 900,
    });
    expect(records[1]).toMatchObject({ status: 'failed', attempts: 4, ended_at: 900 });
    const starts = events.flatMap((event) =>
      event.type === 'call.started' && event.index === 0 ? [[event.attempt, event.at]] : [],
    );
    expect(starts).toEqual([
      [1, 0],
      [2, 100],
      [3, 400],
      [4, 900],
    ]);
  });

  it('leaves its room to others while it waits', async () => {
    const retry = { maxAttempts: 2, initialMs: 100 };
    const { records } = await call([failing(1), rest(10)], { retry, maxConcurrent: 1 });
    expect(records.map(({ ended_at }) => ended_at)).toEqual([100, 10]);
  });

  it('has its own retry in place of that of the options', async () => {
    const { records } = await call([failing(1), { ...failing(1), retry: { maxAttempts: 1 } }], {
      retry: { maxAttempts: 2, initialMs: 1 },
    });
    expect(records.map(({ status, attempts }) => [status, attempts])).toEqual([
      ['succeeded', 2],
      ['failed', 1],
    ]);
  });

  it('is not made again where that is pointless', async () => {
    const never = tool('never', () => {
      throw new TerminalError('gone');
    });
    const { records } = await call(
      [{ tool: 'never' }, { tool: 'sleep', params: { ms: 'long' } }],
      { retry: { maxAttempts: 3, initialMs: 1 } },
      { nodes: [never] },
    );
    expect(records.map(({ attempts, error }) => [attempts, error?.code])).toEqual([
      [1, 'FC5008'],
      [1, 'FC5009'],
    ]);
    expect(records[1]?.error?.message).toContain('params.ms');
  });

  it('that is not JSON, or too large, says so', async () => {
    const { records } = await call(
      [{ tool: 'strange' }, { tool: 'large' }],
      {},
      {
        nodes: [tool('strange', () => ({ at: new Map() })), tool('large', () => 'x'.repeat(600))],
        limits: { resultBytes: 1000 },
      },
    );
    expect(records.map(({ status, error }) => [status, error?.code])).toEqual([
      ['failed', 'FC5010'],
      ['failed', 'FC5011'],
    ]);
  });
});

describe('the time of a call', () => {
  it('is bounded by the options or by the call itself, for each attempt', async () => {
    const { records } = await call(
      [rest(60), rest(40), { ...rest(60), timeout_ms: 70 }, { ...rest(60), timeout_ms: 5 }],
      {
        timeoutMs: 50,
      },
    );
    expect(records.map(({ status, ended_at }) => [status, ended_at])).toEqual([
      ['timed_out', 50],
      ['succeeded', 40],
      ['succeeded', 60],
      ['timed_out', 5],
    ]);
    expect(records[0]?.error).toMatchObject({ code: 'FC5005', message: expect.stringContaining('50 ms') });
    const again = await call([rest(60)], { timeoutMs: 50, retry: { maxAttempts: 2, initialMs: 10 } });
    expect(again.records[0]).toMatchObject({ status: 'timed_out', attempts: 2, ended_at: 110 });
  });

  it('is over though its function goes on, whose result is dropped', async () => {
    const clock = createVirtualClock();
    const { records, result } = await call(
      [{ tool: 'deaf', timeout_ms: 10 }],
      {},
      { clock, nodes: [deaf(clock, 300)] },
    );
    expect(records[0]).toMatchObject({ status: 'timed_out', output: null, ended_at: 10 });
    expect(result.nodes.n).toMatchObject({ status: 'succeeded', ended_at: 10 });
  });

  it('is followed by another only when its function has returned, or the grace period is over', async () => {
    const begun = async (gracePeriodMs: number) => {
      const clock = createVirtualClock();
      const begins: number[] = [];
      const calls = Array(2).fill({ tool: 'deaf', timeout_ms: 10 });
      await call(calls, { maxConcurrent: 1 }, { clock, gracePeriodMs, nodes: [deaf(clock, 300, begins)] });
      return begins;
    };
    expect(await begun(1000)).toEqual([0, 300]);
    expect(await begun(50)).toEqual([0, 60]);
  });

  it('holds the place of its node until its function has returned', async () => {
    const clock = createVirtualClock();
    const caller = defineNode({
      type: 'caller',
      run: async (_, ctx) => (await ctx.callToolsParallel([{ tool: 'deaf', timeout_ms: 10 }])).length,
    });
    const { result } = await traceRun(
      { nodes: [{ id: 'n', type: 'caller' }, sleep('next', 5)], max_concurrency: 1 },
      { clock, nodes: [caller, deaf(clock, 300)] },
    );
    expect(result.nodes.n?.ended_at).toBe(10);
    expect(result.nodes.next?.started_at).toBe(300);
  });
});
