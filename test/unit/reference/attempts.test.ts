import { describe, expect, it } from 'vitest';
import { start } from '../../helpers/reference/sketched-run.js';

describe('attempts', () => {
  it('tries again after a backoff, and counts all attempts', () => {
    const run = start({ nodes: { a: { attempts: 3 } } });
    run.fail('a');
    expect([run.running(), run.backoff(), run.backoffMs('a')]).toEqual([[], ['a'], 100]);
    run.expireBackoff('a');
    run.settle('a', { kind: 'timeout' });
    run.expireBackoff('a');
    run.ok('a');
    expect(run.result().nodes.a).toMatchObject({ status: 'succeeded', attempts: 3 });
  });

  it('ends as timed_out only if the last attempt ran into its timeout', () => {
    const run = start({ on_error: 'fail_safe', nodes: { a: { attempts: 2 }, b: { attempts: 2 } } });
    run.settle('a', { kind: 'timeout' });
    run.settle('b', { kind: 'fail' });
    run.expireBackoff('a');
    run.expireBackoff('b');
    run.settle('a', { kind: 'fail' });
    run.settle('b', { kind: 'timeout' });
    expect(run.ended()).toEqual({ a: 'failed', b: 'timed_out' });
    expect(run.result().error).toEqual({ code: 'FC5008', node: 'a' });
  });

  it('does not try again after a terminal error', () => {
    const run = start({ nodes: { a: { attempts: 3 } } });
    run.settle('a', { kind: 'fail', terminal: true });
    expect(run.result().nodes.a).toMatchObject({ status: 'failed', attempts: 1 });
  });
});
