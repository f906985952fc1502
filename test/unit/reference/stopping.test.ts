import { describe, expect, it } from 'vitest';
import { start } from '../../helpers/reference/sketched-run.js';

describe('failure of the run', () => {
  it('settles what is decided at the same instant as the failure, and cancels the rest', () => {
    const run = start({
      nodes: { a: {}, skipped: {}, broken: {}, after: {}, ready: {} },
      edges: ['a -no-> skipped', 'a -> broken', 'broken -> after', 'a -> ready'],
      when: { 'a -> broken': '${a.missing} == 1' },
    });
    run.ok('a', 'default', { ok: true });
    expect(run.done()).toBe(true);
    expect(run.ended()).toEqual({
      a: 'succeeded',
      skipped: 'not_taken',
      broken: 'failed',
      after: 'upstream_failed: broken',
      ready: 'cancelled',
    });
  });

  it('cancels what waits in the queue or in backoff as well', () => {
    const run = start({
      max_concurrency: 2,
      nodes: { bad: {}, retried: { attempts: 2 }, busy: {}, queued: {} },
    });
    run.fail('retried');
    run.fail('bad');
    expect(run.ended()).toMatchObject({ retried: 'cancelled', busy: 'cancelled', queued: 'cancelled' });
    expect(run.result().nodes.retried).toMatchObject({ attempts: 1 });
    expect([run.running(), run.backoff()]).toEqual([[], []]);
  });

  it('cancels everything that is not settled at the first unhandled failure, and keeps what was', () => {
    const run = start({
      nodes: { done: {}, bad: {}, busy: {}, after: {} },
      edges: ['done -> after', 'busy -> after'],
    });
    run.ok('done');
    run.fail('bad');
    expect(run.done()).toBe(true);
    expect(run.ended()).toEqual({ done: 'succeeded', bad: 'failed', busy: 'cancelled', after: 'cancelled' });
    expect(run.result().nodes.busy).toMatchObject({ attempts: 1 });
    expect(run.result().nodes.after).toMatchObject({ attempts: 0 });
  });

  it('finishes under fail_safe what does not depend on the failure', () => {
    const run = start({ on_error: 'fail_safe', nodes: { bad: {}, b: {}, c: {} }, edges: ['b -> c'] });
    run.fail('bad');
    run.ok('b');
    run.ok('c');
    expect(run.ended()).toEqual({ bad: 'failed', b: 'succeeded', c: 'succeeded' });
    expect(run.result()).toMatchObject({ status: 'failed', error: { node: 'bad' } });
  });

  it('cancels all that is not settled when the run is cancelled', () => {
    const run = start({ nodes: { a: {}, b: { attempts: 2 }, c: {}, d: {} }, edges: ['c -> d'] });
    run.ok('a');
    run.fail('b');
    run.cancel();
    expect(run.ended()).toEqual({ a: 'succeeded', b: 'cancelled', c: 'cancelled', d: 'cancelled' });
    expect(run.result()).toMatchObject({ status: 'cancelled', error: { code: 'FC5007', node: null } });
  });

  it('cancels a node that has begun although it depends on the failure', () => {
    const run = start({
      nodes: { a: {}, bad: {}, leaf: {}, join: { join: { policy: 'one_success' } } },
      edges: ['a -> join', 'bad -> join', 'bad -> leaf'],
    });
    run.ok('a');
    run.fail('bad');
    expect(run.ended()).toEqual({
      a: 'succeeded',
      bad: 'failed',
      leaf: 'upstream_failed: bad',
      join: 'cancelled',
    });
  });
});
