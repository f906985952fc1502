import { describe, expect, it } from 'vitest';
import { start } from '../../helpers/reference/sketched-run.js';

describe('undoing', () => {
  const nodes = { a: { compensate: true }, b: { compensate: true }, c: {}, d: { compensate: true }, bad: {} };

  it('undoes what has succeeded when the run fails, the last one first, one after another', () => {
    const run = start({ nodes });
    for (const id of ['b', 'c', 'a']) run.ok(id);
    run.fail('bad');
    expect(run.running()).toEqual(['compensate a']);
    expect([run.settled(), run.done()]).toEqual([true, false]);
    run.ok('compensate a');
    expect(run.running()).toEqual(['compensate b']);
    run.ok('compensate b');
    expect(run.done()).toBe(true);
    expect(run.ended()).toMatchObject({ a: 'succeeded', d: 'cancelled', bad: 'failed' });
    expect(run.result().nodes).toMatchObject({
      a: { compensation: { status: 'succeeded', errorCode: null } },
      b: { compensation: { status: 'succeeded', errorCode: null } },
      c: { compensation: null },
      d: { compensation: null },
    });
  });

  it('goes on when one of them cannot be undone, which is on its record', () => {
    const run = start({ nodes });
    run.ok('b');
    run.ok('a');
    run.fail('bad');
    run.fail('compensate a');
    expect(run.running()).toEqual(['compensate b']);
    run.ok('compensate b');
    expect(run.result()).toMatchObject({
      error: { node: 'bad' },
      nodes: { a: { status: 'succeeded', compensation: { status: 'failed', errorCode: 'FC5008' } } },
    });
  });

  it('waits until everything is over', () => {
    const run = start({ on_error: 'fail_safe', nodes });
    run.ok('a');
    run.fail('bad');
    expect(run.running()).toEqual(['b', 'c', 'd']);
  });

  it('undoes nothing of a run that succeeds or is cancelled', () => {
    const done = start({ nodes: { a: { compensate: true } } });
    done.ok('a');
    expect(done.done()).toBe(true);
    const cancelled = start({ nodes });
    cancelled.ok('a');
    cancelled.cancel();
    expect(cancelled.done()).toBe(true);
  });
});
