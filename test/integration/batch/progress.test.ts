import { describe, expect, it } from 'vitest';
import { echo } from '../../helpers/sketch.js';
import { traceRun } from '../../helpers/trace.js';

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
