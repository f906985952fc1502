import { getEventListeners } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { CallOptions, CallRecord, ToolCall } from '../../src/actors/call.js';
import { defineNode, type NodeContext, type NodeDefinition } from '../../src/actors/node.js';
import { route } from '../../src/actors/route.js';
import { TerminalError } from '../../src/ir/errors.js';
import type { JsonValue } from '../../src/ir/json.js';
import { createRunner } from '../../src/runtime/runner.js';
import type { RunnerOptions } from '../../src/runtime/runner-options.js';
import { createVirtualClock, type VirtualClock } from '../../src/runtime/virtual-clock.js';
import { echo, edges, sleep } from '../helpers/sketch.js';
import { type Trace, traceRun } from '../helpers/trace.js';

const unheard: unknown[] = [];
const hear = (reason: unknown) => unheard.push(reason);
beforeAll(() => {
  process.on('unhandledRejection', hear);
  process.on('warning', hear);
});
afterAll(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', hear);
  process.off('warning', hear);
  expect(unheard).toEqual([]);
});

interface Called extends Trace {
  readonly records: readonly CallRecord[];
  /** What `callToolsParallel` ended with where it gave back no records. */
  readonly error: unknown;
}

interface Setting extends Omit<RunnerOptions, 'clock'> {
  readonly clock?: VirtualClock;
  /** The node that makes the calls. */
  readonly node?: object;
  /** The resources that the workflow declares. */
  readonly declared?: object;
}

/** Runs one node that makes these calls. */
async function call(
  calls: readonly ToolCall[],
  options: CallOptions = {},
  { node = {}, nodes = [], declared = {}, ...runner }: Setting = {},
): Promise<Called> {
  let records: readonly CallRecord[] = [];
  let error: unknown = null;
  const caller = defineNode({
    type: 'caller',
    async run(_, ctx) {
      try {
        records = await ctx.callToolsParallel(calls, options);
      } catch (thrown) {
        error = thrown;
        throw thrown;
      }
      return records.length;
    },
  });
  const trace = await traceRun(
    { resources: declared, nodes: [{ id: 'n', type: 'caller', ...node }] },
    { ...runner, nodes: [...nodes, caller] },
  );
  return { ...trace, records, error };
}

/** Runs one node with a function of its own. */
const runNode = (run: (ctx: NodeContext) => unknown, { node = {}, nodes = [], ...runner }: Setting = {}) =>
  traceRun(
    { nodes: [{ id: 'n', type: 'own', ...node }] },
    { ...runner, nodes: [...nodes, defineNode({ type: 'own', run: (_, ctx) => run(ctx) })] },
  );

const rest = (ms: number, value: JsonValue = ms): ToolCall => ({ tool: 'sleep', params: { ms, value } });
const tool = (type: string, run: (ctx: NodeContext) => unknown): NodeDefinition =>
  defineNode({ type, run: (_, ctx) => run(ctx) });
const failing = (times?: number): ToolCall => ({
  tool: 'fail',
  params: times === undefined ? {} : { times, value: 'up' },
});
const statuses = (records: readonly CallRecord[]) => records.map(({ status }) => status);
const outputs = (records: readonly CallRecord[]) => records.map(({ output }) => output);

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

describe('a tool that calls itself', () => {
  it('is refused its calls inside of 16 others, for good, with the tools on the way', async () => {
    let deepest = 0;
    let refusals = 0;
    const descend = async (ctx: NodeContext): Promise<JsonValue> => {
      deepest++;
      const [record] = await ctx.callToolsParallel([{ tool: 'again', retry: { maxAttempts: 3 } }]);
      if (record?.error?.code === 'FC1006') refusals++;
      return record?.error?.message ?? record?.output ?? null;
    };
    const { result } = await runNode(descend, { nodes: [tool('again', descend)] });
    expect([deepest, refusals]).toEqual([17, 1]);
    expect(result.outputs.n).toBe(
      `More than 16 calls are made inside one another: ${Array(16).fill('`again`').join(' > ')}.`,
    );
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

describe('a call that fails', () => {
  it('loses nothing of the others', async () => {
    const { records } = await call([rest(20), failing(), rest(10)]);
    expect(statuses(records)).toEqual(['succeeded', 'failed', 'succeeded']);
    expect(outputs(records)).toEqual([20, null, 10]);
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

describe('what a called function is given', () => {
  it('is its own attempt, signal and key, and the rest of the node', async () => {
    const seen: Partial<NodeContext>[] = [];
    const look = tool('look', (ctx) => {
      const { node, runId, attempt, idempotencyKey, input } = ctx;
      seen.push({ node, runId, attempt, idempotencyKey, input: new Map(input) });
      if (ctx.attempt === 1 && idempotencyKey.endsWith('call-1')) throw new Error('once more');
    });
    const own = defineNode({
      type: 'own',
      async run(_, ctx) {
        const retry = { maxAttempts: 2, initialMs: 1 };
        await ctx.callToolsParallel([{ tool: 'look' }, { tool: 'look' }], { retry });
        await ctx.callToolsParallel([{ tool: 'look' }]);
        if (ctx.attempt === 1) throw new Error('all of it once more');
      },
    });
    await traceRun(
      {
        nodes: [echo('before', 7), { id: 'a/b', type: 'own', retry: { max_attempts: 2, initial_ms: 1 } }],
        edges: edges('before>a/b'),
      },
      { nodes: [own, look] },
    );
    const once = [
      [1, 'run/a%2Fb/call-0'],
      [1, 'run/a%2Fb/call-1'],
      [2, 'run/a%2Fb/call-1'],
      [1, 'run/a%2Fb/call-2'],
    ];
    expect(seen.map(({ attempt, idempotencyKey }) => [attempt, idempotencyKey])).toEqual([...once, ...once]);
    for (const { node, runId, input } of seen) {
      expect({ node, runId, input }).toEqual({ node: 'a/b', runId: 'run', input: new Map([['before', 7]]) });
    }
  });

  it('is frozen parameters, each call its own, with keys of any name', async () => {
    const shared = JSON.parse('{"__proto__": [1]}');
    const keep = defineNode({ type: 'keep', params: z.custom<object>(), run: (params) => params });
    const { records } = await call(
      [
        { tool: 'keep', params: shared },
        { tool: 'keep', params: { ['__proto__']: 'x', constructor: null } },
      ],
      {},
      { nodes: [keep] },
    );
    expect(JSON.stringify(outputs(records))).toBe('[{"__proto__":[1]},{"__proto__":"x","constructor":null}]');
    expect(records.every(({ output }) => Object.isFrozen(output))).toBe(true);
  });

  it('lets it end with an action, of which the output counts', async () => {
    const { records, result } = await call(
      [{ tool: 'routed' }, { tool: 'nothing' }],
      {},
      { nodes: [tool('routed', () => route('other', { a: 1 })), tool('nothing', () => undefined)] },
    );
    expect(outputs(records)).toEqual([{ a: 1 }, null]);
    expect(result.nodes.n?.action).toBe('default');
  });

  it('is heard: what it logs as its node, its progress as its own', async () => {
    const speak = tool('speak', (ctx) => {
      ctx.log('hello');
      ctx.progress(1, 2);
    });
    const { events } = await call([{ tool: 'speak' }], {}, { nodes: [speak] });
    expect(events.filter(({ type }) => type === 'node.log')).toEqual([
      expect.objectContaining({ node: 'n', message: 'hello' }),
    ]);
    expect(events.filter(({ type }) => type === 'call.progress')).toEqual([
      expect.objectContaining({ node: 'n', index: 0, tool: 'speak', done: 1, total: 2 }),
    ]);
    expect(events.some(({ type }) => type === 'node.progress')).toBe(false);
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

describe('calls of calls', () => {
  const nest = (keys: string[]) =>
    defineNode({
      type: 'nest',
      params: z.strictObject({ depth: z.int() }),
      async run({ depth }, ctx) {
        keys.push(ctx.idempotencyKey);
        if (depth === 0) return ctx.sleep(10);
        const calls = [0, 1].map(() => ({ tool: 'nest', params: { depth: depth - 1 } }));
        return outputs(await ctx.callToolsParallel(calls, { maxConcurrent: 1 }));
      },
    });

  it('nest, each with a key and a place of its own', async () => {
    const keys: string[] = [];
    const { records, events } = await call(
      [{ tool: 'nest', params: { depth: 2 } }],
      {},
      { nodes: [nest(keys)] },
    );
    expect(records[0]).toMatchObject({
      status: 'succeeded',
      output: [
        [null, null],
        [null, null],
      ],
      ended_at: 40,
    });
    expect(new Set(keys).size).toBe(7);
    expect(keys).toContain('run/n/call-0/call-1/call-0');
    const places = events.flatMap((event) =>
      event.type === 'call.settled' ? [[...(event.within ?? []), event.index].join()] : [],
    );
    expect(places).toEqual(['0,0,0', '0,0,1', '0,0', '0,1,0', '0,1,1', '0,1', '0']);
  });

  it('end with the call around them', async () => {
    const { records, events } = await call(
      [{ tool: 'nest', params: { depth: 2 }, timeout_ms: 15 }],
      {},
      { nodes: [nest([])] },
    );
    expect(statuses(records)).toEqual(['timed_out']);
    const settled = events.flatMap((event) =>
      event.type === 'call.settled' ? [`${event.status}@${event.at}`] : [],
    );
    expect(settled).toEqual(['succeeded@10', ...Array(3).fill('cancelled@15'), 'timed_out@15']);
  });

  it('are counted with those around them', async () => {
    const endless = tool('endless', async (ctx) => {
      const records = await ctx.callToolsParallel([{ tool: 'endless' }]);
      const [only] = records;
      if (only?.error) throw new Error(only.error.message);
    });
    const { records } = await call([{ tool: 'endless' }], {}, { nodes: [endless], limits: { items: 10 } });
    expect(records[0]).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('0 more') },
    });
  });
});

describe('calls that cannot be made', () => {
  it('are refused before any of them begins, and their node is not tried again', async () => {
    let begun = 0;
    const count = tool('count', () => ++begun);
    const { error, result } = await call(
      [{ tool: 'count' }, { tool: 'cuont' }],
      {},
      { nodes: [count], node: { retry: { max_attempts: 3, initial_ms: 1 } } },
    );
    expect(error).toMatchObject({ code: 'FC9002', hint: 'Did you mean `count`?' });
    expect(result.nodes.n).toMatchObject({
      status: 'failed',
      attempts: 1,
      error: { code: 'FC9002', node: 'n' },
    });
    expect(begun).toBe(0);
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

/** Does not hear its signal, and returns `ms` after it was called. */
function deaf(clock: VirtualClock, ms: number, begins: number[] = []): NodeDefinition {
  return tool('deaf', () => {
    begins.push(clock.now());
    return new Promise((resolve) => clock.setTimeout(() => resolve('late'), ms));
  });
}
