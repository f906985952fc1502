import { describe, expect, it } from 'vitest';
import { start } from '../../helpers/reference/sketched-run.js';

describe('catch', () => {
  it('takes the edge of the first rule that matches, and no other edge', () => {
    const run = start({
      nodes: {
        a: { catch: ['E_GONE -> gone', 'E_BUSY -> busy', '* -> any'] },
        gone: {},
        busy: {},
        any: {},
        next: {},
        error: {},
        dependent: { depends_on: ['a'] },
      },
      edges: ['a -> next', 'a -error-> error'],
    });
    run.fail('a', 'E_BUSY');
    expect(run.running()).toEqual(['busy']);
    run.ok('busy');
    const rest = { gone: 'not_taken', any: 'not_taken', next: 'not_taken', error: 'not_taken' };
    expect(run.ended()).toMatchObject({ ...rest, dependent: 'not_taken' });
    expect(run.result()).toMatchObject({
      status: 'succeeded',
      nodes: { a: { status: 'failed', action: 'error', errorCode: 'FC5008', handledBy: { kind: 'catch' } } },
    });
  });

  it('matches codes of failures and of what was thrown, names of what was thrown, and timeouts', () => {
    const handlerOf = (match: string, end: 'fail' | 'terminal' | 'timeout') => {
      const run = start({ on_error: 'fail_safe', nodes: { a: { catch: [`${match} -> b`] }, b: {} } });
      if (end === 'timeout') run.settle('a', { kind: 'timeout' });
      else run.settle('a', { kind: 'fail', terminal: end === 'terminal', code: 'E_BUSY' });
      return run.running().length > 0;
    };
    const matched = ['*', 'FC5008', 'E_BUSY', 'Error', 'TerminalError', 'timeout', 'FC5005'];
    expect(matched.filter((match) => handlerOf(match, 'fail'))).toEqual(['*', 'FC5008', 'E_BUSY', 'Error']);
    expect(matched.filter((match) => handlerOf(match, 'terminal'))).toEqual([
      '*',
      'FC5008',
      'E_BUSY',
      'TerminalError',
    ]);
    expect(matched.filter((match) => handlerOf(match, 'timeout'))).toEqual(['*', 'timeout', 'FC5005']);
  });

  it('leaves its edges dead when the node succeeds or is skipped, also because of a failure', () => {
    const nodes = { a: {}, b: { catch: ['* -> c'] }, c: {} };
    const succeeded = start({ nodes, edges: ['a -> b'] });
    succeeded.ok('a');
    succeeded.ok('b');
    expect(succeeded.ended()).toMatchObject({ c: 'not_taken' });
    const skipped = start({ on_error: 'fail_safe', nodes, edges: ['a -> b'] });
    skipped.fail('a');
    expect(skipped.ended()).toMatchObject({ b: 'upstream_failed: a', c: 'not_taken' });
  });

  it('is not for failures of the join', () => {
    const run = start({
      on_error: 'fail_safe',
      nodes: { a: {}, b: { when: '${a.missing}', catch: ['* -> c'] }, c: {} },
      edges: ['a -> b'],
    });
    run.ok('a', 'default', {});
    expect(run.result().nodes.b).toMatchObject({ errorCode: 'FC5003', handledBy: null });
    expect(run.ended()).toMatchObject({ c: 'not_taken' });
  });
});

describe('fallback', () => {
  it('makes the node succeed with it once all attempts have failed, and keeps the error', () => {
    const run = start({
      nodes: { a: { attempts: 2, fallback: 'instead' }, b: { when: '${a} == "instead"' } },
      edges: ['a -> b'],
    });
    run.fail('a');
    expect(run.backoff()).toEqual(['a']);
    run.expireBackoff('a');
    run.fail('a');
    expect(run.running()).toEqual(['b']);
    run.ok('b');
    expect(run.result()).toMatchObject({ status: 'succeeded', error: null });
    expect(run.result().nodes.a).toMatchObject({
      status: 'succeeded',
      attempts: 2,
      output: 'instead',
      action: 'default',
      errorCode: 'FC5008',
      handledBy: { kind: 'fallback' },
    });
  });

  it('comes after catch and before continue and error edges', () => {
    const nodes = {
      a: { fallback: 'x', catch: ['E_BUSY -> b'], on_error: 'continue' },
      b: {},
      c: {},
    } as const;
    const edges = ['a -error-> c'];
    const caught = start({ nodes, edges });
    caught.fail('a', 'E_BUSY');
    expect(caught.running()).toEqual(['b']);
    const fallen = start({ nodes, edges });
    fallen.fail('a');
    expect(fallen.result().nodes.a?.handledBy).toEqual({ kind: 'fallback' });
  });
});

describe('on_error and error edges', () => {
  it('says on the record what handled a failure', () => {
    const run = start({
      on_error: 'fail_safe',
      nodes: { a: { on_error: 'continue' }, b: {}, c: {}, rescue: {} },
      edges: ['b -error-> rescue'],
    });
    for (const id of ['a', 'b', 'c']) run.fail(id);
    run.ok('rescue');
    const { nodes } = run.result();
    expect(nodes.a).toMatchObject({ handledBy: { kind: 'continue' }, action: 'default' });
    expect(nodes.b).toMatchObject({ handledBy: { kind: 'error_edge' }, action: 'error' });
    expect(nodes.c).toMatchObject({ handledBy: null, action: null });
    expect(run.result()).toMatchObject({ status: 'failed', error: { node: 'c' } });
  });
});

describe('joins that handle failures', () => {
  it('handles what every way forward leads to a tolerant join from', () => {
    const run = start({
      nodes: { a: {}, between: {}, ok: {}, join: { join: { policy: 'all_done' } } },
      edges: ['a -> between', 'a -> join', 'between -> join', 'ok -> join'],
    });
    run.fail('a');
    expect(run.running()).toEqual(['ok']);
    run.ok('ok');
    expect(run.running()).toEqual(['join']);
    run.ok('join');
    expect(run.ended()).toMatchObject({ between: 'upstream_failed: a' });
    expect(run.result()).toMatchObject({
      status: 'succeeded',
      nodes: { a: { action: null, handledBy: { kind: 'join' } } },
    });
  });

  it.each([
    ['a way leads elsewhere', {}, ['a -> other']],
    ['the node says fail_fast', { on_error: 'fail_fast' as const }, []],
  ])('does not where %s', (_, a, more) => {
    const run = start({
      nodes: { a, other: {}, busy: {}, join: { join: { policy: 'all_done' } } },
      edges: ['a -> join', ...more],
    });
    run.fail('a');
    expect(run.ended()).toMatchObject({ join: 'upstream_failed: a', busy: 'cancelled' });
    expect(run.result()).toMatchObject({ status: 'failed', nodes: { a: { handledBy: null } } });
  });

  it('does not where nothing follows, nor for a policy that asks for success', () => {
    const run = start({
      on_error: 'fail_safe',
      nodes: { end: {}, a: {}, join: { join: { policy: 'none_failed' } } },
      edges: ['a -> join'],
    });
    run.fail('end');
    run.fail('a');
    expect(run.result()).toMatchObject({ status: 'failed', nodes: { a: { handledBy: null } } });
  });

  it('looks for the join inside of the loop first, and then behind the loop as a whole', () => {
    const inside = start({
      nodes: { h: {}, s: { join: { policy: 'all_done' } } },
      edges: ['h -> s', 's -again*2-> h'],
    });
    inside.fail('h');
    inside.ok('s', 'again');
    expect(inside.running()).toEqual(['h']);
    inside.ok('h');
    inside.ok('s');
    expect(inside.result()).toMatchObject({ status: 'succeeded', nodes: { s: { iteration: 2 } } });
    const behind = start({
      nodes: { h: {}, s: {}, join: { join: { policy: 'all_done' } } },
      edges: ['h -> s', 'h -again*2-> h', 's -error*2-> h', 's -> join'],
    });
    behind.ok('h', 'again');
    expect(behind.running()).toEqual(['h']);
    behind.fail('h');
    expect(behind.running()).toEqual(['join']);
    behind.ok('join');
    expect(behind.result()).toMatchObject({
      status: 'succeeded',
      nodes: { h: { handledBy: { kind: 'join' }, iteration: 2 } },
    });
  });

  it('does not look inside of a loop that cannot be entered because of the failure', () => {
    const run = start({
      nodes: { feed: {}, h: {}, s: {}, join: { join: { policy: 'all_done' } } },
      edges: ['feed -> s', 'h -> s', 's -> join', 'join -again*2-> h'],
      when: { 'feed -> s': '${feed.missing} == 1' },
    });
    run.ok('feed', 'default', {});
    expect(run.ended()).toMatchObject({ h: 'upstream_failed: s', s: 'failed', join: 'upstream_failed: s' });
    expect(run.result()).toMatchObject({ status: 'failed', error: { code: 'FC5003', node: 's' } });
  });

  it('ends a loop whose failure is handled only behind it', () => {
    const run = start({
      nodes: { h: {}, bad: {}, s: {}, join: { join: { policy: 'all_done' } } },
      edges: ['h -> bad', 'h -> s', 's -again*3-> h', 'bad -again*3-> h', 's -> join', 'bad -> join'],
    });
    run.ok('h');
    run.ok('s', 'again');
    run.fail('bad');
    expect(run.running()).toEqual(['join']);
  });
});

describe('what an unhandled failure does', () => {
  it("is said by the node's own on_error, else by the workflow's", () => {
    const fast = start({ on_error: 'fail_safe', nodes: { a: { on_error: 'fail_fast' }, b: {} } });
    fast.fail('a');
    expect(fast.ended()).toEqual({ a: 'failed', b: 'cancelled' });
    const safe = start({ on_error: 'fail_fast', nodes: { a: { on_error: 'fail_safe' }, b: {} } });
    safe.fail('a');
    expect(safe.running()).toEqual(['b']);
    safe.ok('b');
    expect(safe.result()).toMatchObject({ status: 'failed', error: { node: 'a' } });
  });

  it('has the first unhandled failure as its error, also where a later one stops the run', () => {
    const run = start({ on_error: 'fail_fast', nodes: { a: { on_error: 'fail_safe' }, b: {}, c: {} } });
    run.fail('a');
    run.fail('b');
    expect(run.ended()).toEqual({ a: 'failed', b: 'failed', c: 'cancelled' });
    expect(run.result().error).toEqual({ code: 'FC5008', node: 'a' });
  });
});
