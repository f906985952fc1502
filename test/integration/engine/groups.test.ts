import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineNode } from '../../../src/actors/node.js';
import { delayedFailure, fail, forkTo, grouped } from '../../helpers/groups.js';
import { echo, edges, sleep } from '../../helpers/sketch.js';
import { traceRun } from '../../helpers/trace.js';

describe('a group', () => {
  it('under fail_safe runs all, and the join starts with a record for each branch (P6)', async () => {
    const { result, statuses, events } = await traceRun({
      ...grouped({ on_error: 'fail_safe' }, [fail('bad'), sleep('good', 20)]),
      nodes: [
        echo('fork'),
        fail('bad'),
        sleep('good', 20),
        { id: 'join', type: 'merge', params: {} },
        echo(
          'seen',
          { bad: '${bad.error.code}', good: '${good}', joined: '${join}' },
          { depends_on: ['join'] },
        ),
      ],
    });
    expect(statuses).toEqual({
      fork: 'succeeded',
      bad: 'failed',
      good: 'succeeded',
      join: 'succeeded',
      seen: 'succeeded',
    });
    expect(result.nodes.bad?.handled_by).toEqual({ kind: 'group', group: 'g' });
    expect(result.nodes.seen?.output).toEqual({ bad: 'FC6001', good: 'good', joined: { good: 'good' } });
    expect(result).toMatchObject({ status: 'succeeded', error: null });
    expect(events.filter(({ type }) => type === 'group.joined')).toMatchObject([{ group: 'g', failed: 1 }]);
  });

  it('under fail_safe skips what depends on the failure inside of the branch, and passes on outside', async () => {
    const { result, statuses } = await traceRun({
      nodes: [echo('fork'), fail('a'), echo('after_a'), echo('b'), echo('join', '${after_a}')],
      edges: [...forkTo('fork', 'g', 'a', 'b'), ...edges('a>after_a', 'after_a>join', 'b>join')],
      parallel_groups: { g: { on_error: 'fail_safe' } },
    });
    expect(statuses).toEqual({
      fork: 'succeeded',
      a: 'failed',
      after_a: 'skipped',
      b: 'succeeded',
      join: 'succeeded',
    });
    expect(result.nodes.join?.output).toBeNull();
    expect(result.status).toBe('succeeded');
  });

  it('under fail_fast cancels its branches alone: running ones get their signal, results are kept (P5, P1)', async () => {
    const signals: string[] = [];
    const listens = defineNode({
      type: 'listens',
      params: z.strictObject({}),
      run: (_params, ctx) =>
        new Promise((_resolve, reject) => {
          ctx.signal.addEventListener('abort', () => {
            signals.push(ctx.node);
            reject(ctx.signal.reason);
          });
        }),
    });
    const { result, statuses, events } = await traceRun(
      grouped(
        { on_error: 'fail_fast' },
        [delayedFailure('bad', 20), { id: 'running', type: 'listens' } as { id: string }, sleep('done', 5)],
        {
          nodes: [echo('after_running'), echo('after_bad'), sleep('outside', 50), echo('after_outside')],
          edges: [...edges('running>after_running', 'bad>after_bad', 'outside>after_outside')],
        },
      ),
      { nodes: [listens] },
    );
    expect(signals).toEqual(['running']);
    expect(statuses).toEqual({
      fork: 'succeeded',
      bad: 'failed',
      running: 'cancelled',
      done: 'succeeded',
      join: 'skipped',
      after_running: 'cancelled',
      after_bad: 'skipped',
      outside: 'succeeded',
      after_outside: 'succeeded',
    });
    const reason = { kind: 'group_failed', node: 'bad', group: 'g' };
    expect(result.nodes.running).toMatchObject({ reason, ended_at: 20 });
    expect(result.nodes.after_running).toMatchObject({ reason });
    expect(result.nodes.join?.reason).toEqual({ kind: 'upstream_failed', node: 'bad' });
    expect(result.nodes.done?.output).toBe('done');
    expect(result).toMatchObject({ status: 'failed', error: { node: 'bad' } });
    expect(events.filter(({ type }) => type.startsWith('group.'))).toMatchObject([
      { type: 'group.failed', group: 'g', failed: 1 },
    ]);
  });

  it.each([
    [{ count: 1 }, 1],
    [{ percent: 50 }, 2],
    [{ count: 3, percent: 25 }, 1],
  ])('tolerates %j of four failing branches', async (tolerate, allowed) => {
    const members = ['a', 'b', 'c', 'd'].map((id, i) => delayedFailure(id, 10 * (i + 1)));
    const { result } = await traceRun(grouped({ on_error: 'fail_fast', tolerate }, members));
    const handled = members.filter(({ id }) => result.nodes[id]?.handled_by !== null);
    expect(handled).toHaveLength(allowed);
    expect(members.map(({ id }) => result.nodes[id]?.status)).toEqual(
      members.map((_, i) => (i <= allowed ? 'failed' : 'cancelled')),
    );
    expect(result).toMatchObject({ status: 'failed', error: { node: members[allowed]?.id } });
  });

  it('counts a branch once, however many of its nodes fail', async () => {
    const { result } = await traceRun({
      nodes: [echo('fork'), echo('a'), fail('a1'), fail('a2'), echo('b'), echo('join')],
      edges: [...forkTo('fork', 'g', 'a', 'b'), ...edges('a>a1', 'a>a2', 'a1>join', 'a2>join', 'b>join')],
      parallel_groups: { g: { tolerate: { count: 1 } } },
    });
    expect(result.status).toBe('succeeded');
    expect(result.nodes.join?.status).toBe('succeeded');
  });

  it('continue makes failures in it count as done, inside of its branches as well', async () => {
    const { result, statuses } = await traceRun({
      nodes: [echo('fork'), fail('a'), echo('after_a', '${a.status}'), echo('b'), echo('join')],
      edges: [...forkTo('fork', 'g', 'a', 'b'), ...edges('a>after_a', 'after_a>join', 'b>join')],
      parallel_groups: { g: { on_error: 'continue' } },
    });
    expect(statuses).toMatchObject({ a: 'failed', after_a: 'succeeded', join: 'succeeded' });
    expect(result.nodes.after_a?.output).toBe('failed');
  });

  it('counts joins that fail at one instant one after another', async () => {
    const { result, statuses } = await traceRun({
      nodes: [
        fail('bad'),
        echo('fork', 1, { when: '${bad.ok} == true' }),
        echo('a', 1, { join: { policy: 'one_success' } }),
        echo('b', 1, { join: { policy: 'one_success' } }),
        sleep('beside', 50),
      ],
      edges: [...forkTo('fork', 'g', 'a', 'b')],
      parallel_groups: { g: { tolerate: { count: 1 } } },
    });
    expect(statuses).toMatchObject({ a: 'failed', b: 'failed', beside: 'cancelled' });
    expect([result.nodes.a?.handled_by, result.nodes.b?.handled_by]).toEqual([
      { kind: 'group', group: 'g' },
      null,
    ]);
    expect(result).toMatchObject({ status: 'failed', error: { node: 'b' } });
  });

  it('decides nothing in it any more once it fails, be it by a join', async () => {
    const { result, statuses } = await traceRun({
      on_error: 'fail_safe',
      nodes: [
        fail('n0'),
        echo('n1', 1, { join: { policy: 'one_success' } }),
        echo('n2', 1, { join: { policy: 'quorum', count: 1 } }),
        echo('n3'),
      ],
      edges: [...forkTo('n0', 'g', 'n1'), ...edges('n1>n2', 'n1>n3')],
      parallel_groups: { g: { on_error: 'fail_fast' } },
    });
    expect(statuses).toEqual({ n0: 'failed', n1: 'failed', n2: 'skipped', n3: 'skipped' });
    expect(result.nodes.n2?.reason).toEqual({ kind: 'upstream_failed', node: 'n1' });
  });

  it('is overruled by a node’s own on_error', async () => {
    const critical = await traceRun(
      grouped({ on_error: 'fail_safe' }, [fail('bad', { on_error: 'fail_fast' }), sleep('other', 20)]),
    );
    expect(critical.statuses).toMatchObject({ bad: 'failed', other: 'cancelled', join: 'skipped' });
    const harmless = await traceRun(
      grouped({ on_error: 'fail_fast' }, [fail('bad', { on_error: 'fail_safe' }), sleep('other', 20)]),
    );
    expect(harmless.statuses).toMatchObject({ bad: 'failed', other: 'succeeded', join: 'skipped' });
  });

  it('governs a loop in one of its branches', async () => {
    const workflow = (options: object) => ({
      on_error: 'fail_safe',
      nodes: [
        echo('fork'),
        echo('header'),
        { id: 'body', type: 'function', params: { name: 'second' } },
        sleep('other', 40),
        echo('join'),
      ],
      edges: [
        ...forkTo('fork', 'g', 'header', 'other'),
        ...edges('header>body', 'body>join', 'other>join'),
        { from: 'body', to: 'header', action: 'again', max_iterations: 3 },
      ],
      parallel_groups: { g: options },
    });
    const second = async (ctx: { sleep(ms: number): Promise<void> }, count: number) => {
      await ctx.sleep(10);
      if (count === 2) throw new Error('second time');
      const { route } = await import('../../../src/actors/route.js');
      return route('again');
    };
    const functions = () => {
      let count = 0;
      return { second: (_: unknown, ctx: { sleep(ms: number): Promise<void> }) => second(ctx, ++count) };
    };
    const safe = await traceRun(workflow({ on_error: 'fail_safe' }), { functions: functions() });
    expect(safe.statuses).toMatchObject({ body: 'failed', other: 'succeeded', join: 'succeeded' });
    expect(safe.result.nodes.body).toMatchObject({ iteration: 2, handled_by: { kind: 'group', group: 'g' } });
    const fast = await traceRun(workflow({ on_error: 'fail_fast' }), { functions: functions() });
    expect(fast.statuses).toMatchObject({ body: 'failed', other: 'cancelled', join: 'skipped' });

    const loopCancelled = await traceRun(
      {
        ...workflow({ on_error: 'fail_fast' }),
        nodes: [echo('fork'), echo('header'), sleep('body', 500), delayedFailure('other', 5), echo('join')],
      },
      { functions: functions() },
    );
    expect(loopCancelled.result.nodes.body).toMatchObject({
      status: 'cancelled',
      reason: { kind: 'group_failed', node: 'other', group: 'g' },
    });
  });
});
