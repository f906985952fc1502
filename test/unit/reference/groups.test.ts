import { describe, expect, it } from 'vitest';
import { start } from '../../helpers/reference/sketched-run.js';
import type { WorkflowSketch } from '../../helpers/reference/workflow-of.js';

type Group = NonNullable<WorkflowSketch['groups']>[string];

/** Three branches of two nodes each, a join behind them, and a node beside them. */
function forked(options: Omit<Group, 'members'>, more: Partial<WorkflowSketch> = {}): WorkflowSketch {
  return {
    nodes: { f: {}, a1: {}, a2: {}, b1: {}, b2: {}, c1: {}, c2: {}, join: {}, beside: {}, ...more.nodes },
    edges: [
      ...['f -> a1', 'f -> b1', 'f -> c1', 'a1 -> a2', 'b1 -> b2', 'c1 -> c2'],
      ...['a2 -> join', 'b2 -> join', 'c2 -> join'],
      ...(more.edges ?? []),
    ],
    groups: { g: { members: ['a1', 'b1', 'c1'], ...options }, ...more.groups },
    on_error: more.on_error ?? 'fail_fast',
  };
}

describe('a group under fail_safe', () => {
  it('handles all failures of its branches: all run, and the join starts', () => {
    const run = start(forked({ on_error: 'fail_safe' }));
    run.ok('f');
    for (const id of ['a1', 'b1', 'c1']) run.fail(id);
    run.ok('beside');
    expect(run.running()).toEqual(['join']);
    run.ok('join');
    expect(run.ended()).toMatchObject({ a2: 'upstream_failed: a1', c2: 'upstream_failed: c1' });
    expect(run.result()).toMatchObject({
      status: 'succeeded',
      nodes: { a1: { status: 'failed', action: null, handledBy: { kind: 'group', group: 'g' } } },
    });
  });

  it('takes edges that leave it from what failed or was skipped for it as if it had succeeded', () => {
    const sketch = forked({ on_error: 'fail_safe' });
    const run = start({
      ...sketch,
      nodes: { ...sketch.nodes, asked: {}, unasked: {}, other: {} },
      edges: [
        ...(sketch.edges ?? []),
        'a1 -> asked',
        'a2 -> unasked',
        'a1 -other-> other',
        'beside -> asked',
        'beside -> unasked',
        'beside -> other',
      ],
      when: { 'a1 -> asked': '${a1.status} == "failed"', 'a2 -> unasked': '${a2} == null' },
    });
    run.ok('f');
    run.fail('a1');
    run.ok('beside', 'no');
    expect(run.running()).toEqual(['b1', 'c1', 'asked']);
    run.ok('asked');
    for (const id of ['b1', 'c1', 'b2', 'c2', 'join']) run.ok(id);
    expect(run.ended()).toMatchObject({ unasked: 'not_taken', other: 'not_taken' });
  });

  it('does not handle a failure from outside of it', () => {
    const sketch = forked({ on_error: 'fail_safe' });
    const run = start({ ...sketch, on_error: 'fail_safe' });
    run.fail('f');
    run.ok('beside');
    expect(run.ended()).toMatchObject({ a1: 'upstream_failed: f', join: 'upstream_failed: f' });
  });

  it('leaves to a node what that handles itself', () => {
    const run = start(
      forked({ on_error: 'fail_safe', tolerate: { count: 0 } }, { edges: ['a1 -error-> a2'] }),
    );
    run.ok('f');
    run.fail('a1');
    expect(run.running()).toEqual(['beside', 'b1', 'c1', 'a2']);
  });
});

describe('what a group tolerates', () => {
  it.each([
    [{ count: 1 }, 1],
    [{ percent: 50 }, 1],
    [{ percent: 67 }, 2],
    [{ count: 2, percent: 34 }, 1],
    [{ count: 1, percent: 100 }, 1],
    [{ count: 0 }, 0],
  ])('%o: %i of 3 branches, under fail_safe if nothing else is said', (tolerate, branches) => {
    const run = start(forked({ tolerate }, { on_error: 'fail_safe' }));
    run.ok('f');
    for (const id of ['a1', 'b1', 'c1']) run.fail(id);
    run.ok('beside');
    const handled = Object.entries(run.result().nodes).filter(([, record]) => record.handledBy !== null);
    expect(handled.map(([id]) => id)).toEqual(['a1', 'b1', 'c1'].slice(0, branches));
  });

  it('counts branches, not failures', () => {
    const run = start({
      nodes: { f: {}, m: {}, x: {}, y: {}, n: {} },
      edges: ['f -> m', 'f -> n', 'm -> x', 'm -> y'],
      groups: { g: { members: ['m', 'n'], tolerate: { count: 1 } } },
    });
    run.ok('f');
    run.ok('m');
    run.fail('x');
    run.fail('y');
    run.ok('n');
    expect(run.result()).toMatchObject({ status: 'succeeded' });
  });

  it('passes on what is beyond that, under fail_safe without stopping anything in the group', () => {
    const run = start(forked({ tolerate: { count: 1 } }, { on_error: 'fail_safe' }));
    run.ok('f');
    run.fail('a1');
    run.fail('b1');
    expect(run.running()).toEqual(['beside', 'c1']);
    run.ok('c1');
    run.ok('c2');
    run.ok('beside');
    expect(run.ended()).toMatchObject({ join: 'upstream_failed: b1', c2: 'succeeded' });
    expect(run.result()).toMatchObject({ status: 'failed', error: { node: 'b1' } });
  });
});

describe('a group under fail_fast', () => {
  it('skips what depends on the failure, cancels the rest of it, and passes the failure on', () => {
    const run = start(forked({ on_error: 'fail_fast' }, { on_error: 'fail_safe' }));
    run.ok('f');
    run.ok('c1');
    run.fail('a1');
    expect(run.running()).toEqual(['beside']);
    run.ok('beside');
    expect(run.ended()).toEqual({
      f: 'succeeded',
      a1: 'failed',
      a2: 'upstream_failed: a1',
      b1: 'group_failed: a1',
      b2: 'group_failed: a1',
      c1: 'succeeded',
      c2: 'group_failed: a1',
      join: 'upstream_failed: a1',
      beside: 'succeeded',
    });
    expect(run.result().nodes.b1?.reason).toEqual({ kind: 'group_failed', node: 'a1', group: 'g' });
  });

  it('stops nothing for a node that is itself fail_safe', () => {
    const run = start(
      forked({ on_error: 'fail_fast' }, { on_error: 'fail_safe', nodes: { a1: { on_error: 'fail_safe' } } }),
    );
    run.ok('f');
    run.fail('a1');
    expect(run.running()).toEqual(['beside', 'b1', 'c1']);
  });

  it('lets attempts end when it drains: they count, and nothing new begins', () => {
    const run = start(
      forked(
        { on_error: 'fail_fast', cancel: 'drain' },
        {
          on_error: 'fail_safe',
          nodes: { b1: { attempts: 2 }, c1: {}, c3: {} },
          edges: ['c1 -> c3', 'c3 -> join'],
        },
      ),
    );
    run.ok('f');
    run.fail('a1');
    expect(run.running()).toEqual(['beside', 'b1', 'c1']);
    run.fail('b1');
    expect(run.backoff()).toEqual([]);
    run.ok('c1');
    run.ok('beside');
    expect(run.ended()).toMatchObject({
      b1: 'failed',
      b2: 'group_failed: a1',
      c1: 'succeeded',
      c2: 'group_failed: a1',
      c3: 'group_failed: a1',
    });
    expect(run.result()).toMatchObject({ status: 'failed', error: { node: 'a1' } });
  });

  it('ends the loops in it', () => {
    const run = start({
      on_error: 'fail_safe',
      nodes: { f: {}, a: {}, h: {}, s: {} },
      edges: ['f -> a', 'f -> h', 'h -> s', 'h -again*3-> h', 's -error*3-> h'],
      groups: { g: { members: ['a', 'h'], on_error: 'fail_fast' } },
    });
    run.ok('f');
    run.ok('h', 'again');
    run.fail('a');
    expect(run.ended()).toMatchObject({ h: 'group_failed: a', s: 'group_failed: a' });
    expect(run.result().nodes.h).toMatchObject({ iteration: 2, earlier: [{ action: 'again' }] });
  });
});

describe('groups in groups', () => {
  const nested = (inner: Omit<Group, 'members'>, outer: Omit<Group, 'members'>): WorkflowSketch => ({
    on_error: 'fail_safe',
    nodes: { f: {}, m: {}, i1: {}, i2: {}, ij: {}, n: {}, join: {} },
    edges: ['f -> m', 'f -> n', 'm -> i1', 'm -> i2', 'i1 -> ij', 'i2 -> ij', 'ij -> join', 'n -> join'],
    groups: { inner: { members: ['i1', 'i2'], ...inner }, outer: { members: ['m', 'n'], ...outer } },
  });

  it('hands a failure that the inner one stops for to the outer one', () => {
    const run = start(nested({ on_error: 'fail_fast' }, { on_error: 'fail_safe' }));
    run.ok('f');
    run.ok('m');
    run.fail('i1');
    expect(run.running()).toEqual(['n']);
    run.ok('n');
    expect(run.running()).toEqual(['join']);
    run.ok('join');
    expect(run.ended()).toMatchObject({ i2: 'group_failed: i1', ij: 'upstream_failed: i1' });
    expect(run.result()).toMatchObject({
      status: 'succeeded',
      nodes: { i1: { handledBy: { kind: 'group', group: 'outer' } } },
    });
  });

  it('passes through one that says nothing of failures', () => {
    const run = start(nested({ maxConcurrency: 2 }, { on_error: 'fail_fast' }));
    run.ok('f');
    run.ok('m');
    run.fail('i1');
    expect(run.ended()).toMatchObject({ i2: 'group_failed: i1', n: 'group_failed: i1' });
    expect(run.result().nodes.i2?.reason).toMatchObject({ group: 'outer' });
  });

  it("takes a node's own fail_fast as the innermost one's, and as nothing of the workflow's", () => {
    const sketch = nested({}, {});
    const run = start({ ...sketch, nodes: { ...sketch.nodes, i1: { on_error: 'fail_fast' }, beside: {} } });
    run.ok('f');
    run.ok('m');
    run.fail('i1');
    expect(run.running()).toEqual(['beside', 'n']);
    run.ok('n');
    run.ok('beside');
    expect(run.ended()).toMatchObject({
      i2: 'group_failed: i1',
      n: 'succeeded',
      join: 'upstream_failed: i1',
    });
  });
});
