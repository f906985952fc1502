import { describe, expect, it } from 'vitest';
import { start } from '../../helpers/reference/sketched-run.js';
import type { WorkflowSketch } from '../../helpers/reference/workflow-of.js';

describe('loops', () => {
  const thrice: WorkflowSketch = {
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
    const sketch: WorkflowSketch = {
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

  it("asks the header's join about all edges into it, once they are decided", () => {
    const sketch: WorkflowSketch = {
      on_error: 'fail_safe',
      nodes: { a: {}, feed: {}, h: { join: { policy: 'one_success' } }, s: { join: { policy: 'all_done' } } },
      edges: ['a -> h', 'feed -> s', 'h -> s', 's -again*2-> h'],
    };
    const entered = start(sketch);
    entered.ok('a');
    expect(entered.running()).toEqual(['feed']);
    entered.fail('feed');
    expect(entered.running()).toEqual(['h']);
    const failed = start(sketch);
    failed.fail('a');
    failed.ok('feed', 'other');
    expect(failed.ended()).toMatchObject({ h: 'failed', s: 'upstream_failed: h' });
    expect(failed.result().nodes.h).toMatchObject({ errorCode: 'FC5013', iteration: null });
  });
});
