import { describe, expect, it } from 'vitest';
import type { CallRecord } from '../../../src/actors/call.js';
import type { NodeContext } from '../../../src/actors/node.js';
import { createRunner } from '../../../src/runtime/runner.js';
import { createVirtualClock } from '../../../src/runtime/virtual-clock.js';
import {
  deaf,
  expectNothingUnheard,
  failing,
  rest,
  runNode,
  statuses,
  tool,
} from '../../helpers/tool-calls.js';

expectNothingUnheard();

describe('a node that is aborted', () => {
  it('takes its calls with it, and no call begins after that', async () => {
    const clock = createVirtualClock();
    const aborted: number[] = [];
    const begins: number[] = [];
    const seen: (readonly CallRecord[])[] = [];
    const long = tool('long', async (ctx) => {
      begins.push(clock.now());
      ctx.signal.addEventListener('abort', () => aborted.push(clock.now()));
      await ctx.sleep(1000);
    });
    const calls = [rest(20), ...Array(4).fill({ tool: 'long' }), failing()];
    const retry = { maxAttempts: 9, initialMs: 500 };
    const { statuses: ended } = await runNode(
      async (ctx) => {
        seen.push(await ctx.callToolsParallel([failing(), ...calls], { maxConcurrent: 4, retry }));
        seen.push(await ctx.callToolsParallel(calls));
      },
      { clock, nodes: [long], node: { timeout: { attempt_ms: 50 } } },
    );
    expect(clock.nextTimerAt()).toBeNull();
    expect(ended.n).toBe('timed_out');
    expect(statuses(seen[0] ?? [])).toEqual(['cancelled', 'succeeded', ...Array(5).fill('cancelled')]);
    expect(seen[0]?.map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1, 1, 1, 0]);
    expect(new Set(statuses(seen[1] ?? []))).toEqual(new Set(['cancelled']));
    expect(begins).toEqual([0, 0, 0, 20]);
    expect(aborted).toEqual([50, 50, 50, 50]);
  });

  it('lets its run end only when what it called has returned, or the grace period is over', async () => {
    const end = async (gracePeriodMs: number) => {
      const clock = createVirtualClock();
      const caller = tool('caller', (ctx) => ctx.callToolsParallel([{ tool: 'deaf' }]));
      const runner = createRunner({ clock, gracePeriodMs, nodes: [caller, deaf(clock, 300)] });
      const run = runner.start({ nodes: [{ id: 'n', type: 'caller' }] });
      await clock.advance(10);
      run.cancel();
      await clock.runUntil(run.result);
      return clock.now();
    };
    expect(await end(1000)).toBe(300);
    expect(await end(50)).toBe(60);
  });
});

describe('a function that has returned', () => {
  it('leaves no call behind that it did not wait for', async () => {
    const clock = createVirtualClock();
    let records: Promise<readonly CallRecord[]> | null = null;
    let made: NodeContext | null = null;
    const { statuses: ended, events } = await runNode(
      async (ctx) => {
        made = ctx;
        records = ctx.callToolsParallel([rest(100), rest(5)]);
        await ctx.sleep(10);
      },
      { clock },
    );
    expect(ended.n).toBe('succeeded');
    expect(statuses((await records) ?? [])).toEqual(['cancelled', 'succeeded']);
    expect(clock.nextTimerAt()).toBeNull();
    const settled = events.flatMap((event) =>
      event.type === 'call.settled' ? [[event.index, event.at]] : [],
    );
    expect(settled).toEqual([
      [1, 5],
      [0, 10],
    ]);
    const late = (made as NodeContext | null)?.callToolsParallel([rest(1)]);
    await expect(late).rejects.toMatchObject({ code: 'FC9002' });
  });
});
