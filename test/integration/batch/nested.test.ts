import { describe, expect, it } from 'vitest';
import { traceRun } from '../../helpers/trace.js';

const pairs = {
  inputs: { row: { type: 'array' } },
  nodes: [
    {
      id: 'inner',
      type: 'sleep',
      params: { ms: 10, value: '${item}' },
      batch: { items: '${row}', max_concurrent: 2 },
    },
  ],
  outputs: { values: { source: '${inner.results}' } },
};
const table = (rows: unknown, more: object = {}) => ({
  nodes: [
    {
      id: 'outer',
      type: 'workflow',
      params: { inline: pairs, inputs: { row: '${item}' } },
      batch: { items: rows, max_concurrent: 2 },
      ...more,
    },
  ],
});

describe('a batch of sub-workflows with batches in them', () => {
  it('keeps the order of both, and overlaps both', async () => {
    const { result } = await traceRun(table([[1, 2], [3], [], [4, 5, 6]]));
    expect(result.nodes.outer?.output).toMatchObject({
      results: [{ values: [1, 2] }, { values: [3] }, { values: [] }, { values: [4, 5, 6] }],
    });
    expect(result.metrics).toMatchObject({ wall_ms: 30, peak_concurrency: 3 });
  });

  it('takes the places of the run for the inner items alone, and cannot wait for itself', async () => {
    const { result } = await traceRun({
      ...table([
        [1, 2],
        [3, 4],
      ]),
      max_concurrency: 1,
    });
    expect(result.metrics).toMatchObject({ wall_ms: 40, peak_concurrency: 1 });
  });

  it('names the inner items by all that is around them, each once', async () => {
    const { events } = await traceRun(table([[1, 2], [3]]));
    const names = events.flatMap((event) =>
      event.type === 'item.settled' && event.node === 'inner' ? [event.name] : [],
    );
    expect(names.sort()).toEqual([
      'workflow.outer.item_0.inner.item_0',
      'workflow.outer.item_0.inner.item_1',
      'workflow.outer.item_1.inner.item_0',
    ]);
  });

  it('fails the outer item with the inner failure', async () => {
    const source = table([[1], 'no list'], {});
    const { result } = await traceRun({
      nodes: source.nodes.map((node) => ({ ...node, batch: { ...node.batch, error_handling: 'continue' } })),
    });
    expect(result.nodes.outer?.output).toMatchObject({
      results: [{ values: [1] }, null],
      errors: [{ index: 1, item: 'no list', error: { code: 'FC5017' } }],
    });
  });
});
