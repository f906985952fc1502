import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineNode, type NodeContext } from '../../../src/actors/node.js';
import { route } from '../../../src/actors/route.js';
import type { JsonValue } from '../../../src/ir/json.js';
import { echo, edges } from '../../helpers/sketch.js';
import { call, expectNothingUnheard, outputs, runNode, statuses, tool } from '../../helpers/tool-calls.js';
import { traceRun } from '../../helpers/trace.js';

expectNothingUnheard();

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
