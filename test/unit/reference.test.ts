import { describe, expect, it } from 'vitest';
import { createReference, type Reference } from '../helpers/reference/interpreter.js';
import { workflowOf } from '../helpers/reference/workflow-of.js';

type Sketch = Parameters<typeof workflowOf>[0];

/** Starts a sketched workflow, with words for what tests do most. */
function start(sketch: Sketch) {
  const run = createReference(workflowOf(sketch));
  return {
    ...run,
    ok: (id: string, action = 'default', output: string | boolean | { ok: boolean } = id) =>
      run.settle(id, { kind: 'ok', output, action }),
    fail: (id: string) => run.settle(id, { kind: 'fail' }),
    /** Each node's status, with the reason where it was skipped. */
    ended: () => outcomes(run),
  };
}

function outcomes(run: Reference): { [id: string]: string } {
  const entries = Object.entries(run.result().nodes).map(([id, record]): [string, string] => {
    const { status, reason } = record;
    if (reason === null) return [id, status];
    return [id, reason.kind === 'upstream_failed' ? `${reason.kind}: ${reason.node}` : reason.kind];
  });
  return Object.fromEntries(entries);
}

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

describe('loops', () => {
  const thrice: Sketch = {
    nodes: { before: {}, h: {}, s: {}, after: {} },
    edges: ['before -> h', 'h -> s', 's -again*3-> h', 's -> after'],
  };

  it('runs the body again while a closing edge asks for it, and decides the edges that leave by the last iteration', () => {
    const run = start(thrice);
    run.ok('before');
    run.ok('h', 'default', 'h1');
    run.ok('s', 'again', 's1');
    expect(run.running()).toEqual(['h']);
    run.ok('h', 'default', 'h2');
    run.ok('s', 'default', 's2');
    expect(run.running()).toEqual(['after']);
    run.ok('after');
    expect(run.result().nodes.s).toMatchObject({
      output: 's2',
      iteration: 2,
      earlier: [{ output: 's1', iteration: 1, action: 'again' }],
    });
    expect(run.result().nodes.after).toMatchObject({ status: 'succeeded', iteration: null });
  });

  it('fails a node that asks for more iterations than it may have', () => {
    const run = start(thrice);
    run.ok('before');
    for (const _ of [1, 2, 3]) {
      run.ok('h');
      run.ok('s', 'again');
    }
    expect(run.ended()).toMatchObject({ s: 'failed', after: 'upstream_failed: s' });
    expect(run.result()).toMatchObject({ status: 'failed', error: { code: 'FC5004', node: 's' } });
    expect(run.result().nodes.s).toMatchObject({ attempts: 1, iteration: 3, output: null });
  });

  it('goes on after the last iteration where another edge has the same action', () => {
    const run = start({ nodes: { h: {}, after: {} }, edges: ['h -again*2-> h', 'h -again-> after'] });
    run.ok('h', 'again');
    expect(run.running()).toEqual(['h']);
    run.ok('h', 'again');
    expect(run.running()).toEqual(['after']);
  });

  it('waits as a whole for every edge into it, into its middle as well', () => {
    const run = start({
      nodes: { feed: {}, h: {}, s: {} },
      edges: ['feed -> s', 'h -> s', 's -again*2-> h'],
    });
    expect(run.running()).toEqual(['feed']);
    run.ok('feed');
    run.ok('h');
    run.ok('s', 'again');
    expect(run.running()).toEqual(['h']);
    run.ok('h');
    expect(run.running()).toEqual(['s']);
  });

  it('skips the whole body when no edge into it is taken, or one is failed', () => {
    const sketch: Sketch = {
      on_error: 'fail_safe',
      nodes: { a: {}, feed: {}, h: {}, s: {}, after: {} },
      edges: ['a -> h', 'feed -> s', 'h -> s', 's -again*2-> h', 's -> after'],
    };
    const dead = start(sketch);
    dead.ok('a', 'no');
    dead.ok('feed', 'no');
    expect(dead.ended()).toMatchObject({ h: 'not_taken', s: 'not_taken', after: 'not_taken' });
    const failed = start(sketch);
    failed.ok('a');
    failed.fail('feed');
    expect(failed.ended()).toMatchObject({
      h: 'upstream_failed: feed',
      s: 'upstream_failed: feed',
      after: 'upstream_failed: feed',
    });
  });

  it('fails the target of a broken edge into the body, and skips the rest of the body because of it', () => {
    const run = start({
      on_error: 'fail_safe',
      nodes: { feed: {}, h: {}, s: {} },
      edges: ['feed -> s', 'h -> s', 's -again*2-> h'],
      when: { 'feed -> s': '${feed.missing} == 1' },
    });
    run.ok('feed', 'default', { ok: true });
    expect(run.ended()).toMatchObject({ h: 'upstream_failed: s', s: 'failed' });
    expect(run.result().error).toEqual({ code: 'FC5003', node: 's' });
  });

  it('does not begin another iteration after an unhandled failure in this one', () => {
    const run = start({
      on_error: 'fail_safe',
      nodes: { h: {}, bad: {}, s: {} },
      edges: ['h -> bad', 'h -> s', 's -again*3-> h', 'bad -> s'],
    });
    run.ok('h');
    run.fail('bad');
    expect(run.ended()).toEqual({ h: 'succeeded', bad: 'failed', s: 'upstream_failed: bad' });
  });

  it('treats two loops with one header as one', () => {
    const run = start({
      nodes: { h: {}, a: {}, b: {} },
      edges: ['h -> a', 'h -> b', 'a -again*3-> h', 'b -again*2-> h'],
    });
    run.ok('h');
    run.ok('a', 'again');
    expect(run.running()).toEqual(['b']);
    run.ok('b', 'again');
    run.ok('h');
    run.ok('a', 'again');
    run.ok('b', 'stop');
    expect(run.running()).toEqual(['h']);
    run.ok('h');
    run.ok('a', 'stop');
    run.ok('b', 'stop');
    expect(run.result().nodes.a).toMatchObject({ iteration: 3, action: 'stop' });
  });

  it('counts the iterations of an inner loop anew in each round of the outer one', () => {
    const run = start({
      nodes: { h: {}, i: {}, s: {} },
      edges: ['h -> i', 'i -again*2-> i', 'i -> s', 's -again*2-> h'],
    });
    for (const action of ['again', 'stop']) {
      run.ok('h');
      run.ok('i', 'again');
      run.ok('i');
      run.ok('s', action);
    }
    const { i, s } = run.result().nodes;
    expect(i?.iteration).toBe(2);
    expect(i?.earlier.map((record) => record.iteration)).toEqual([1, 2, 1]);
    expect(s).toMatchObject({ iteration: 2, earlier: [{ iteration: 1, action: 'again' }] });
  });

  it('decides an edge that leaves an inner loop for the header of the outer one when the inner loop ends', () => {
    const run = start({
      nodes: { h: {}, i: {}, s: {} },
      edges: ['h -> i', 'i -> s', 's -again*3-> i', 's -out*2-> h'],
    });
    run.ok('h');
    run.ok('i');
    run.ok('s', 'again');
    expect(run.running()).toEqual(['i']);
    run.ok('i');
    run.ok('s', 'out');
    expect(run.running()).toEqual(['h']);
    run.ok('h');
    run.ok('i');
    run.ok('s', 'stop');
    expect(run.result().nodes.s?.earlier.map((record) => record.action)).toEqual(['again', 'out']);
    expect(run.result().nodes.h).toMatchObject({ iteration: 2 });
  });

  it('treats asking for too much as a failure like any other: an error edge or continue handles it', () => {
    const rescued = start({ nodes: { h: {}, rescue: {} }, edges: ['h -again*1-> h', 'h -error-> rescue'] });
    rescued.ok('h', 'again');
    rescued.ok('rescue');
    expect(rescued.result()).toMatchObject({ status: 'succeeded' });
    expect(rescued.result().nodes.h).toMatchObject({
      status: 'failed',
      errorCode: 'FC5004',
      action: 'error',
    });
    const continued = start({
      nodes: { h: { on_error: 'continue' }, b: {} },
      edges: ['h -again*1-> h', 'h -> b'],
    });
    continued.ok('h', 'again');
    expect(continued.running()).toEqual(['b']);
  });

  it('repeats a body by an error edge, which handles nothing any more when it is used up', () => {
    const run = start({ nodes: { h: {} }, edges: ['h -error*2-> h'] });
    run.fail('h');
    expect(run.running()).toEqual(['h']);
    run.fail('h');
    expect(run.result()).toMatchObject({ status: 'failed', error: { code: 'FC5008', node: 'h' } });
  });

  it('fails a node with a closing edge whose condition cannot be decided', () => {
    const run = start({
      nodes: { h: {} },
      edges: ['h -default*5-> h'],
      when: { 'h -default*5-> h': '${h.x} == 1' },
    });
    run.ok('h', 'default', { ok: true });
    expect(run.result()).toMatchObject({ status: 'failed', error: { code: 'FC5003', node: 'h' } });
    expect(run.result().nodes.h).toMatchObject({ attempts: 1, output: null });
  });

  it('enters a body whose header is not taken but whose middle is, and the header is skipped', () => {
    const run = start({
      nodes: { a: {}, feed: {}, h: {}, s: {} },
      edges: ['a -> h', 'feed -> s', 'h -> s', 's -again*2-> h'],
    });
    run.ok('a', 'no');
    run.ok('feed');
    expect(run.running()).toEqual(['s']);
    run.ok('s');
    expect(run.ended()).toMatchObject({ h: 'not_taken', s: 'succeeded' });
  });

  it('decides the condition of a closing edge by the iteration that has just ended', () => {
    const run = start({
      nodes: { h: {} },
      edges: ['h -default*5-> h'],
      when: { 'h -default*5-> h': '${h.ok} == false' },
    });
    run.ok('h', 'default', { ok: false });
    run.ok('h', 'default', { ok: true });
    expect(run.result().nodes.h).toMatchObject({ status: 'succeeded', iteration: 2 });
  });
});

describe('limits', () => {
  it('runs no more nodes at once than it may, first come, first served', () => {
    const run = start({ max_concurrency: 2, nodes: { a: {}, b: {}, c: {}, d: {} }, edges: ['a -> d'] });
    expect(run.running()).toEqual(['a', 'b']);
    run.ok('a');
    expect(run.running()).toEqual(['b', 'c']);
    run.ok('c');
    expect(run.running()).toEqual(['b', 'd']);
  });

  it('gives the slot of a node in backoff to the next one, and queues the node again behind the others', () => {
    const run = start({ max_concurrency: 1, nodes: { a: { attempts: 2 }, b: {}, c: {} } });
    run.fail('a');
    expect([run.running(), run.backoff()]).toEqual([['b'], ['a']]);
    run.expireBackoff('a');
    run.ok('b');
    expect(run.running()).toEqual(['c']);
    run.ok('c');
    expect(run.running()).toEqual(['a']);
  });

  it('prefers the node declared first among those that became ready together', () => {
    const run = start({
      max_concurrency: 1,
      nodes: { late: {}, early: {}, root: {} },
      edges: ['root -> early', 'root -> late'],
    });
    run.ok('root');
    expect(run.running()).toEqual(['late']);
  });
});

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
});
