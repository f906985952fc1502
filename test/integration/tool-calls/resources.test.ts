import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { CallOptions, CallRecord, ToolCall } from '../../../src/actors/call.js';
import { defineNode } from '../../../src/actors/node.js';
import { createVirtualClock } from '../../../src/runtime/virtual-clock.js';
import { edges, sleep } from '../../helpers/sketch.js';
import { call, deaf, expectNothingUnheard, failing, rest, statuses, tool } from '../../helpers/tool-calls.js';
import { traceRun } from '../../helpers/trace.js';

expectNothingUnheard();

describe('calls for the items of a batch', () => {
  it('have keys of their own, and hold the place of their item until they have returned', async () => {
    const clock = createVirtualClock();
    const begins: number[] = [];
    const keys: string[] = [];
    const look = tool('look', (ctx) => keys.push(ctx.idempotencyKey));
    const calls = [{ tool: 'look' }, { tool: 'deaf', timeout_ms: 10 }];
    const caller = defineNode({
      type: 'caller',
      params: z.strictObject({ item: z.int() }),
      run: async ({ item }, ctx) => [item, ...statuses(await ctx.callToolsParallel(calls))],
    });
    const { result } = await traceRun(
      {
        nodes: [{ id: 'b', type: 'caller', params: { item: '${item}' }, batch: { items: [1, 2] } }],
        max_concurrency: 1,
      },
      { clock, nodes: [caller, look, deaf(clock, 300, begins)] },
    );
    expect(result.nodes.b?.output).toMatchObject({
      results: [
        [1, 'succeeded', 'timed_out'],
        [2, 'succeeded', 'timed_out'],
      ],
    });
    expect(begins).toEqual([0, 300]);
    expect(new Set(keys).size).toBe(2);
  });
});

describe('the resources of calls', () => {
  const resources = { llm: { concurrency: 2, capacity: 4 }, api: { rate: { limit: 2, per_ms: 100 } } };
  const calling = (calls: readonly ToolCall[], options: CallOptions, seen: (readonly CallRecord[])[]) =>
    tool('caller', async (ctx) => {
      seen.push(await ctx.callToolsParallel(calls, options));
    });
  const starts = (records: readonly CallRecord[] = []) => records.map(({ started_at }) => started_at);

  it('are shared with the calls of other nodes, and with the nodes themselves', async () => {
    const seen: (readonly CallRecord[])[] = [];
    const { result } = await traceRun(
      {
        resources,
        nodes: [
          sleep('user', 15, { uses: ['llm'] }),
          { id: 'a', type: 'caller' },
          { id: 'b', type: 'caller' },
        ],
      },
      { nodes: [calling([rest(10), rest(10)], { uses: ['llm'] }, seen)] },
    );
    expect(result.status).toBe('succeeded');
    // One is left beside `user` until 15, then there are two.
    expect(seen.map(starts)).toEqual([
      [0, 10],
      [15, 20],
    ]);
  });

  it('hold amounts and rates, of which a retry is a use of its own', async () => {
    const seen: (readonly CallRecord[])[] = [];
    const retry = { maxAttempts: 2, initialMs: 1 };
    await traceRun(
      { resources, nodes: [{ id: 'a', type: 'caller' }] },
      { nodes: [calling([failing(1), rest(1), rest(1)], { uses: { api: 1 }, retry }, seen)] },
    );
    expect(seen[0]?.map(({ started_at, ended_at }) => [started_at, ended_at])).toEqual([
      [0, 100],
      [0, 1],
      [100, 101],
    ]);
    seen.length = 0;
    await traceRun(
      { resources, nodes: [{ id: 'a', type: 'caller' }] },
      { nodes: [calling([rest(10), rest(10), rest(10)], { uses: { llm: 3 } }, seen)] },
    );
    expect(starts(seen[0])).toEqual([0, 10, 20]);
  });

  it('fail a call for more than there can ever be, or for what nobody has declared', async () => {
    const seen: (readonly CallRecord[])[] = [];
    for (const uses of [{ llm: 5 }, ['gpu'], ['__proto__']]) {
      await traceRun(
        { resources, nodes: [{ id: 'a', type: 'caller' }] },
        { nodes: [calling([rest(1)], { uses, retry: { maxAttempts: 3, initialMs: 1 } }, seen)] },
      );
    }
    for (const [record] of seen) {
      expect(record).toMatchObject({
        status: 'failed',
        attempts: 0,
        started_at: null,
        error: { code: 'FC5014' },
      });
    }
    expect(seen).toHaveLength(3);
  });

  it('are free again after a call was cancelled, whether it held them or waited for them', async () => {
    const seen: (readonly CallRecord[])[] = [];
    const { result } = await traceRun(
      {
        resources,
        nodes: [
          { id: 'a', type: 'caller', timeout: { attempt_ms: 10 }, on_error: 'continue' },
          sleep('s', 20),
          sleep('user', 5, { uses: { llm: 4 } }),
        ],
        edges: edges('s>user'),
      },
      { nodes: [calling([rest(500), rest(500), rest(500)], { uses: ['llm'] }, seen)] },
    );
    expect(seen[0]?.map(({ status, attempts }) => [status, attempts])).toEqual([
      ['cancelled', 1],
      ['cancelled', 1],
      ['cancelled', 0],
    ]);
    expect(result.nodes.user).toMatchObject({ status: 'succeeded', started_at: 20 });
  });

  it('stay taken while a function goes on that was told to stop', async () => {
    const clock = createVirtualClock();
    const begins: number[] = [];
    const caller = calling(
      [
        { tool: 'deaf', timeout_ms: 10 },
        { tool: 'deaf', timeout_ms: 10 },
      ],
      { uses: { llm: 4 } },
      [],
    );
    await traceRun(
      { resources, nodes: [{ id: 'a', type: 'caller' }] },
      { clock, nodes: [caller, deaf(clock, 300, begins)] },
    );
    expect(begins).toEqual([0, 300]);
  });

  it('are not for nodes that hold some, nor for calls that do', async () => {
    const { error } = await call(
      [rest(1)],
      { uses: ['llm'] },
      { node: { uses: ['gpu'] }, declared: { gpu: { concurrency: 1 } } },
    );
    expect(error).toMatchObject({ code: 'FC9002', message: expect.stringContaining('wait for each other') });
    const inner = tool('inner', (ctx) => ctx.callToolsParallel([rest(1)], { uses: ['llm'] }));
    const { records } = await call(
      [{ tool: 'inner' }],
      { uses: ['llm'] },
      { nodes: [inner], declared: { llm: { concurrency: 1 } } },
    );
    expect(records[0]).toMatchObject({ status: 'failed', error: { code: 'FC9002' } });
  });
});
