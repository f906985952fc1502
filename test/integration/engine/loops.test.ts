import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineNode } from '../../../src/actors/node.js';
import { route } from '../../../src/actors/route.js';
import { echo, edges, sleep } from '../../helpers/sketch.js';
import { traceRun } from '../../helpers/trace.js';

describe('loops', () => {
  const draft = defineNode({
    type: 'review',
    params: z.strictObject({ accept_at: z.number(), draft: z.number() }),
    run: ({ accept_at, draft }) => (draft >= accept_at ? { draft } : route('revise', { draft })),
  });
  const writer = (acceptAt: number, limit: number) => ({
    nodes: [
      { id: 'write', type: 'count' },
      { id: 'review', type: 'review', params: { accept_at: acceptAt, draft: '${write}' } },
      echo('publish', '${review.draft}'),
    ],
    edges: [
      ...edges('write>review', 'review>publish'),
      { from: 'review', to: 'write', action: 'revise', max_iterations: limit },
    ],
  });
  const counter = () => {
    let count = 0;
    return defineNode({ type: 'count', run: () => ++count });
  };

  it('go round until the action leaves them, and keep a record of every iteration', async () => {
    const { result } = await traceRun(writer(3, 5), { nodes: [draft, counter()] });
    expect(result.nodes.publish?.output).toBe(3);
    expect(result.nodes.write).toMatchObject({
      iteration: 3,
      output: 3,
      earlier: [
        { iteration: 1, output: 1 },
        { iteration: 2, output: 2 },
      ],
    });
  });

  it('end with a failure that says so when they ask for more than they may have (P2)', async () => {
    const { result, statuses } = await traceRun(writer(9, 3), { nodes: [draft, counter()] });
    expect(result.error).toMatchObject({ code: 'FC5004', node: 'review' });
    expect(statuses.publish).toBe('skipped');
    expect(result.nodes.write?.iteration).toBe(3);
  });

  it('leave the loop when another edge of the same action is there: repeat three times, then go on', async () => {
    const { result } = await traceRun(
      {
        nodes: [{ id: 'step', type: 'count' }, echo('after', '${step}')],
        edges: [
          { from: 'step', to: 'step', max_iterations: 3 },
          { from: 'step', to: 'after' },
        ],
      },
      { nodes: [counter()] },
    );
    expect(result.status).toBe('succeeded');
    expect(result.nodes.after?.output).toBe(3);
  });

  it('end after so many times where an edge back has neither an action nor a condition', async () => {
    const { result } = await traceRun(
      { nodes: [{ id: 'step', type: 'count' }], edges: [{ from: 'step', to: 'step', max_iterations: 4 }] },
      { nodes: [counter()] },
    );
    expect(result).toMatchObject({ status: 'succeeded', outputs: { step: 4 } });
  });

  it('stop at every depth at once (P5)', async () => {
    const { result } = await traceRun({
      timeout_ms: 100,
      nodes: [echo('o'), echo('h'), sleep('w', 300)],
      edges: [
        ...edges('o>h', 'h>w'),
        { from: 'h', to: 'h', max_iterations: 5 },
        { from: 'w', to: 'h', action: 'again', max_iterations: 5 },
        { from: 'w', to: 'o', action: 'again', max_iterations: 2 },
      ],
    });
    expect(result).toMatchObject({ status: 'failed', error: { code: 'FC5006' }, metrics: { wall_ms: 100 } });
    expect(result.nodes.w?.status).toBe('cancelled');
  });

  it('cancel what runs in them, each node with its record (P1, P5)', async () => {
    const { result, statuses } = await traceRun({
      nodes: [
        sleep('body', 100),
        sleep('other', 100),
        echo('end'),
        sleep('first', 5),
        { id: 'bad', type: 'fail' },
      ],
      edges: [
        ...edges('body>other', 'other>end', 'first>bad'),
        { from: 'other', to: 'body', action: 'again', max_iterations: 2 },
      ],
    });
    expect(statuses).toEqual({
      body: 'cancelled',
      other: 'cancelled',
      end: 'cancelled',
      first: 'succeeded',
      bad: 'failed',
    });
    expect(result.metrics.wall_ms).toBe(5);
  });
});
