import { describe, expect, it } from 'vitest';
import { start } from '../../helpers/reference/sketched-run.js';

describe('nodes and edges', () => {
  it('starts all roots at once, and a join when the last of its edges is decided', () => {
    const run = start({ nodes: { a: {}, b: {}, c: {} }, edges: ['a -> c', 'b -> c'] });
    expect(run.running()).toEqual(['a', 'b']);
    run.ok('b');
    expect(run.running()).toEqual(['a']);
    run.ok('a');
    expect(run.running()).toEqual(['c']);
    run.ok('c');
    expect(run.result()).toMatchObject({ status: 'succeeded', error: null });
    expect(run.result().nodes.c).toEqual({
      status: 'succeeded',
      attempts: 1,
      output: 'c',
      errorCode: null,
      action: 'default',
      reason: null,
      handledBy: null,
      compensation: null,
      iteration: null,
      earlier: [],
    });
  });

  it('takes every edge of the action, so that a second default edge does not overwrite the first', () => {
    const run = start({ nodes: { a: {}, b: {}, c: {} }, edges: ['a -> b', 'a -> c'] });
    run.ok('a');
    expect(run.running()).toEqual(['b', 'c']);
  });

  it('skips what only dead edges lead to, and a join goes on without it', () => {
    const run = start({
      nodes: { a: {}, no: {}, after: {}, yes: {}, join: {} },
      edges: ['a -no-> no', 'no -> after', 'a -yes-> yes', 'after -> join', 'yes -> join'],
    });
    run.ok('a', 'yes');
    run.ok('yes');
    expect(run.running()).toEqual(['join']);
    run.ok('join');
    expect(run.ended()).toEqual({
      a: 'succeeded',
      no: 'not_taken',
      after: 'not_taken',
      yes: 'succeeded',
      join: 'succeeded',
    });
  });

  it('takes a dependency whatever the action', () => {
    const run = start({ nodes: { a: {}, b: { depends_on: ['a'] } } });
    run.ok('a', 'anything');
    expect(run.running()).toEqual(['b']);
  });

  it('counts a failure under continue as a success with the action default', () => {
    const run = start({
      nodes: { a: { on_error: 'continue' }, b: {}, other: {}, dep: { depends_on: ['a'] } },
      edges: ['a -> b', 'a -error-> other'],
    });
    run.fail('a');
    expect(run.running()).toEqual(['b', 'dep']);
    run.ok('b');
    run.ok('dep');
    expect(run.ended()).toMatchObject({ a: 'failed', other: 'not_taken' });
    expect(run.result()).toMatchObject({ status: 'succeeded', error: null });
    expect(run.result().nodes.a).toMatchObject({ errorCode: 'FC5008', action: 'default', output: null });
  });

  it('takes nothing but the error edges of a failed node that has one, and the failure is handled', () => {
    const run = start({
      nodes: { a: {}, b: {}, rescue: {}, dep: { depends_on: ['a'] } },
      edges: ['a -> b', 'a -error-> rescue'],
    });
    run.fail('a');
    expect(run.running()).toEqual(['rescue']);
    run.ok('rescue');
    expect(run.ended()).toEqual({ a: 'failed', b: 'not_taken', rescue: 'succeeded', dep: 'not_taken' });
    expect(run.result().status).toBe('succeeded');
  });

  it('skips all that depends on an unhandled failure, naming the first edge of declaration that carries one', () => {
    const run = start({
      on_error: 'fail_safe',
      nodes: { a: {}, b: {}, join: {}, after: {} },
      edges: ['b -> join', 'a -> join', 'join -> after'],
    });
    run.fail('a');
    run.fail('b');
    expect(run.ended()).toMatchObject({ join: 'upstream_failed: b', after: 'upstream_failed: b' });
    expect(run.result()).toMatchObject({ status: 'failed', error: { code: 'FC5008', node: 'a' } });
  });

  it('prefers a failed edge to a taken one, and a broken edge to both', () => {
    const run = start({
      on_error: 'fail_safe',
      nodes: { good: {}, bad: {}, join: {}, broken: {} },
      edges: ['good -> join', 'bad -> join', 'good -> broken', 'bad -> broken'],
      when: { 'good -> broken': '${good.missing} == true' },
    });
    run.ok('good', 'default', { ok: true });
    run.fail('bad');
    expect(run.ended()).toMatchObject({ join: 'upstream_failed: bad', broken: 'failed' });
    expect(run.result().nodes.broken).toMatchObject({ attempts: 0, errorCode: 'FC5003' });
  });

  it('looks at the condition of an edge only where the action fits', () => {
    const run = start({
      nodes: { a: {}, b: {} },
      edges: ['a -other-> b'],
      when: { 'a -other-> b': '${a.missing} == true' },
    });
    run.ok('a', 'default', { ok: true });
    expect(run.ended()).toEqual({ a: 'succeeded', b: 'not_taken' });
  });

  it('skips a node whose own condition is false, and fails one whose condition cannot be decided', () => {
    const run = start({
      on_error: 'fail_safe',
      nodes: {
        a: {},
        no: { when: '${a.ok} == false' },
        bad: { when: '${a.missing} == 1' },
        yes: { when: '${a.ok}' },
      },
      edges: ['a -> no', 'a -> bad', 'a -> yes'],
    });
    run.ok('a', 'default', { ok: true });
    expect(run.running()).toEqual(['yes']);
    run.ok('yes');
    expect(run.ended()).toMatchObject({ no: 'when_false', bad: 'failed' });
    expect(run.result().error).toEqual({ code: 'FC5003', node: 'bad' });
  });

  it('gives conditions null for a skipped node, and its record for a node that failed under continue', () => {
    const run = start({
      nodes: {
        a: { on_error: 'continue' },
        no: {},
        b: { when: '${a.status} == "failed" && ${no.x} == null' },
      },
      edges: ['a -no-> no', 'a -> b', 'no -> b'],
    });
    run.fail('a');
    expect(run.running()).toEqual(['b']);
  });

  it('is not confused by names that mean something to JavaScript or to XState', () => {
    const nodes: { [id: string]: object } = Object.create(null);
    for (const id of ['__proto__', 'constructor', 'a.b', '#x', '']) nodes[id] = {};
    const run = start({
      nodes,
      edges: ['__proto__ -> constructor', 'constructor -> a.b', 'a.b -> #x', '#x -> '],
    });
    for (const id of Object.keys(nodes)) run.ok(id);
    expect(Object.keys(run.result().nodes)).toEqual(['__proto__', 'constructor', 'a.b', '#x', '']);
    expect(run.result().status).toBe('succeeded');
  });
});
