import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineNode } from '../../../src/actors/node.js';
import type { JsonValue } from '../../../src/ir/json.js';
import { echo, edges } from '../../helpers/sketch.js';
import { traceRun } from '../../helpers/trace.js';

const over = (items: unknown, batch: object = {}, params: object = { value: '${item}' }) => ({
  id: 'b',
  type: 'echo',
  params,
  batch: { items, ...batch },
});

/** Yields the numbers below `count`, and notes how far it was read and whether it was left early. */
function counter(count: number) {
  const seen = { read: 0, returned: 0 };
  async function* numbers() {
    try {
      for (; seen.read < count; ) yield seen.read++;
    } finally {
      seen.returned++;
    }
  }
  return { seen, numbers };
}

const make = (id: string, items: () => unknown) => defineNode({ type: id, run: items });

describe('the items of a batch', () => {
  it('are a list, and its output has exactly the fields that are documented, in their order', async () => {
    const { result } = await traceRun({ nodes: [over(['a', 'b'])] });
    expect(JSON.stringify(result.nodes.b?.output)).toBe(
      '{"results":["a","b"],"count":2,"success_count":2,"error_count":0,"errors":[]}',
    );
  });

  it('are a list that a template names, or a text that is a JSON list', async () => {
    const { result } = await traceRun({
      nodes: [
        echo('rows', [1, [2]]),
        echo('text', '[3, {"four": 4}]'),
        over('${rows}'),
        { ...over('${text}'), id: 'c' },
      ],
    });
    expect(result.nodes.b?.output).toMatchObject({ results: [1, [2]] });
    expect(result.nodes.c?.output).toMatchObject({ results: [3, { four: 4 }] });
  });

  it.each(['${a}', '${a.output}', '${a.results}'])(
    'are the results of a batch that %s names, with null for an item that failed',
    async (items) => {
      const odd = defineNode({
        type: 'odd',
        params: z.object({ n: z.number() }),
        run: ({ n }) => {
          if (n % 2 === 0) throw new Error('even');
          return n;
        },
      });
      const a = {
        id: 'a',
        type: 'odd',
        params: { n: '${item}' },
        batch: { items: [1, 2, 3], error_handling: 'continue' },
      };
      const { result } = await traceRun({ nodes: [a, over(items)] }, { nodes: [odd] });
      expect(result.nodes.b?.output).toMatchObject({ results: [1, null, 3] });
    },
  );

  it('are what a batch put out that is no list of results: a fallback', async () => {
    const a = { id: 'a', type: 'fail', batch: { items: [1] }, fallback: [7, 8] };
    const { result } = await traceRun({ nodes: [a, over('${a}')] });
    expect(result.nodes.b?.output).toMatchObject({ results: [7, 8] });
  });

  it('may be none: a success without results', async () => {
    const { result } = await traceRun({ nodes: [over([])] });
    expect(result.status).toBe('succeeded');
    expect(result.nodes.b?.output).toEqual({
      results: [],
      count: 0,
      success_count: 0,
      error_count: 0,
      errors: [],
    });
  });

  it('are known to templates by `as` and `__index__`', async () => {
    const { result } = await traceRun({
      nodes: [over(['x', 'y'], { as: 'letter' }, { value: '${letter}${__index__}' })],
    });
    expect(result.nodes.b?.output).toMatchObject({ results: ['x0', 'y1'] });
  });

  it('come as lists of at most `batch_size`, and the index counts these', async () => {
    const { result } = await traceRun({
      nodes: [over([1, 2, 3, 4, 5], { batch_size: 2 }, { value: { at: '${__index__}', of: '${item}' } })],
    });
    expect(result.nodes.b?.output).toMatchObject({
      results: [
        { at: 0, of: [1, 2] },
        { at: 1, of: [3, 4] },
        { at: 2, of: [5] },
      ],
      count: 3,
    });
  });

  it.each([
    ['a number', 3],
    ['null', null],
    ['a text that is no JSON list', 'abc'],
    ['an object', { 0: 'a' }],
  ])('are not %s: FC5018', async (_what, value) => {
    const { result } = await traceRun({ nodes: [echo('rows', value), over('${rows}')] });
    expect(result.nodes.b).toMatchObject({
      status: 'failed',
      error: { code: 'FC5018', path: '/nodes/1/batch' },
    });
  });

  it('cannot be faked by an object that looks like what stands for an iterable', async () => {
    const { numbers } = counter(2);
    const { result } = await traceRun(
      { nodes: [{ id: 'rows', type: 'numbers' }, echo('fake', { stream: true }), over('${fake}')] },
      { nodes: [make('numbers', numbers)] },
    );
    expect(result.nodes.rows?.output).toEqual({ stream: true });
    expect(result.nodes.b).toMatchObject({ status: 'failed', error: { code: 'FC5018' } });
  });

  it('are no more than `limits.items`: FC1006', async () => {
    const limits = { items: 3 };
    const rows = echo('rows', '[1, 2, 3, 4]');
    const list = await traceRun({ nodes: [rows, over('${rows}')] }, { limits });
    expect(list.result.nodes.b).toMatchObject({ status: 'failed', error: { code: 'FC1006' } });

    const { numbers } = counter(100);
    const source = { nodes: [{ id: 'rows', type: 'numbers' }, over('${rows}', { max_concurrent: 1 })] };
    const { result, events } = await traceRun(source, { limits, nodes: [make('numbers', numbers)] });
    expect(result.nodes.b).toMatchObject({ status: 'failed', error: { code: 'FC1006' } });
    // What had begun is finished.
    const done = events.filter((event) => event.type === 'item.settled' && event.status === 'succeeded');
    expect(done).toHaveLength(3);
  });
});

describe('items that can be read only once', () => {
  it('come from a node function', async () => {
    const { numbers, seen } = counter(5);
    const { result } = await traceRun(
      { nodes: [{ id: 'rows', type: 'numbers' }, over('${rows}')] },
      { nodes: [make('numbers', numbers)] },
    );
    expect(result.nodes.b?.output).toMatchObject({ results: [0, 1, 2, 3, 4], count: 5 });
    expect(seen.returned).toBe(1);
  });

  it('come as an input, from a generator as well', async () => {
    const source = { inputs: { rows: { type: 'array' } }, nodes: [over('${rows}')] };
    const { result } = await traceRun(source, {
      inputs: {
        rows: (function* () {
          yield* ['a', 'b'];
        })(),
      },
    });
    expect(result.nodes.b?.output).toMatchObject({ results: ['a', 'b'] });
  });

  it.each([
    ['a parameter', echo('n', '${rows}'), 'params.value'],
    ['a part of one', echo('n', { a: ['${rows}'] }), 'params.value.a[0]'],
    ['a parameter beside them', over('${rows}', {}, { value: { all: '${rows}' } }), 'params.value.all'],
    [
      'an input of a sub-workflow',
      {
        id: 'n',
        type: 'workflow',
        params: {
          inline: { inputs: { list: { type: 'any' } }, nodes: [echo('in', '${list}')] },
          inputs: { list: '${rows}' },
        },
      },
      'params.inputs.list',
    ],
  ])('are refused as %s', async (_what, node, place) => {
    const { result } = await traceRun(
      { nodes: [{ id: 'rows', type: 'numbers' }, node] },
      { nodes: [make('numbers', counter(2).numbers)] },
    );
    expect(result.error?.code).toBe('FC5018');
    expect(result.error?.message).toContain(`\`${place}\` can be read only once: it can only be the`);
  });

  it('are refused as an output, and shown for what they are on the record of their node', async () => {
    const nodes = [{ id: 'rows', type: 'numbers' }];
    const options = { nodes: [make('numbers', counter(2).numbers)] };
    const { result } = await traceRun({ nodes, outputs: { all: { source: '${rows}' } } }, options);
    expect(result.error).toMatchObject({ code: 'FC5018', message: expect.stringContaining('`all` can be') });
    expect(result.outputs).not.toHaveProperty('all');
    expect(JSON.stringify(result.nodes.rows?.output)).toBe('{"stream":true}');
  });

  it('blame whoever yields them for what is thrown, and for what is not JSON', async () => {
    const broken = async (end: () => unknown) => {
      async function* rows() {
        yield 1;
        yield end();
      }
      const source = { nodes: [{ id: 'rows', type: 'rows' }, over('${rows}')] };
      return (await traceRun(source, { nodes: [make('rows', rows)] })).result.nodes.b?.error;
    };
    const thrown = await broken(() => {
      throw new Error('page 2 is gone');
    });
    expect(thrown).toMatchObject({ code: 'FC5008', message: 'page 2 is gone' });
    expect(thrown?.hint).toContain('What gives the items of the batch threw this');
    expect((await broken(() => Number.NaN))?.message).toBe(
      'The item is not JSON: NaN at `(the item itself)`.',
    );
  });

  it('are read no further than the window needs', async () => {
    const { numbers, seen } = counter(100);
    let most = 0;
    let settled = 0;
    const watch = defineNode({
      type: 'watch',
      params: z.object({ n: z.number() }),
      run: async ({ n }, ctx) => {
        most = Math.max(most, seen.read - settled);
        await ctx.sleep(n % 7);
        settled++;
        return n;
      },
    });
    await traceRun(
      {
        nodes: [
          { id: 'rows', type: 'numbers' },
          {
            id: 'b',
            type: 'watch',
            params: { n: '${item}' },
            batch: { items: '${rows}', max_concurrent: 4 },
          },
        ],
      },
      { nodes: [make('numbers', numbers), watch] },
    );
    expect(seen.read).toBe(100);
    expect(most).toBe(4);
  });

  it('are let go of when the batch ends early', async () => {
    const { numbers, seen } = counter(1000);
    const { result } = await traceRun(
      {
        nodes: [
          { id: 'rows', type: 'numbers' },
          { id: 'b', type: 'fail', params: { times: 9 }, batch: { items: '${rows}', max_concurrent: 2 } },
        ],
      },
      { nodes: [make('numbers', numbers)] },
    );
    expect(result.nodes.b?.status).toBe('failed');
    expect(seen).toEqual({ read: 2, returned: 1 });
  });

  it('refuse a second reader: FC5018', async () => {
    const { numbers } = counter(3);
    const { result } = await traceRun(
      {
        on_error: 'fail_safe',
        nodes: [{ id: 'rows', type: 'numbers' }, over('${rows}'), { ...over('${rows}'), id: 'c' }],
        edges: edges('rows>b', 'b>c'),
      },
      { nodes: [make('numbers', numbers)] },
    );
    expect(result.nodes.b?.output).toMatchObject({ count: 3 });
    expect(result.nodes.c).toMatchObject({ status: 'failed', error: { code: 'FC5018' } });
    expect(result.nodes.c?.error?.hint).toContain('return a list');
  });

  it('fail the batch where they break off, once what had begun is done', async () => {
    const broken = make('numbers', async function* () {
      yield 1;
      yield 2;
      throw new Error('the cable is cut');
    });
    const { result, events } = await traceRun(
      { nodes: [{ id: 'rows', type: 'numbers' }, over('${rows}', { max_concurrent: 2 })] },
      { nodes: [broken] },
    );
    expect(result.nodes.b).toMatchObject({
      status: 'failed',
      error: { code: 'FC5008', message: 'the cable is cut' },
    });
    expect(events.filter(({ type }) => type === 'item.settled')).toHaveLength(2);
  });
});

describe('a batch that finds its items itself', () => {
  const auto = (params: object, more: object = {}) => ({ id: 'b', type: 'echo', params, ...more });

  it('works through the one parameter that is a list', async () => {
    const { result } = await traceRun({ nodes: [auto({ value: ['x', 'y'] }, { batch_mode: true })] });
    expect(result.nodes.b?.output).toMatchObject({ results: ['x', 'y'] });
  });

  it('fails where several are, or none is: FC5018', async () => {
    const two = defineNode({ type: 'two', params: z.looseObject({}), run: (params) => params as JsonValue });
    const of = (params: object) => ({ nodes: [{ id: 'b', type: 'two', params, batch_mode: true }] });
    const several = await traceRun(of({ a: [1], b: [2] }), { nodes: [two] });
    expect(several.result.nodes.b?.error).toMatchObject({ code: 'FC5018' });
    expect(several.result.nodes.b?.error?.message).toContain('`a`, `b`');
    const none = await traceRun(of({ a: 1 }), { nodes: [two] });
    expect(none.result.nodes.b?.error).toMatchObject({ code: 'FC5018' });
  });

  it('runs once, as any node, where none has to be there', async () => {
    const { result, events } = await traceRun({
      execution_mode: 'batch',
      nodes: [auto({ value: { plain: true } })],
    });
    expect(result.nodes.b?.output).toEqual({ plain: true });
    expect(events.some(({ type }) => type.startsWith('item.'))).toBe(false);
  });

  it('is tried again, and fails, as any node where it runs once', async () => {
    const flaky = (times: number) =>
      traceRun({
        execution_mode: 'batch',
        batch_config: { error_handling: 'continue' },
        nodes: [
          {
            id: 'b',
            type: 'fail',
            params: { times, value: 'ok' },
            retry: { max_attempts: 2, initial_ms: 10 },
          },
        ],
      });
    expect((await flaky(1)).result.nodes.b).toMatchObject({ output: 'ok', ended_at: 10 });
    expect((await flaky(2)).result.nodes.b).toMatchObject({ status: 'failed', error: { code: 'FC6001' } });
  });
});
