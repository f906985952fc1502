import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineNode } from '../../../src/actors/node.js';
import { route } from '../../../src/actors/route.js';
import { createVirtualClock } from '../../../src/runtime/virtual-clock.js';
import { echo, edges, sleep } from '../../helpers/sketch.js';
import { traceRun } from '../../helpers/trace.js';

describe('branches', () => {
  it('truly overlap: [issues || pull requests || commits] -> merge -> report takes as long as the slowest (P3)', async () => {
    const fetched = ['issues', 'pull_requests', 'commits'];
    const { result } = await traceRun({
      nodes: [
        echo('start'),
        sleep('issues', 300),
        sleep('pull_requests', 200),
        sleep('commits', 100),
        { id: 'merge', type: 'merge', params: {} },
        echo('report', 'from ${merge.issues}, ${merge.pull_requests} and ${merge.commits}'),
      ],
      edges: [
        ...fetched.map((to) => ({ from: 'start', to, parallel_group: 'fetch' })),
        ...fetched.map((from) => ({ from, to: 'merge' })),
        { from: 'merge', to: 'report' },
      ],
      outputs: { report: { type: 'string', source: '${report}' } },
    });
    expect(result.status).toBe('succeeded');
    expect(result.metrics).toMatchObject({
      wall_ms: 300,
      work_ms: 600,
      critical_path_ms: 300,
      speedup: 2,
      peak_concurrency: 3,
      mean_concurrency: 2,
    });
    expect(Object.keys(result.nodes.merge?.output as object)).toEqual(fetched);
    expect(result.outputs).toEqual({ report: 'from issues, pull_requests and commits' });
  });

  it('keep what they have when another fails, each with a record of its own (P1)', async () => {
    const nodes = [
      echo('start'),
      sleep('good', 10),
      { id: 'bad', type: 'fail', params: { message: 'first' } },
      { id: 'worse', type: 'fail', params: { message: 'second' }, on_error: 'continue' },
      {
        id: 'slow',
        type: 'fail',
        params: { times: 1, value: 'at last' },
        retry: { max_attempts: 2, initial_ms: 50 },
      },
      echo('after_bad'),
      echo('after_worse', '${worse.error.message}'),
    ];
    const all = edges(
      'start>good',
      'start>bad',
      'start>worse',
      'start>slow',
      'bad>after_bad',
      'worse>after_worse',
    );
    const { result, statuses } = await traceRun({ nodes, edges: all, on_error: 'fail_safe' });
    expect(result.status).toBe('failed');
    expect(result.error).toMatchObject({ code: 'FC6001', node: 'bad', message: 'first' });
    expect(statuses).toEqual({
      start: 'succeeded',
      good: 'succeeded',
      bad: 'failed',
      worse: 'failed',
      slow: 'succeeded',
      after_bad: 'skipped',
      after_worse: 'succeeded',
    });
    expect(result.nodes.after_bad?.reason).toEqual({ kind: 'upstream_failed', node: 'bad' });
    expect(result.nodes.after_worse?.output).toBe('second');
    expect(result.nodes.slow).toMatchObject({ attempts: 2, output: 'at last', started_at: 0, ended_at: 50 });
  });

  it('are all there however many they are', async () => {
    const many = Array.from({ length: 60 }, (_, index) => `n${index}`);
    const { result } = await traceRun({
      nodes: [
        echo('start'),
        ...many.map((id, index) => sleep(id, 100 - index)),
        { id: 'all', type: 'merge', params: { strategy: 'array' } },
      ],
      edges: [...many.map((to) => ({ from: 'start', to })), ...many.map((from) => ({ from, to: 'all' }))],
    });
    expect(result.nodes.all?.output).toEqual(many);
    expect(result.metrics.peak_concurrency).toBe(60);
  });
});

describe('fail_fast', () => {
  it('aborts running siblings, cancels the rest and keeps what had finished (P5)', async () => {
    let aborted = false;
    const stubborn = defineNode({
      type: 'watch',
      run: (_params, { signal, sleep }) => {
        signal.addEventListener('abort', () => {
          aborted = true;
        });
        return sleep(1000);
      },
    });
    const { result, statuses } = await traceRun(
      {
        nodes: [
          sleep('quick', 1),
          { id: 'watched', type: 'watch' },
          sleep('before', 5),
          { id: 'bad', type: 'fail' },
          echo('never'),
        ],
        edges: edges('before>bad', 'watched>never'),
      },
      { nodes: [stubborn] },
    );
    expect(aborted).toBe(true);
    expect(statuses).toEqual({
      quick: 'succeeded',
      watched: 'cancelled',
      before: 'succeeded',
      bad: 'failed',
      never: 'cancelled',
    });
    expect(result.nodes.quick?.output).toBe('quick');
    expect(result.metrics.wall_ms).toBe(5);
  });

  it('waits for a function that does not stop, at most for the grace period, and drops its late result', async () => {
    const clock = createVirtualClock();
    const deaf = defineNode({
      type: 'deaf',
      params: z.strictObject({ ms: z.number() }),
      run: ({ ms }) => new Promise((resolve) => clock.setTimeout(() => resolve('late'), ms)),
    });
    const run = async (ms: number) => {
      const { result, events } = await traceRun(
        {
          nodes: [
            { id: 'deaf', type: 'deaf', params: { ms } },
            { id: 'bad', type: 'fail' },
          ],
        },
        { nodes: [deaf], clock, gracePeriodMs: 100 },
      );
      expect(result.nodes.deaf).toMatchObject({ status: 'cancelled', output: null });
      return { wall: result.metrics.wall_ms, types: events.map(({ type }) => type) };
    };
    // `traceRun` steps a clock of its own unless it is given one.
    const drive = async (ms: number) => {
      const ended = run(ms);
      return clock.runUntil(ended);
    };
    const inTime = await drive(40);
    expect(inTime.wall).toBe(40);
    expect(inTime.types).toContain('node.late_result_dropped');
    const tooLate = await drive(5000);
    expect(tooLate.wall).toBe(100);
    expect(tooLate.types).not.toContain('node.late_result_dropped');
  });
});

describe('conditional branching', () => {
  const chooser = defineNode({
    type: 'choose',
    params: z.strictObject({ action: z.string() }),
    run: ({ action }) => route(action, { chose: action }),
  });
  const workflow = (action: string) => ({
    nodes: [
      { id: 'choose', type: 'choose', params: { action } },
      echo('left'),
      echo('right'),
      echo('either'),
      echo('always'),
    ],
    edges: [
      { from: 'choose', to: 'left', action: 'left' },
      { from: 'choose', to: 'right', action: 'right' },
      ...edges('left>either', 'right>either', 'either>always'),
    ],
  });

  it('follows the action; the other branch is skipped, and their join neither waits nor is lost', async () => {
    const { result, statuses } = await traceRun(workflow('right'), { nodes: [chooser] });
    expect(statuses).toEqual({
      choose: 'succeeded',
      left: 'skipped',
      right: 'succeeded',
      either: 'succeeded',
      always: 'succeeded',
    });
    expect(result.nodes.left?.reason).toEqual({ kind: 'not_taken' });
  });

  it('skips everything after an action that no edge has', async () => {
    const { result, statuses } = await traceRun(workflow('neither'), { nodes: [chooser] });
    expect(result.status).toBe('succeeded');
    expect(statuses).toMatchObject({
      left: 'skipped',
      right: 'skipped',
      either: 'skipped',
      always: 'skipped',
    });
  });

  it('does not run a branch that is not taken because it also reads something else', async () => {
    const { statuses } = await traceRun(
      {
        nodes: [
          { id: 'choose', type: 'choose', params: { action: 'no' } },
          echo('fetch'),
          echo('send', '${fetch}'),
          echo('log', 1, { depends_on: ['fetch'] }),
        ],
        edges: [
          { from: 'choose', to: 'send', action: 'yes' },
          { from: 'choose', to: 'log', action: 'yes' },
        ],
      },
      { nodes: [chooser] },
    );
    expect(statuses).toMatchObject({ fetch: 'succeeded', send: 'skipped', log: 'skipped' });
  });

  it('follows `when` over outputs, on edges and on nodes', async () => {
    const { statuses } = await traceRun({
      nodes: [
        echo('score', { value: 0.4 }),
        echo('good'),
        echo('poor'),
        echo('extra', 1, { when: '${score.value} > 0.9' }),
      ],
      edges: [
        { from: 'score', to: 'good', when: '${score.value} >= 0.5' },
        { from: 'score', to: 'poor', when: 'score.value < 0.5' },
        { from: 'score', to: 'extra' },
      ],
    });
    expect(statuses).toEqual({ score: 'succeeded', good: 'skipped', poor: 'succeeded', extra: 'skipped' });
  });

  it('fails a node whose `when` cannot be decided, and says why', async () => {
    const { result } = await traceRun({
      nodes: [echo('score', {}), echo('good')],
      edges: [{ from: 'score', to: 'good', when: '${score.value} >= 0.5' }],
    });
    expect(result.error).toMatchObject({ code: 'FC5003', node: 'good', path: '/edges/0/when' });
  });

  it('takes an `error` edge when a node fails, and the failure is handled', async () => {
    const { result, statuses } = await traceRun({
      nodes: [
        { id: 'risky', type: 'fail', params: { message: 'no luck' } },
        echo('fine'),
        echo('rescue', '${risky.error.message}'),
      ],
      edges: [
        { from: 'risky', to: 'fine' },
        { from: 'risky', to: 'rescue', action: 'error' },
      ],
    });
    expect(result.status).toBe('succeeded');
    expect(statuses).toEqual({ risky: 'failed', fine: 'skipped', rescue: 'succeeded' });
    expect(result.nodes.rescue?.output).toBe('no luck');
  });
});
