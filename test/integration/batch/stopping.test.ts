import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineNode } from '../../../src/actors/node.js';
import { traceRun } from '../../helpers/trace.js';

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
