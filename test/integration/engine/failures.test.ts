import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineNode } from '../../../src/actors/node.js';
import { createRunner } from '../../../src/runtime/runner.js';
import { createVirtualClock } from '../../../src/runtime/virtual-clock.js';
import { echo, edges, sleep } from '../../helpers/sketch.js';
import { traceRun } from '../../helpers/trace.js';

/** Throws an error with a code, as the file system and the network do. */
const breaks = defineNode({
  type: 'breaks',
  params: z.strictObject({ code: z.string() }),
  run: ({ code }) => {
    throw Object.assign(new Error(`it was ${code}`), { code });
  },
});
const broken = (id: string, code: string, more: object = {}) => ({
  id,
  type: 'breaks',
  params: { code },
  ...more,
});
const fail = (id: string, more: object = {}) => ({ id, type: 'fail', params: { message: 'no' }, ...more });

describe('catch', () => {
  const rules = [
    { match: 'EBUSY', goto: 'later', as: 'problem' },
    { match: 'ENOENT', goto: 'absent', as: 'problem' },
    { match: '*', goto: 'anything' },
  ];
  const workflow = (code: string, more: object = {}) => ({
    nodes: [
      broken('load', code, { catch: rules, ...more }),
      echo('usual', '${load}'),
      echo('later', '${problem.message}'),
      echo('absent', { code: '${problem.code}', cause: '${problem.causes[0].code}' }),
      echo('anything'),
    ],
    edges: edges('load>usual'),
  });

  it('runs the node of the first rule that fits, which sees the failure; nothing else that follows runs', async () => {
    const { result, statuses } = await traceRun(workflow('ENOENT'), { nodes: [breaks] });
    expect(statuses).toEqual({
      load: 'failed',
      usual: 'skipped',
      later: 'skipped',
      absent: 'succeeded',
      anything: 'skipped',
    });
    expect(result.nodes.absent?.output).toEqual({ code: 'FC5008', cause: 'ENOENT' });
    expect(result.nodes.load).toMatchObject({ handled_by: { kind: 'catch' }, action: 'error' });
    expect(result).toMatchObject({ status: 'succeeded', error: null });
  });

  it('takes * for what no other rule names, and names of errors as well as codes', async () => {
    const any = await traceRun(workflow('EPERM'), { nodes: [breaks] });
    expect(any.statuses).toMatchObject({ later: 'skipped', absent: 'skipped', anything: 'succeeded' });
    const byName = await traceRun(
      { nodes: [broken('load', 'x', { catch: [{ match: 'Error', goto: 'saved' }] }), echo('saved')] },
      { nodes: [breaks] },
    );
    expect(byName.statuses.saved).toBe('succeeded');
  });

  it('comes after the retries, before the fallback, and leaves what it does not name to others', async () => {
    const { result, statuses } = await traceRun(
      workflow('EBUSY', { retry: { max_attempts: 3, initial_ms: 10 }, fallback: 'unused' }),
      { nodes: [breaks] },
    );
    expect(result.nodes.load).toMatchObject({ attempts: 3, output: null });
    expect(statuses.later).toBe('succeeded');
    const passed = await traceRun(
      { nodes: [broken('load', 'x', { catch: [{ match: 'EBUSY', goto: 'saved' }] }), echo('saved')] },
      { nodes: [breaks] },
    );
    expect(passed.result).toMatchObject({ status: 'failed', error: { node: 'load' } });
    expect(passed.result.nodes.saved).toMatchObject({
      status: 'skipped',
      reason: { kind: 'upstream_failed', node: 'load' },
    });
  });

  it('is not taken by a success', async () => {
    const { statuses } = await traceRun({
      nodes: [echo('load', 1, { catch: [{ match: '*', goto: 'saved' }] }), echo('saved')],
    });
    expect(statuses).toEqual({ load: 'succeeded', saved: 'skipped' });
  });

  it('catches a timeout by that name', async () => {
    const { statuses } = await traceRun({
      nodes: [
        sleep('slow', 100, { timeout: { attempt_ms: 10 }, catch: [{ match: 'timeout', goto: 'saved' }] }),
        echo('saved'),
      ],
    });
    expect(statuses).toEqual({ slow: 'timed_out', saved: 'succeeded' });
  });
});

describe('fallback', () => {
  it('is the output when all attempts have failed; the record keeps why', async () => {
    const { result } = await traceRun({
      nodes: [
        fail('load', { retry: { max_attempts: 2, initial_ms: 10 }, fallback: { rows: [] } }),
        echo('use', '${load.rows}'),
      ],
    });
    expect(result.nodes.load).toMatchObject({
      status: 'succeeded',
      attempts: 2,
      output: { rows: [] },
      action: 'default',
      error: { code: 'FC6001' },
      handled_by: { kind: 'fallback' },
    });
    expect(result.nodes.use?.output).toEqual([]);
    expect(result).toMatchObject({ status: 'succeeded', error: null });
  });

  it('may be null, and makes up for a timeout', async () => {
    const { result } = await traceRun({
      nodes: [sleep('slow', 100, { timeout: { attempt_ms: 10 }, fallback: null }), echo('use', '${slow}')],
    });
    expect(result.nodes.slow).toMatchObject({ status: 'succeeded', output: null, error: { code: 'FC5005' } });
    expect(result.nodes.use).toMatchObject({ status: 'succeeded', output: null });
  });
});

describe('on_error of a node', () => {
  it('fail_fast stops a fail_safe run; fail_safe lets a fail_fast one finish', async () => {
    const strict = await traceRun({
      on_error: 'fail_safe',
      nodes: [
        fail('first'),
        fail('bad', { on_error: 'fail_fast', depends_on: ['tick'] }),
        sleep('tick', 5),
        sleep('slow', 50),
      ],
    });
    expect(strict.statuses).toMatchObject({ slow: 'cancelled', bad: 'failed' });
    expect(strict.result.error?.node).toBe('first');
    const lenient = await traceRun({ nodes: [fail('bad', { on_error: 'fail_safe' }), sleep('slow', 50)] });
    expect(lenient.statuses.slow).toBe('succeeded');
    expect(lenient.result).toMatchObject({ status: 'failed', error: { node: 'bad' } });
  });

  it('continue of the workflow is that of each node that says nothing else', async () => {
    const { result, statuses } = await traceRun({
      on_error: 'continue',
      nodes: [
        fail('a'),
        echo('after_a', '${a.error.code}'),
        fail('b', { on_error: 'fail_safe' }),
        echo('after_b', '${b}'),
      ],
      edges: edges('a>after_a', 'b>after_b'),
    });
    expect(statuses).toEqual({ a: 'failed', after_a: 'succeeded', b: 'failed', after_b: 'skipped' });
    expect(result.nodes.after_a?.output).toBe('FC6001');
    expect(result.nodes.a?.handled_by).toEqual({ kind: 'continue' });
  });
});

describe('compensate', () => {
  const undone: unknown[] = [];
  const undo = defineNode({
    type: 'undo',
    params: z.strictObject({ what: z.unknown() }),
    run: ({ what }, ctx) => {
      undone.push([ctx.node, what]);
      if (what === 'stuck') throw new Error('cannot be undone');
    },
  });
  const step = (id: string, ms: number, more: object = {}) =>
    sleep(id, ms, { compensate: { type: 'undo', params: { what: `\${${id}}` } }, ...more });

  it('undoes what had succeeded, the last first, after all has stopped; one that fails keeps no other from it', async () => {
    undone.length = 0;
    const { result, events } = await traceRun(
      {
        nodes: [
          step('a', 10),
          step('b', 30),
          step('stuck', 20),
          step('running', 90),
          sleep('tick', 40),
          fail('bad', { depends_on: ['tick'] }),
        ],
      },
      { nodes: [undo] },
    );
    expect(undone).toEqual([
      ['b', 'b'],
      ['stuck', 'stuck'],
      ['a', 'a'],
    ]);
    expect(result).toMatchObject({ status: 'failed', error: { node: 'bad' } });
    expect(result.nodes.a?.compensation).toEqual({ status: 'succeeded', error: null });
    expect(result.nodes.stuck?.compensation).toMatchObject({
      status: 'failed',
      error: { code: 'FC5008', message: 'cannot be undone', node: 'stuck' },
    });
    expect(result.nodes.running).not.toHaveProperty('compensation');
    const said = events.map(({ type }) => type).filter((type) => type.startsWith('node.compensat'));
    expect(said).toEqual(Array.from({ length: 3 }, () => ['node.compensating', 'node.compensated']).flat());
  });

  it('forgets nothing that succeeds beside a loop while it goes round', async () => {
    undone.length = 0;
    await traceRun(
      {
        nodes: [step('beside', 15), step('n', 10), fail('bad', { depends_on: ['n', 'beside'] })],
        edges: [{ from: 'n', to: 'n', max_iterations: 3 }],
      },
      { nodes: [undo] },
    );
    expect(undone).toEqual([
      ['n', 'n'],
      ['n', 'n'],
      ['beside', 'beside'],
      ['n', 'n'],
    ]);
  });

  it('may take as long as an attempt at the node, and is given up when the run is cancelled', async () => {
    const signals: AbortSignal[] = [];
    const hangs = defineNode({
      type: 'hangs',
      run: (_params, ctx) => {
        signals.push(ctx.signal);
        return new Promise(() => {});
      },
    });
    const nodes = (more: object) => [
      echo('a', 1, { compensate: { type: 'hangs' }, ...more }),
      echo('b', 1, { compensate: { type: 'hangs' }, timeout: { attempt_ms: 50 } }),
      fail('bad', { depends_on: ['a', 'b'] }),
    ];
    const { result } = await traceRun({ nodes: nodes({ timeout: { attempt_ms: 30 } }) }, { nodes: [hangs] });
    expect(result.metrics.wall_ms).toBe(80);
    expect(result.nodes.b?.compensation).toMatchObject({ status: 'failed', error: { code: 'FC5005' } });
    expect(result.nodes.a?.compensation?.status).toBe('failed');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);

    const clock = createVirtualClock();
    const run = createRunner({ nodes: [hangs], clock }).start({ nodes: nodes({}) });
    await clock.advance(60);
    run.cancel();
    expect(await clock.runUntil(run.result)).toMatchObject({ status: 'failed', error: { node: 'bad' } });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true, true]);
  });

  it('undoes nothing when the run succeeds or is cancelled, and each iteration of a loop by itself', async () => {
    undone.length = 0;
    await traceRun({ nodes: [step('a', 10)] }, { nodes: [undo] });
    expect(undone).toEqual([]);
    const looped = {
      on_error: 'fail_safe',
      nodes: [
        {
          id: 'n',
          type: 'function',
          params: { name: 'count' },
          compensate: { type: 'undo', params: { what: '${n}' } },
        },
        fail('bad', { depends_on: ['n'] }),
      ],
      edges: [{ from: 'n', to: 'n', max_iterations: 3 }],
    };
    let count = 0;
    const { result } = await traceRun(looped, { nodes: [undo], functions: { count: () => ++count } });
    expect(undone).toEqual([
      ['n', 3],
      ['n', 2],
      ['n', 1],
    ]);
    expect(result.nodes.n?.earlier?.map(({ compensation }) => compensation?.status)).toEqual([
      'succeeded',
      'succeeded',
    ]);
  });
});
