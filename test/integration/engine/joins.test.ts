import { describe, expect, it } from 'vitest';
import { echo, edges, sleep } from '../../helpers/sketch.js';
import { traceRun } from '../../helpers/trace.js';

const fails = (id: string, after = 0, more: object = {}) => ({
  id,
  type: 'fail',
  params: { times: 9, message: `${id} fails` },
  // A failing attempt takes no time of its own.
  ...(after === 0 ? {} : { retry: { max_attempts: 2, initial_ms: after } }),
  ...more,
});

/** `a`, `b` and `c` lead to `join`. */
const threeInto = (a: object, b: object, c: object, join: object) => ({
  nodes: [a, b, c, echo('join', 'joined', join)],
  edges: edges('a>join', 'b>join', 'c>join'),
});

describe('a join', () => {
  it('all_done starts once everything has ended, however it ended, and the failures are handled', async () => {
    const { result, statuses } = await traceRun({
      ...threeInto(sleep('a', 30), fails('b'), echo('c', null, { when: 'false' }), {
        join: { policy: 'all_done' },
        params: { value: { a: '${a}', b: '${b.status}', why: '${b.error.message}', c: '${c}' } },
      }),
    });
    expect(statuses).toEqual({ a: 'succeeded', b: 'failed', c: 'skipped', join: 'succeeded' });
    expect(result.status).toBe('succeeded');
    expect(result.nodes.b).toMatchObject({ handled_by: { kind: 'join' }, action: null });
    expect(result.nodes.join).toMatchObject({
      started_at: 30,
      output: { a: 'a', b: 'failed', why: 'b fails', c: null },
    });
  });

  it('all_done is skipped where nothing led to it', async () => {
    const { statuses } = await traceRun({
      nodes: [echo('a', 1, { when: 'false' }), echo('join', 1, { join: { policy: 'all_done' } })],
      edges: edges('a>join'),
    });
    expect(statuses).toEqual({ a: 'skipped', join: 'skipped' });
  });

  it('none_failed starts where all was skipped, and not where something failed', async () => {
    const join = { join: { policy: 'none_failed' } };
    const skipped = echo('a', 1, { when: 'false' });
    const fine = await traceRun({ nodes: [skipped, echo('join', 1, join)], edges: edges('a>join') });
    expect(fine.statuses.join).toBe('succeeded');
    const failed = await traceRun({
      on_error: 'fail_safe',
      nodes: [skipped, fails('b'), echo('join', 1, join)],
      edges: edges('a>join', 'b>join'),
    });
    expect(failed.result.nodes.join).toMatchObject({
      status: 'skipped',
      reason: { kind: 'upstream_failed', node: 'b' },
    });
  });

  it('one_success starts with the first success, and lets the rest end', async () => {
    const { result } = await traceRun(
      threeInto(sleep('a', 30), sleep('b', 10), fails('c'), { join: { policy: 'one_success' } }),
    );
    expect(result.nodes.join?.started_at).toBe(10);
    expect(result.nodes.a).toMatchObject({ status: 'succeeded', ended_at: 30 });
    expect(result.nodes.c?.handled_by).toEqual({ kind: 'join' });
    expect(result).toMatchObject({ status: 'succeeded', error: null });
  });

  it('cancel_rest cancels what runs, waits or backs off for nothing but this join, and nothing else', async () => {
    const { result, statuses } = await traceRun({
      nodes: [
        sleep('quick', 10),
        sleep('slow', 100),
        echo('after_slow'),
        fails('retried', 50),
        sleep('shared', 40),
        echo('join', 1, { join: { policy: 'one_success', cancel_rest: true } }),
        echo('other'),
      ],
      edges: edges(
        'quick>join',
        'slow>after_slow',
        'after_slow>join',
        'retried>join',
        'shared>join',
        'shared>other',
      ),
    });
    expect(statuses).toEqual({
      quick: 'succeeded',
      slow: 'cancelled',
      after_slow: 'cancelled',
      retried: 'cancelled',
      shared: 'succeeded',
      join: 'succeeded',
      other: 'succeeded',
    });
    const reason = { kind: 'join_satisfied', node: 'join' };
    expect(result.nodes.slow).toMatchObject({ reason, ended_at: 10, attempts: 1 });
    expect(result.nodes.after_slow).toMatchObject({ reason, attempts: 0 });
    expect(result.status).toBe('succeeded');
  });

  it('quorum starts with so many, fails at once when there can never be so many, and says why', async () => {
    const quorum = { join: { policy: 'quorum', count: 2 } };
    const met = await traceRun(threeInto(sleep('a', 20), fails('b'), sleep('c', 10), quorum));
    expect(met.result.nodes.join).toMatchObject({ status: 'succeeded', started_at: 20 });
    expect(met.result.status).toBe('succeeded');

    const missed = await traceRun(threeInto(sleep('a', 500), fails('b', 10), fails('c', 20), quorum));
    expect(missed.result.nodes.join).toMatchObject({
      status: 'failed',
      attempts: 0,
      ended_at: 20,
      error: { code: 'FC5013', node: 'join', path: '/nodes/3/join' },
    });
    expect(missed.result.nodes.join?.error?.message).toContain('waits for 2 of 3 edges');
    expect(missed.result.error?.code).toBe('FC5013');
    expect(missed.statuses.a).toBe('cancelled');
  });

  it('never waits for ever, and ends the same way in any order, where edges are dead', async () => {
    const quorum = { join: { policy: 'quorum', count: 2 } };
    const dead = (id: string, after: number) => [
      sleep(`${id}_before`, after),
      echo(id, 1, { when: 'false', depends_on: [`${id}_before`] }),
    ];
    for (const [first, second, third] of [
      [1, 2, 3],
      [3, 1, 2],
      [2, 3, 1],
    ] as const) {
      const { result } = await traceRun({
        on_error: 'fail_safe',
        nodes: [...dead('a', first), ...dead('b', second), sleep('c', third), echo('join', 1, quorum)],
        edges: edges('a>join', 'b>join', 'c>join'),
      });
      expect(result.nodes.join).toMatchObject({ status: 'failed', error: { code: 'FC5013' } });
    }
    const none = await traceRun({
      nodes: [...dead('a', 1), ...dead('b', 2), echo('join', 1, quorum)],
      edges: edges('a>join', 'b>join'),
    });
    expect(none.result.nodes.join).toMatchObject({ status: 'skipped', reason: { kind: 'not_taken' } });
  });

  it('handles a failure further up, where every way from it leads to such a join', async () => {
    const nodes = [
      fails('a'),
      echo('after_a'),
      echo('b'),
      echo('join', '${after_a}', { join: { policy: 'all_done' } }),
    ];
    const all = edges('a>after_a', 'after_a>join', 'b>join');
    const handled = await traceRun({ nodes, edges: all });
    expect(handled.statuses).toEqual({ a: 'failed', after_a: 'skipped', b: 'succeeded', join: 'succeeded' });
    expect(handled.result.status).toBe('succeeded');
    const elsewhere = await traceRun({
      nodes: [...nodes, echo('elsewhere')],
      edges: [...all, ...edges('after_a>elsewhere')],
    });
    expect(elsewhere.result).toMatchObject({ status: 'failed', error: { node: 'a' } });
    const strict = await traceRun({
      nodes: [fails('a', 0, { on_error: 'fail_fast' }), ...nodes.slice(1)],
      edges: all,
    });
    expect(strict.result).toMatchObject({ status: 'failed', error: { node: 'a' } });
  });

  it('of a loop’s header is asked once all edges into the loop are decided', async () => {
    const { result, statuses } = await traceRun({
      nodes: [
        sleep('a', 20),
        fails('b'),
        echo('header', '${b.status}', { join: { policy: 'one_success' } }),
        echo('tail'),
      ],
      edges: [
        ...edges('a>header', 'b>header', 'header>tail'),
        { from: 'tail', to: 'header', max_iterations: 2 },
      ],
    });
    expect(statuses).toMatchObject({ header: 'succeeded', tail: 'succeeded' });
    expect(result.nodes.header).toMatchObject({ iteration: 2, output: 'failed' });
    expect(result.nodes.header?.earlier?.[0]?.started_at).toBe(20);
    expect(result.status).toBe('succeeded');
  });
});
