import { describe, expect, it } from 'vitest';
import { echo } from '../../helpers/sketch.js';
import { traceRun } from '../../helpers/trace.js';

const batch = (items: readonly unknown[], more: object = {}) => ({
  id: 'b',
  type: 'echo',
  params: { value: '${item}' },
  batch: { items, ...more },
});
/** A batch of which the items that are not numbers fail. */
const numbers = (items: readonly unknown[], more: object = {}) => ({
  id: 'b',
  type: 'sleep',
  params: { ms: 0, value: '${item.n}' },
  batch: { items, error_handling: 'continue', ...more },
});

describe('the results of a batch', () => {
  it('are made into one value by `reduce`, and not kept', async () => {
    const { result } = await traceRun({ nodes: [batch([3, 1, 2], { reduce: 'max' })] });
    expect(JSON.stringify(result.nodes.b?.output)).toBe(
      '{"results":[],"count":3,"success_count":3,"error_count":0,"errors":[],"reduced":3}',
    );
  });

  it('are put together in the order of the items', async () => {
    const { result } = await traceRun({
      nodes: [
        {
          id: 'b',
          type: 'sleep',
          params: { ms: '${item.ms}', value: '${item.as}' },
          batch: {
            items: [
              { ms: 30, as: 'a' },
              { ms: 10, as: 'b' },
              { ms: 20, as: 'c' },
            ],
            reduce: 'concat',
          },
        },
      ],
    });
    expect(result.nodes.b?.output).toMatchObject({ reduced: 'abc' });
  });

  it('are reduced without the items that failed', async () => {
    const { result } = await traceRun({ nodes: [numbers([{ n: 4 }, {}, { n: 2 }], { reduce: 'mean' })] });
    expect(result.nodes.b?.output).toMatchObject({ reduced: 3, error_count: 1 });
  });

  it('of no items are no results, whatever asks for them', async () => {
    const { result } = await traceRun({
      nodes: [
        batch([]),
        echo('all', '${b[*].output}'),
        echo('count', '${b.aggregate.count}'),
        echo('sum', '${b[*].n.aggregate.sum}'),
        echo('max', '${b.aggregate.max}'),
      ],
    });
    expect(result).toMatchObject({ status: 'succeeded', outputs: { all: [], count: 0, sum: 0, max: null } });
  });

  it('are dropped by `none`', async () => {
    const { result } = await traceRun({ nodes: [batch([1, 2], { reduce: 'none' })] });
    expect(result.nodes.b?.output).toMatchObject({ results: [], count: 2, reduced: null });
  });

  it('fail the batch where they cannot be reduced: FC5002', async () => {
    const { result } = await traceRun({
      nodes: [batch([1, 'two', 3], { reduce: 'sum', max_concurrent: 1 })],
    });
    expect(result.nodes.b).toMatchObject({
      status: 'failed',
      error: { code: 'FC5002', path: '/nodes/0/batch' },
    });
    expect(result.nodes.b?.error?.message).toContain('item 1');
  });

  it('fail the batch where they add up to no number: FC5002', async () => {
    const { result } = await traceRun({
      nodes: [batch([Number.MAX_VALUE, Number.MAX_VALUE], { reduce: 'sum' })],
    });
    expect(result.nodes.b?.error).toMatchObject({
      code: 'FC5002',
      message: 'The results cannot be reduced by `sum`: the numbers are too big to add up.',
    });
  });

  it('are too large together: FC5011', async () => {
    const { result } = await traceRun(
      { nodes: [batch(Array(50).fill('x'.repeat(100)))] },
      { limits: { resultBytes: 5000 } },
    );
    expect(result.nodes.b).toMatchObject({ status: 'failed', error: { code: 'FC5011' } });
  });
});

describe('references to the items of a batch', () => {
  const seen = async (reference: string, node: object = batch([5, 7])) =>
    (await traceRun({ nodes: [node, echo('c', reference)] })).result.nodes.c;

  it('name one, all of them, and an aggregate', async () => {
    expect(await seen('${b.branch_1.output}')).toMatchObject({ output: 7 });
    expect(await seen('${b[*].output}')).toMatchObject({ output: [5, 7] });
    expect(await seen('${b.aggregate.max}')).toMatchObject({ output: 7 });
    expect(await seen('${b.results}')).toMatchObject({ output: [5, 7] });
  });

  it('see `null` for a failed item, and every part of it; an aggregate leaves it out', async () => {
    const node = numbers([{ n: { x: 1 } }, {}]);
    expect(await seen('${b.branch_1.output}', node)).toMatchObject({ output: null });
    expect(await seen('${b[*].output.x}', node)).toMatchObject({ output: [1, null] });
    expect(await seen('${b.aggregate.min}', numbers([{ n: 2 }, {}, { n: 1 }]))).toMatchObject({ output: 1 });
  });

  it('tell a failed item from one whose result is `null`', async () => {
    expect(await seen('${b.branch_0.output.x}', batch([null]))).toMatchObject({
      status: 'failed',
      error: { code: 'FC5002' },
    });
  });

  it('may name an item, a key or a node `__proto__`', async () => {
    const node = {
      ...batch([JSON.parse('{"__proto__": 1}')], { as: '__proto__' }),
      params: { value: '${__proto__}' },
    };
    const { result } = await traceRun({ nodes: [node] });
    expect(JSON.stringify(result.nodes.b?.output)).toContain('"results":[{"__proto__":1}]');
  });
});
