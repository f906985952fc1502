import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineNode } from '../../../src/actors/node.js';
import { delayedFailure, forkTo, grouped } from '../../helpers/groups.js';
import { echo, edges, sleep } from '../../helpers/sketch.js';
import { traceRun } from '../../helpers/trace.js';

describe('a group', () => {
  it('that drains lets running attempts end, and begins nothing', async () => {
    const { result, statuses } = await traceRun(
      grouped(
        { on_error: 'fail_fast', cancel: 'drain' },
        [delayedFailure('bad', 20), sleep('running', 40), delayedFailure('retried', 30), sleep('gate', 20)],
        { nodes: [echo('after_running')], edges: edges('running>after_running') },
      ),
    );
    expect(statuses).toMatchObject({
      bad: 'failed',
      running: 'succeeded',
      retried: 'cancelled',
      after_running: 'cancelled',
      join: 'skipped',
    });
    expect(result.nodes.running).toMatchObject({ ended_at: 40, output: 'running' });
  });

  it('that drains tries nothing again', async () => {
    const flaky = defineNode({
      type: 'flaky',
      params: z.strictObject({}),
      run: async (_params, ctx) => {
        await ctx.sleep(30);
        throw new Error('flaky');
      },
    });
    const { result } = await traceRun(
      grouped({ on_error: 'fail_fast', cancel: 'drain' }, [
        delayedFailure('bad', 20),
        { id: 'flaky', type: 'flaky', retry: { max_attempts: 5, initial_ms: 1 } } as { id: string },
      ]),
      { nodes: [flaky] },
    );
    expect(result.nodes.flaky).toMatchObject({ status: 'failed', attempts: 1, ended_at: 30 });
  });

  it('lets attempts in a loop end while it drains, whatever fails beside them there', async () => {
    const { result } = await traceRun({
      on_error: 'fail_safe',
      nodes: [
        echo('fork'),
        echo('header'),
        delayedFailure('bad', 10),
        sleep('slow', 40),
        echo('tail', 1, { join: { policy: 'all_done' } }),
        sleep('other', 60),
      ],
      edges: [
        ...forkTo('fork', 'g', 'header', 'other'),
        ...edges('header>bad', 'header>slow', 'slow>tail'),
        { from: 'tail', to: 'header', max_iterations: 2 },
        { from: 'bad', to: 'header', action: 'again', max_iterations: 2 },
      ],
      parallel_groups: { g: { on_error: 'fail_fast', cancel: 'drain' } },
    });
    expect(result.nodes.slow).toMatchObject({ status: 'succeeded', ended_at: 40 });
    expect(result.nodes.tail).toMatchObject({
      status: 'cancelled',
      reason: { kind: 'group_failed', node: 'bad', group: 'g' },
    });
    expect(result.nodes.other).toMatchObject({ status: 'succeeded', ended_at: 60 });
  });
});
