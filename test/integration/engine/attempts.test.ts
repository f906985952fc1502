import { describe, expect, it } from 'vitest';
import { defineNode, type NodeContext } from '../../../src/actors/node.js';
import { route } from '../../../src/actors/route.js';
import { TerminalError } from '../../../src/ir/errors.js';
import { sleep } from '../../helpers/sketch.js';
import { traceRun } from '../../helpers/trace.js';

describe('attempts', () => {
  it('wait in backoff, longer each time, while siblings are left alone (P8)', async () => {
    const { result, events } = await traceRun({
      nodes: [
        {
          id: 'flaky',
          type: 'fail',
          params: { times: 3, value: 'ok' },
          retry: { max_attempts: 4, initial_ms: 10, backoff: 3, max_delay_ms: 50 },
        },
        sleep('sibling', 5),
      ],
    });
    const waits = events.flatMap((event) => (event.type === 'node.backoff' ? [event.delay_ms] : []));
    expect(waits).toEqual([10, 30, 50]);
    expect(result.nodes.flaky).toMatchObject({
      status: 'succeeded',
      attempts: 4,
      output: 'ok',
      ended_at: 90,
    });
    expect(result.nodes.sibling).toMatchObject({ attempts: 1, ended_at: 5 });
  });

  it('spread their waits by jitter that is the same in every replay', async () => {
    const source = {
      nodes: [
        {
          id: 'flaky',
          type: 'fail',
          params: { times: 3 },
          retry: { max_attempts: 4, initial_ms: 1000, jitter: 'full' },
        },
      ],
    };
    const waits = async (seed: number) => {
      const { events } = await traceRun(source, { random: () => seed });
      return events.flatMap((event) => (event.type === 'node.backoff' ? [event.delay_ms] : []));
    };
    const first = await waits(0.25);
    expect(first).toEqual(await waits(0.25));
    expect(first).not.toEqual(await waits(0.75));
    for (const [index, wait] of first.entries()) expect(wait).toBeLessThan(1000 * 2 ** index);
    expect(new Set(first).size).toBe(3);
  });

  it('stop at a TerminalError, whatever the policy', async () => {
    const hopeless = defineNode({
      type: 'hopeless',
      run: () => {
        throw new TerminalError('no such account');
      },
    });
    const { result } = await traceRun(
      { nodes: [{ id: 'call', type: 'hopeless', retry: { max_attempts: 5 } }] },
      { nodes: [hopeless] },
    );
    expect(result.nodes.call).toMatchObject({
      status: 'failed',
      attempts: 1,
      error: { code: 'FC5008', message: 'no such account' },
    });
  });

  it('end at their timeout, their signal aborted, and the node is timed_out after the last', async () => {
    const { result, events } = await traceRun({
      nodes: [
        sleep('slow', 1000, { timeout: { attempt_ms: 20 }, retry: { max_attempts: 2, initial_ms: 5 } }),
      ],
    });
    expect(result.nodes.slow).toMatchObject({
      status: 'timed_out',
      attempts: 2,
      ended_at: 45,
      error: { code: 'FC5005' },
    });
    expect(events.filter(({ type }) => type === 'node.attempt_failed')).toHaveLength(2);
  });

  it('get the same idempotency key, another in each run and each iteration (P10)', async () => {
    const keys: string[] = [];
    const spy = defineNode({
      type: 'spy',
      run: (_params, { idempotencyKey, attempt }) => {
        keys.push(idempotencyKey);
        if (attempt === 1) throw new Error('again');
        return route('more');
      },
    });
    await traceRun(
      {
        nodes: [{ id: 'a/b', type: 'spy', retry: { max_attempts: 2, initial_ms: 1 } }],
        edges: [{ from: 'a/b', to: 'a/b', action: 'more', max_iterations: 2 }],
      },
      { nodes: [spy] },
    );
    expect(keys).toEqual(['run/a%2Fb#1', 'run/a%2Fb#1', 'run/a%2Fb#2', 'run/a%2Fb#2']);
  });
});

describe('what a function says in numbers', () => {
  const said = (run: (ctx: NodeContext) => unknown) =>
    traceRun(
      { nodes: [{ id: 'n', type: 'own', retry: { max_attempts: 3 } }] },
      { nodes: [defineNode({ type: 'own', run: (_, ctx) => run(ctx) })] },
    );

  it.each([
    ['`done` of `ctx.progress`', (ctx: NodeContext) => ctx.progress(Number.NaN)],
    ['`done` of `ctx.progress`', (ctx: NodeContext) => ctx.progress('1' as never)],
    ['`total` of `ctx.progress`', (ctx: NodeContext) => ctx.progress(1, Number.POSITIVE_INFINITY)],
    ['`ms` of `ctx.sleep`', (ctx: NodeContext) => ctx.sleep(Number.NaN)],
    ['`ms` of `ctx.sleep`', (ctx: NodeContext) => ctx.sleep('10' as never)],
  ])('is refused where it is no number: %s', async (what, run) => {
    const { result, events } = await said(run);
    expect(result.nodes.n).toMatchObject({ status: 'failed', attempts: 1, error: { code: 'FC9002' } });
    expect(result.error?.message).toContain(what);
    expect(events.map(({ type }) => type)).not.toContain('node.progress');
  });

  it('counts less than no time as none', async () => {
    const { result } = await said((ctx) => ctx.sleep(-1));
    expect(result).toMatchObject({ status: 'succeeded', metrics: { wall_ms: 0 } });
  });
});
