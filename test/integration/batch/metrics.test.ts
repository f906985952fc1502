import { describe, expect, it } from 'vitest';
import { sleep } from '../../helpers/sketch.js';
import { traceRun } from '../../helpers/trace.js';

describe('the metrics of a run with a batch', () => {
  it('count the time in which items were worked on once, however many there were at a time', async () => {
    const { result } = await traceRun({
      nodes: [
        sleep('before', 10),
        {
          id: 'items',
          type: 'sleep',
          params: { ms: '${item}' },
          batch: { items: [20, 20, 20, 20], max_concurrent: 2 },
          depends_on: ['before'],
        },
      ],
    });
    expect(result.metrics).toMatchObject({
      wall_ms: 50,
      work_ms: 90,
      critical_path_ms: 50,
      peak_concurrency: 2,
      mean_concurrency: 1.8,
    });
    expect(result.metrics.nodes.items).toMatchObject({ calls: 4, run_ms: 80 });
  });
});
