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

describe('what is tried again', () => {
  it.each([
    [{ retryOn: ['E_BUSY'] }, 'E_BUSY', true],
    [{ retryOn: ['E_BUSY'] }, 'E_GONE', false],
    [{ retryOn: ['E_BUSY', 'Error'] }, 'E_GONE', true],
    [{ retryOn: [] }, 'E_BUSY', false],
    [{ notOn: ['E_GONE'] }, 'E_GONE', false],
    [{ notOn: ['E_GONE'] }, 'E_BUSY', true],
    [{ retryOn: ['*'], notOn: ['FC5008'] }, 'E_BUSY', false],
  ])('with %o after %s: %s', (retry, code, isTriedAgain) => {
    const run = start({ nodes: { a: { attempts: 2, retry } } });
    run.fail('a', code);
    expect(run.backoff()).toEqual(isTriedAgain ? ['a'] : []);
  });

  it('knows a timeout by its name', () => {
    const run = start({ nodes: { a: { attempts: 2, retry: { retryOn: ['timeout'] } } } });
    run.settle('a', { kind: 'timeout' });
    expect(run.backoff()).toEqual(['a']);
    run.expireBackoff('a');
    run.fail('a');
    expect(run.ended()).toEqual({ a: 'failed' });
  });

  it('begins no attempt later than max_elapsed_ms after the first', () => {
    const attempts = (tookMs: number): readonly string[] => {
      const run = start({ nodes: { a: { attempts: 2, retry: { maxElapsedMs: 500 } } } });
      run.clock.now = tookMs;
      run.fail('a');
      return run.backoff();
    };
    expect([attempts(400), attempts(401)]).toEqual([['a'], []]);
  });
});

describe('the time for all attempts', () => {
  it.each(['running', 'backoff', 'queued'])('ends the node while it is %s', (phase) => {
    const run = start({ max_concurrency: 1, nodes: { a: { attempts: 3 }, b: {} } });
    if (phase !== 'running') run.fail('a');
    if (phase === 'queued') run.expireBackoff('a');
    expect(run.begun()).toContain('a');
    run.expireTotal('a');
    expect(run.ended()).toEqual({ a: 'timed_out', b: 'cancelled' });
    expect(run.result().nodes.a).toMatchObject({ attempts: 1, errorCode: 'FC5005' });
  });

  it('is a failure like any other', () => {
    const run = start({ nodes: { a: { attempts: 3, catch: ['timeout -> b'] }, b: {} } });
    run.expireTotal('a');
    expect(run.running()).toEqual(['b']);
  });

  it('begins with the first attempt', () => {
    const run = start({ max_concurrency: 1, nodes: { a: {}, b: {} } });
    expect(run.begun()).toEqual(['a']);
  });
});
