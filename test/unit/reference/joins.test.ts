import { describe, expect, it } from 'vitest';
import { start } from '../../helpers/reference/sketched-run.js';
import type { WorkflowSketch } from '../../helpers/reference/workflow-of.js';

type Policy = 'all_success' | 'none_failed' | 'all_done' | 'one_success' | 'quorum';

const safe = { on_error: 'fail_safe' } as const;

/** `a`, `b` and `c` before a join; an action other than `default` makes an edge dead. */
function three(policy: Policy, count = policy === 'one_success' ? 1 : 0): WorkflowSketch {
  return {
    // A failure before the join stops nothing; one of the join stops the run, so that it is seen at once.
    nodes: { a: safe, b: safe, c: safe, join: { join: { policy, count } } },
    edges: ['a -> join', 'b -> join', 'c -> join'],
  };
}

/** Ends the three nodes in turn: taken, dead, failed or broken. */
function joined(policy: Policy, ends: string, count?: number): string | undefined {
  const sketch = three(policy, count);
  const when = { 'a -> join': '${a.ok}', 'b -> join': '${b.ok}', 'c -> join': '${c.ok}' };
  const run = start({ ...sketch, when });
  ends.split(' ').forEach((end, i) => {
    const id = 'abc'.charAt(i);
    if (end === 'failed') run.fail(id);
    else run.ok(id, end === 'dead' ? 'other' : 'default', end === 'broken' ? {} : { ok: true });
  });
  if (run.running().includes('join')) return 'starts';
  if (!run.done()) return 'waits';
  return run.result().nodes.join?.errorCode ?? run.ended().join;
}

describe('the policies of joins', () => {
  it.each([
    ['all_success', 'taken dead dead', 'starts'],
    ['all_success', 'taken dead failed', 'upstream_failed: c'],
    ['all_success', 'dead dead dead', 'not_taken'],
    ['all_success', 'failed broken taken', 'FC5003'],
    ['none_failed', 'dead dead dead', 'starts'],
    ['none_failed', 'taken taken dead', 'starts'],
    ['none_failed', 'taken failed failed', 'upstream_failed: b'],
    ['all_done', 'dead dead failed', 'starts'],
    ['all_done', 'taken dead dead', 'starts'],
    ['all_done', 'failed failed failed', 'starts'],
    ['all_done', 'dead dead dead', 'not_taken'],
    ['all_done', 'failed taken', 'waits'],
    ['all_done', 'taken broken taken', 'FC5003'],
    ['one_success', 'taken', 'starts'],
    ['one_success', 'failed dead', 'waits'],
    ['one_success', 'failed dead taken', 'starts'],
    ['one_success', 'failed dead dead', 'FC5013'],
    ['one_success', 'dead dead dead', 'not_taken'],
    ['one_success', 'broken dead dead', 'FC5013'],
  ] as const)('%s with edges that are %s: %s', (policy, ends, expected) => {
    expect(joined(policy, ends)).toBe(expected);
  });

  it.each([
    ['taken taken', 2, 'starts'],
    ['taken failed', 2, 'waits'],
    ['taken dead failed', 2, 'FC5013'],
    ['dead dead', 2, 'waits'],
    ['dead dead taken', 2, 'FC5013'],
    ['dead dead dead', 2, 'not_taken'],
    ['taken dead', 3, 'FC5013'],
    ['failed failed', 2, 'FC5013'],
    ['broken broken', 2, 'FC5013'],
    ['dead broken', 2, 'FC5013'],
    ['broken dead dead', 1, 'FC5013'],
  ] as const)('quorum with edges that are %s, %i of which it needs: %s', (ends, count, expected) => {
    expect(joined('quorum', ends, count)).toBe(expected);
  });

  it('counts those written as edges where there are any, and a failure of what else it depends on', () => {
    const sketch: WorkflowSketch = {
      on_error: 'fail_safe',
      nodes: { a: {}, b: {}, join: { depends_on: ['b'], join: { policy: 'one_success' } } },
      edges: ['a -> join'],
    };
    const taken = start(sketch);
    taken.ok('b');
    expect(taken.running()).toEqual(['a']);
    taken.ok('a', 'other');
    expect(taken.ended()).toMatchObject({ join: 'not_taken' });
    const failed = start(sketch);
    failed.fail('b');
    failed.ok('a', 'other');
    expect(failed.result().nodes.join).toMatchObject({ status: 'failed', errorCode: 'FC5013', attempts: 0 });
  });

  it('starts a root at once, whatever its policy', () => {
    const run = start({ nodes: { a: { join: { policy: 'quorum', count: 2 } } } });
    expect(run.running()).toEqual(['a']);
  });

  it('looks at the condition of the node once the join lets it start, at what there is by then', () => {
    const run = start({
      nodes: { a: {}, b: {}, join: { join: { policy: 'one_success' }, when: '${b} == null' } },
      edges: ['a -> join', 'b -> join'],
    });
    run.ok('a');
    expect(run.running()).toEqual(['b', 'join']);
  });

  it('fails for good where it cannot be satisfied: no catch and no fallback is for that, but continue is', () => {
    const nodes = { a: {}, join: { join: { policy: 'one_success' }, fallback: 'x' }, after: {} } as const;
    const edges = ['a -> join', 'join -> after'];
    const failed = start({ on_error: 'fail_safe', nodes, edges });
    failed.fail('a');
    expect(failed.result().nodes.join).toMatchObject({ errorCode: 'FC5013', handledBy: null });
    const continued = start({ nodes: { ...nodes, join: { ...nodes.join, on_error: 'continue' } }, edges });
    continued.fail('a');
    expect(continued.running()).toEqual(['after']);
  });
});

describe('cancel_rest', () => {
  it('cancels what leads to the join and to nothing else, once that starts', () => {
    const run = start({
      nodes: {
        a: {},
        b: {},
        b2: {},
        c: {},
        other: {},
        join: { join: { policy: 'one_success', cancelRest: true } },
      },
      edges: ['a -> join', 'b -> b2', 'b2 -> join', 'c -> join', 'c -> other'],
    });
    run.ok('a');
    expect(run.running()).toEqual(['c', 'join']);
    run.ok('join');
    run.ok('c');
    run.ok('other');
    expect(run.ended()).toEqual({
      a: 'succeeded',
      b: 'join_satisfied: join',
      b2: 'join_satisfied: join',
      c: 'succeeded',
      other: 'succeeded',
      join: 'succeeded',
    });
    expect(run.result()).toMatchObject({
      status: 'succeeded',
      nodes: { b: { attempts: 1 }, b2: { attempts: 0 } },
    });
  });

  it('cancels nothing where the join does not start', () => {
    const run = start({
      nodes: { a: {}, b: {}, join: { when: '${a.ok}', join: { policy: 'one_success', cancelRest: true } } },
      edges: ['a -> join', 'b -> join'],
    });
    run.ok('a', 'default', { ok: false });
    expect(run.running()).toEqual(['b']);
  });
});
