import { describe, expect, it } from 'vitest';
import { traceRun } from '../../helpers/trace.js';

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
