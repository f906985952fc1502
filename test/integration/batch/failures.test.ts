import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineNode } from '../../../src/actors/node.js';
import { TerminalError } from '../../../src/ir/errors.js';
import { echo, edges } from '../../helpers/sketch.js';
import { traceRun } from '../../helpers/trace.js';

/** Takes its item's `ms`, then fails as many attempts as it says. */
const task = defineNode({
  type: 'task',
  params: z.object({
    ms: z.number().default(0),
    fails: z.number().default(0),
    terminal: z.boolean().default(false),
    name: z.string().default(''),
  }),
  run: async ({ ms, fails, terminal, name }, ctx) => {
    await ctx.sleep(ms);
    if (ctx.attempt <= fails) throw terminal ? new TerminalError(`no ${name}`) : new Error(`failed ${name}`);
    return `${name}:${ctx.attempt}`;
  },
});

const NEVER = 99;
const run = (items: readonly object[], batch: object = {}, more: object = {}, workflow: object = {}) =>
  traceRun(
    {
      ...workflow,
      nodes: [{ id: 'b', type: 'task', params: { item: '${item}' }, batch: { items, ...batch }, ...more }],
    },
    { nodes: [taskOfItem] },
  );

/** The same, its parameters being the whole item. */
const taskOfItem = defineNode({
  type: 'task',
  params: z.object({ item: task.params as z.ZodType }),
  run: ({ item }, ctx) => task.run(item, ctx),
});

describe('an item that fails', () => {
  it('fails the batch under fail_fast: no further item begins, and those that run are told to stop', async () => {
    const { result, events } = await run(
      [{ name: 'a', ms: 10, fails: NEVER }, { name: 'b', ms: 50 }, { name: 'c' }],
      { max_concurrent: 2 },
    );
    expect(result.nodes.b).toMatchObject({
      status: 'failed',
      ended_at: 10,
      error: { message: 'item 0: failed a' },
    });
    const settled = events.filter((event) => event.type === 'item.settled');
    expect(settled.map(({ index, status }) => [index, status])).toEqual([
      [0, 'failed'],
      [1, 'cancelled'],
    ]);
  });

  it('is named by the failure of the batch and of the run, with its own code and causes', async () => {
    const items = [{ name: 'a' }, { name: 'b' }, { name: 'c', fails: NEVER }];
    for (const batch of [{}, { error_handling: 'fail_safe', tolerate: { count: 0 } }]) {
      const { result } = await run(items, batch);
      const error = {
        code: 'FC5008',
        message: 'item 2: failed c',
        name: 'workflow.b.item_2',
        causes: [{ name: 'Error', message: 'failed c' }],
      };
      expect(result.nodes.b?.error).toMatchObject(error);
      expect(result.error).toMatchObject(error);
    }
  });

  it.each(['fail_safe', 'continue'])(
    'is an entry in `errors` under %s, and `null` among the results',
    async (error_handling) => {
      const { result } = await run([{ name: 'a' }, { name: 'b', fails: NEVER }, { name: 'c' }], {
        error_handling,
      });
      expect(result.nodes.b?.output).toEqual({
        results: ['a:1', null, 'c:1'],
        count: 3,
        success_count: 2,
        error_count: 1,
        errors: [
          {
            index: 1,
            item: { name: 'b', fails: NEVER },
            error: expect.objectContaining({
              code: 'FC5008',
              message: 'failed b',
              node: 'b',
              name: 'workflow.b.item_1',
              causes: [{ name: 'Error', message: 'failed b' }],
            }),
          },
        ],
      });
    },
  );

  it('stands in `errors` in the order of the items, whatever the order in which they failed', async () => {
    const items = [30, 10, 20].map((ms, index) => ({ name: String(index), ms, fails: NEVER }));
    const { result } = await run(items, { error_handling: 'continue' });
    expect(result.nodes.b?.output).toMatchObject({ errors: [{ index: 0 }, { index: 1 }, { index: 2 }] });
  });

  it('counts against `tolerate`: beyond it, fail_safe runs all items, and fails with the first too many of these', async () => {
    const items = [30, 10, 20].map((ms, index) => ({ name: String(index), ms, fails: NEVER }));
    const within = await run([...items, { name: 'last', ms: 90 }], {
      error_handling: 'fail_safe',
      tolerate: { count: 3 },
    });
    expect(within.result.nodes.b?.output).toMatchObject({ error_count: 3, success_count: 1 });
    const beyond = await run([...items, { name: 'last', ms: 90 }], {
      error_handling: 'fail_safe',
      tolerate: { count: 1 },
    });
    expect(beyond.result.nodes.b).toMatchObject({
      status: 'failed',
      ended_at: 90,
      error: { message: 'item 1: failed 1' },
    });
  });

  it('may be one of so many percent; fail_fast ends at the first too many', async () => {
    const items = [1, 2, 3, 4].map((ms) => ({ name: String(ms), ms, fails: NEVER }));
    const { result } = await run([...items, { ms: 90 }, { ms: 90 }, { ms: 90 }, { ms: 90 }], {
      tolerate: { percent: 25 },
    });
    expect(result.nodes.b).toMatchObject({
      status: 'failed',
      ended_at: 3,
      error: { message: 'item 2: failed 3' },
    });
  });

  it('is held against a percentage in the end, where the number of items is not known before', async () => {
    const rows = (count: number) =>
      defineNode({
        type: 'rows',
        run: async function* () {
          for (let n = 0; n < count; n++) yield { name: String(n), fails: n < 2 ? NEVER : 0 };
        },
      });
    const of = (count: number) =>
      traceRun(
        {
          nodes: [
            { id: 'rows', type: 'rows' },
            {
              id: 'b',
              type: 'task',
              params: { item: '${item}' },
              batch: { items: '${rows}', tolerate: { percent: 50 } },
            },
          ],
        },
        { nodes: [rows(count), taskOfItem] },
      );
    expect((await of(4)).result.nodes.b?.output).toMatchObject({ error_count: 2, count: 4 });
    expect((await of(3)).result.nodes.b).toMatchObject({
      status: 'failed',
      error: { message: 'item 1: failed 1' },
    });
  });

  it('is listed only with the first 1000', async () => {
    const items = Array.from({ length: 1003 }, () => ({ fails: NEVER }));
    const { result } = await run(items, { error_handling: 'continue', max_concurrent: 100 });
    const output = result.nodes.b?.output as { errors: { index: number }[]; error_count: number };
    expect(output.error_count).toBe(1003);
    expect(output.errors).toHaveLength(1000);
    expect(output.errors.at(-1)?.index).toBe(999);
  });

  it('is what a node with a fallback or `continue` answers for', async () => {
    const { result } = await run([{ fails: NEVER }], {}, { fallback: 'nothing' });
    expect(result.nodes.b).toMatchObject({
      status: 'succeeded',
      output: 'nothing',
      handled_by: { kind: 'fallback' },
    });
  });
});

describe('the attempts at an item', () => {
  it('are its own: none leaks into another item (P8)', async () => {
    const items = Array.from({ length: 20 }, (_, n) => ({ name: String(n), ms: (n * 7) % 5, fails: n % 3 }));
    const { result } = await run(items, { max_concurrent: 3, max_retries: 2 });
    expect(result.nodes.b?.output).toMatchObject({
      results: items.map(({ name, fails }) => `${name}:${fails + 1}`),
    });
  });

  it('wait in backoff, while the other lanes go on', async () => {
    const { result, events } = await run(
      [
        { name: 'a', fails: 2 },
        { name: 'b', ms: 5 },
        { name: 'c', ms: 5 },
      ],
      { max_concurrent: 2 },
      { retry: { max_attempts: 3, initial_ms: 10, backoff: 3 } },
    );
    expect(result.nodes.b).toMatchObject({ status: 'succeeded', ended_at: 40, attempts: 1 });
    const waits = events.flatMap((event) => (event.type === 'item.backoff' ? [event.delay_ms] : []));
    expect(waits).toEqual([10, 30]);
    const settled = events.flatMap((event) =>
      event.type === 'item.settled' ? [[event.index, event.at]] : [],
    );
    expect(settled).toEqual([
      [1, 5],
      [2, 10],
      [0, 40],
    ]);
  });

  it('end at a TerminalError', async () => {
    const { events } = await run([{ fails: NEVER, terminal: true }], { max_retries: 5 });
    expect(events.filter(({ type }) => type === 'item.attempt_failed')).toHaveLength(1);
  });

  it('end at their timeout, each of them', async () => {
    const { result, events } = await run([{ ms: 100 }], {
      error_handling: 'continue',
      max_retries: 1,
      timeout: { attempt_ms: 20 },
    });
    expect(result.nodes.b).toMatchObject({ status: 'succeeded', ended_at: 40 });
    expect(result.nodes.b?.output).toMatchObject({ errors: [{ error: { code: 'FC5005' } }] });
    expect(
      events.filter((event) => event.type === 'item.settled' && event.status === 'timed_out'),
    ).toHaveLength(1);
  });

  it('have to be over after `total_ms` from the first, waits included', async () => {
    const { result, events } = await run(
      [
        { name: 'slow', fails: NEVER },
        { name: 'next', ms: 40 },
      ],
      { error_handling: 'continue', max_concurrent: 1, timeout: { total_ms: 50 } },
      { retry: { max_attempts: 9, initial_ms: 30, backoff: 1 } },
    );
    expect(result.nodes.b?.output).toMatchObject({ results: [null, 'next:1'] });
    const settled = events.flatMap((event) =>
      event.type === 'item.settled' ? [[event.status, event.attempts, event.at]] : [],
    );
    expect(settled).toEqual([
      ['timed_out', 2, 50],
      ['succeeded', 1, 90],
    ]);
  });

  it('are no attempts of the node, whose total timeout ends them all', async () => {
    const { result } = await run(
      [{ ms: 100 }, { ms: 100 }],
      { max_concurrent: 1 },
      { timeout: { total_ms: 120 } },
    );
    expect(result.nodes.b).toMatchObject({ status: 'timed_out', attempts: 1, ended_at: 120 });
  });

  it('get an idempotency key for each item, the same for all attempts at it (P10)', async () => {
    const keys: string[] = [];
    const spy = defineNode({
      type: 'spy',
      run: (_params, { idempotencyKey, attempt }) => {
        keys.push(idempotencyKey);
        if (attempt === 1) throw new Error('again');
      },
    });
    await traceRun(
      { nodes: [{ id: 'a@b', type: 'spy', batch: { items: [1, 2], max_concurrent: 1, max_retries: 1 } }] },
      { nodes: [spy] },
    );
    expect(keys).toEqual(['run/a%40b@0', 'run/a%40b@0', 'run/a%40b@1', 'run/a%40b@1']);
  });

  it('have results of bounded size, and JSON alone', async () => {
    const big = defineNode({
      type: 'big',
      params: z.object({ n: z.number() }),
      run: ({ n }) => 'x'.repeat(n),
    });
    const { result } = await traceRun(
      {
        nodes: [
          {
            id: 'b',
            type: 'big',
            params: { n: '${item}' },
            batch: { items: [3, 500], error_handling: 'continue' },
          },
        ],
      },
      { nodes: [big], limits: { resultBytes: 900 } },
    );
    expect(result.nodes.b?.output).toMatchObject({
      results: ['xxx', null],
      errors: [{ error: { code: 'FC5011' } }],
    });
  });

  it('see the outputs of the nodes before them', async () => {
    const spy = defineNode({ type: 'spy', run: (_params, { input }) => [...input] as never });
    const { result } = await traceRun(
      {
        nodes: [echo('a', 1), { id: 'b', type: 'spy', batch: { items: [0, 0] } }],
        edges: edges('a>b'),
      },
      { nodes: [spy] },
    );
    expect(result.nodes.b?.output).toMatchObject({ results: [[['a', 1]], [['a', 1]]] });
  });
});

describe('a batch that is told to stop', () => {
  it('stops its items, and drops what they return late', async () => {
    const aborted: number[] = [];
    const stubborn = defineNode({
      type: 'stubborn',
      params: z.object({ n: z.number() }),
      run: async ({ n }, ctx) => {
        ctx.signal.addEventListener('abort', () => aborted.push(n));
        await Promise.resolve();
        return new Promise((resolve) => {
          ctx.signal.addEventListener('abort', () => resolve('late'));
        });
      },
    });
    const { result, events } = await traceRun(
      {
        timeout_ms: 30,
        nodes: [
          {
            id: 'b',
            type: 'stubborn',
            params: { n: '${item}' },
            batch: { items: [1, 2, 3], max_concurrent: 2 },
          },
        ],
      },
      { nodes: [stubborn] },
    );
    expect(result).toMatchObject({ status: 'failed', error: { code: 'FC5006' } });
    expect(result.nodes.b).toMatchObject({ status: 'cancelled', ended_at: 30 });
    expect(aborted).toEqual([1, 2]);
    expect(events.filter(({ type }) => type === 'node.late_result_dropped')).toHaveLength(2);
  });

  it('gives the places of its items back', async () => {
    const { result } = await traceRun({
      max_concurrency: 2,
      nodes: [
        {
          id: 'b',
          type: 'sleep',
          params: { ms: 100 },
          batch: { items: [1, 2, 3, 4] },
          timeout: { total_ms: 30 },
          on_error: 'continue',
        },
        { id: 'after', type: 'sleep', params: { ms: 5 }, depends_on: ['b'] },
        { id: 'beside', type: 'sleep', params: { ms: 5 }, depends_on: ['b'] },
      ],
    });
    expect(result.nodes).toMatchObject({ after: { ended_at: 35 }, beside: { ended_at: 35 } });
  });
});

describe('the places of a batch', () => {
  it('are those of its items: the run bounds these, and the batch itself takes none', async () => {
    const { result } = await traceRun({
      max_concurrency: 2,
      nodes: [
        { id: 'b', type: 'sleep', params: { ms: 10 }, batch: { items: [1, 2, 3, 4, 5] } },
        { id: 'other', type: 'sleep', params: { ms: 10 } },
      ],
    });
    expect(result.metrics).toMatchObject({ peak_concurrency: 2, wall_ms: 30 });
  });

  it('are at most `max_concurrent`', async () => {
    const { result } = await traceRun({
      nodes: [
        {
          id: 'b',
          type: 'sleep',
          params: { ms: 10 },
          batch: { items: Array(10).fill(0), max_concurrent: 3 },
        },
      ],
    });
    expect(result.metrics).toMatchObject({ peak_concurrency: 3, wall_ms: 40 });
  });
});

describe('the progress of a batch', () => {
  const progress = async (items: unknown) => {
    const { events } = await traceRun({
      nodes: [echo('rows', items), { id: 'b', type: 'echo', batch: { items: '${rows}' } }],
    });
    return events.flatMap((event) => (event.type === 'node.progress' ? [[event.done, event.total]] : []));
  };
  it('is told of each item of a few, and at each whole percent of many', async () => {
    expect(await progress([1, 2, 3])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    const many = await progress(Array(250).fill(0));
    expect(many).toHaveLength(100);
    expect(many.slice(0, 3)).toEqual([
      [3, 250],
      [5, 250],
      [8, 250],
    ]);
  });
});
