import { describe, expect, it } from 'vitest';
import { defineNode } from '../../../src/actors/node.js';
import { createRunner } from '../../../src/runtime/runner.js';
import { createVirtualClock } from '../../../src/runtime/virtual-clock.js';
import { echo, edges, sleep } from '../../helpers/sketch.js';
import { traceRun } from '../../helpers/trace.js';

describe('limits and pauses', () => {
  it('hold on retries as well (P7)', async () => {
    const { result } = await traceRun({
      max_concurrency: 2,
      nodes: Array.from({ length: 5 }, (_, index) => ({
        id: `n${index}`,
        type: index % 2 === 0 ? 'sleep' : 'fail',
        params: index % 2 === 0 ? { ms: 10 } : { times: 2 },
        ...(index % 2 === 0 ? {} : { retry: { max_attempts: 3, initial_ms: 1 } }),
      })),
    });
    expect(result.status).toBe('succeeded');
    expect(result.metrics.peak_concurrency).toBe(2);
  });

  it('run a 0.1 workflow one node after another, in its order, every default edge and every root', async () => {
    const { events, statuses } = await traceRun({
      ir_version: '0.1.0',
      nodes: ['a', 'b', 'c', 'd', 'e'].map((id) => sleep(id, 10)),
      edges: edges('a>b', 'a>c', 'd>e'),
    });
    expect(new Set(Object.values(statuses))).toEqual(new Set(['succeeded']));
    const started = events.flatMap((event) =>
      event.type === 'node.started' ? [`${event.node}@${event.at}`] : [],
    );
    expect(started).toEqual(['a@0', 'd@10', 'b@20', 'c@30', 'e@40']);
  });

  it('let a paused run go on step by step', async () => {
    const clock = createVirtualClock();
    const run = createRunner({ clock }).start({
      nodes: [echo('a'), echo('b'), echo('c')],
      edges: edges('a>c'),
    });
    const started: string[] = [];
    run.on((event) => {
      if (event.type === 'node.started') started.push(event.node);
    });
    run.pause();
    await clock.flush();
    expect(started).toEqual([]);
    expect(run.step()).toBe(true);
    await clock.flush();
    expect(started).toEqual(['a']);
    expect(run.step()).toBe(true);
    await clock.flush();
    expect(started).toEqual(['a', 'b']);
    run.resume();
    expect((await clock.runUntil(run.result)).status).toBe('succeeded');
    expect(started).toEqual(['a', 'b', 'c']);
  });
});

describe('cancelling', () => {
  const workflow = { nodes: [sleep('a', 100), echo('b'), echo('c')], edges: edges('a>b') };

  it('stops a run, by its method or by a signal', async () => {
    for (const how of ['method', 'signal'] as const) {
      const clock = createVirtualClock();
      const controller = new AbortController();
      const run = createRunner({ clock }).start(workflow, {}, { signal: controller.signal });
      await clock.advance(10);
      if (how === 'method') run.cancel('enough');
      else controller.abort(new Error('enough'));
      const result = await clock.runUntil(run.result);
      expect(result).toMatchObject({
        status: 'cancelled',
        error: { code: 'FC5007', message: 'The run was cancelled: enough.' },
      });
      expect(Object.values(result.nodes).map(({ status }) => status)).toEqual([
        'cancelled',
        'cancelled',
        'succeeded',
      ]);
      expect(result.metrics.wall_ms).toBe(10);
    }
  });

  it('calls no function that was cancelled between its start and its call', async () => {
    let called = false;
    const spy = defineNode({
      type: 'spy',
      run: () => {
        called = true;
      },
    });
    const clock = createVirtualClock();
    const run = createRunner({ clock, nodes: [spy] }).start({ nodes: [{ id: 'spy', type: 'spy' }] });
    run.on(({ type }) => {
      if (type === 'node.started') run.cancel();
    });
    expect((await clock.runUntil(run.result)).nodes.spy).toMatchObject({ status: 'cancelled', attempts: 1 });
    expect(called).toBe(false);
  });

  it('before it began, starts nothing', async () => {
    const { result, events } = await traceRun(workflow, { start: { signal: AbortSignal.abort('no') } });
    expect(result.status).toBe('cancelled');
    expect(events.map(({ type }) => type)).not.toContain('node.started');
  });

  it('ends a run that takes longer than the workflow allows', async () => {
    const { result } = await traceRun({ ...workflow, timeout_ms: 30 });
    expect(result).toMatchObject({
      status: 'failed',
      error: { code: 'FC5006', node: null },
      metrics: { wall_ms: 30 },
    });
    expect(result.nodes.a?.status).toBe('cancelled');
  });
});
