import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineNode } from '../../src/actors/node.js';
import { route } from '../../src/actors/route.js';
import { TerminalError } from '../../src/ir/errors.js';
import { createRunner } from '../../src/runtime/runner.js';
import { createVirtualClock } from '../../src/runtime/virtual-clock.js';
import { traceRun } from '../helpers/trace.js';

const sleep = (id: string, ms: number, more: object = {}) => ({
  id,
  type: 'sleep',
  params: { ms, value: id },
  ...more,
});
const echo = (id: string, value: unknown = id, more: object = {}) => ({
  id,
  type: 'echo',
  params: { value },
  ...more,
});
const edges = (...pairs: readonly string[]) =>
  pairs.map((pair) => {
    const [from, to] = pair.split('>');
    return { from, to };
  });

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
    expect(result.metrics).toEqual({
      wall_ms: 300,
      work_ms: 600,
      critical_path_ms: 300,
      speedup: 2,
      peak_concurrency: 3,
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

describe('attempts', () => {
  it('wait in backoff, longer each time, while siblings are left alone (P8)', async () => {
    const { result, events } = await traceRun({
      nodes: [
        {
          id: 'flaky',
          type: 'fail',
          params: { times: 3, value: 'ok' },
          retry: { max_attempts: 4, initial_ms: 10, backoff: 3, max_delay_ms: 50 },
        },
        sleep('sibling', 5),
      ],
    });
    const waits = events.flatMap((event) => (event.type === 'node.backoff' ? [event.delay_ms] : []));
    expect(waits).toEqual([10, 30, 50]);
    expect(result.nodes.flaky).toMatchObject({
      status: 'succeeded',
      attempts: 4,
      output: 'ok',
      ended_at: 90,
    });
    expect(result.nodes.sibling).toMatchObject({ attempts: 1, ended_at: 5 });
  });

  it('spread their waits by jitter that is the same in every replay', async () => {
    const source = {
      nodes: [
        {
          id: 'flaky',
          type: 'fail',
          params: { times: 3 },
          retry: { max_attempts: 4, initial_ms: 1000, jitter: 'full' },
        },
      ],
    };
    const waits = async (seed: number) => {
      const { events } = await traceRun(source, { random: () => seed });
      return events.flatMap((event) => (event.type === 'node.backoff' ? [event.delay_ms] : []));
    };
    const first = await waits(0.25);
    expect(first).toEqual(await waits(0.25));
    expect(first).not.toEqual(await waits(0.75));
    for (const [index, wait] of first.entries()) expect(wait).toBeLessThan(1000 * 2 ** index);
    expect(new Set(first).size).toBe(3);
  });

  it('stop at a TerminalError, whatever the policy', async () => {
    const hopeless = defineNode({
      type: 'hopeless',
      run: () => {
        throw new TerminalError('no such account');
      },
    });
    const { result } = await traceRun(
      { nodes: [{ id: 'call', type: 'hopeless', retry: { max_attempts: 5 } }] },
      { nodes: [hopeless] },
    );
    expect(result.nodes.call).toMatchObject({
      status: 'failed',
      attempts: 1,
      error: { code: 'FC5008', message: 'no such account' },
    });
  });

  it('end at their timeout, their signal aborted, and the node is timed_out after the last', async () => {
    const { result, events } = await traceRun({
      nodes: [
        sleep('slow', 1000, { timeout: { attempt_ms: 20 }, retry: { max_attempts: 2, initial_ms: 5 } }),
      ],
    });
    expect(result.nodes.slow).toMatchObject({
      status: 'timed_out',
      attempts: 2,
      ended_at: 45,
      error: { code: 'FC5005' },
    });
    expect(events.filter(({ type }) => type === 'node.attempt_failed')).toHaveLength(2);
  });

  it('get the same idempotency key, another in each run and each iteration (P10)', async () => {
    const keys: string[] = [];
    const spy = defineNode({
      type: 'spy',
      run: (_params, { idempotencyKey, attempt }) => {
        keys.push(idempotencyKey);
        if (attempt === 1) throw new Error('again');
        return route('more');
      },
    });
    await traceRun(
      {
        nodes: [{ id: 'a/b', type: 'spy', retry: { max_attempts: 2, initial_ms: 1 } }],
        edges: [{ from: 'a/b', to: 'a/b', action: 'more', max_iterations: 2 }],
      },
      { nodes: [spy] },
    );
    expect(keys).toEqual(['run/a%2Fb#1', 'run/a%2Fb#1', 'run/a%2Fb#2', 'run/a%2Fb#2']);
  });
});

describe('loops', () => {
  const draft = defineNode({
    type: 'review',
    params: z.strictObject({ accept_at: z.number(), draft: z.number() }),
    run: ({ accept_at, draft }) => (draft >= accept_at ? { draft } : route('revise', { draft })),
  });
  const writer = (acceptAt: number, limit: number) => ({
    nodes: [
      { id: 'write', type: 'count' },
      { id: 'review', type: 'review', params: { accept_at: acceptAt, draft: '${write}' } },
      echo('publish', '${review.draft}'),
    ],
    edges: [
      ...edges('write>review', 'review>publish'),
      { from: 'review', to: 'write', action: 'revise', max_iterations: limit },
    ],
  });
  const counter = () => {
    let count = 0;
    return defineNode({ type: 'count', run: () => ++count });
  };

  it('go round until the action leaves them, and keep a record of every iteration', async () => {
    const { result } = await traceRun(writer(3, 5), { nodes: [draft, counter()] });
    expect(result.nodes.publish?.output).toBe(3);
    expect(result.nodes.write).toMatchObject({
      iteration: 3,
      output: 3,
      earlier: [
        { iteration: 1, output: 1 },
        { iteration: 2, output: 2 },
      ],
    });
  });

  it('end with a failure that says so when they ask for more than they may have (P2)', async () => {
    const { result, statuses } = await traceRun(writer(9, 3), { nodes: [draft, counter()] });
    expect(result.error).toMatchObject({ code: 'FC5004', node: 'review' });
    expect(statuses.publish).toBe('skipped');
    expect(result.nodes.write?.iteration).toBe(3);
  });

  it('leave the loop when another edge of the same action is there: repeat three times, then go on', async () => {
    const { result } = await traceRun(
      {
        nodes: [{ id: 'step', type: 'count' }, echo('after', '${step}')],
        edges: [
          { from: 'step', to: 'step', max_iterations: 3 },
          { from: 'step', to: 'after' },
        ],
      },
      { nodes: [counter()] },
    );
    expect(result.status).toBe('succeeded');
    expect(result.nodes.after?.output).toBe(3);
  });

  it('end after so many times where an edge back has neither an action nor a condition', async () => {
    const { result } = await traceRun(
      { nodes: [{ id: 'step', type: 'count' }], edges: [{ from: 'step', to: 'step', max_iterations: 4 }] },
      { nodes: [counter()] },
    );
    expect(result).toMatchObject({ status: 'succeeded', outputs: { step: 4 } });
  });

  it('stop at every depth at once (P5)', async () => {
    const { result } = await traceRun({
      timeout_ms: 100,
      nodes: [echo('o'), echo('h'), sleep('w', 300)],
      edges: [
        ...edges('o>h', 'h>w'),
        { from: 'h', to: 'h', max_iterations: 5 },
        { from: 'w', to: 'h', action: 'again', max_iterations: 5 },
        { from: 'w', to: 'o', action: 'again', max_iterations: 2 },
      ],
    });
    expect(result).toMatchObject({ status: 'failed', error: { code: 'FC5006' }, metrics: { wall_ms: 100 } });
    expect(result.nodes.w?.status).toBe('cancelled');
  });

  it('cancel what runs in them, each node with its record (P1, P5)', async () => {
    const { result, statuses } = await traceRun({
      nodes: [
        sleep('body', 100),
        sleep('other', 100),
        echo('end'),
        sleep('first', 5),
        { id: 'bad', type: 'fail' },
      ],
      edges: [
        ...edges('body>other', 'other>end', 'first>bad'),
        { from: 'other', to: 'body', action: 'again', max_iterations: 2 },
      ],
    });
    expect(statuses).toEqual({
      body: 'cancelled',
      other: 'cancelled',
      end: 'cancelled',
      first: 'succeeded',
      bad: 'failed',
    });
    expect(result.metrics.wall_ms).toBe(5);
  });
});

describe('limits and pauses', () => {
  it('hold on retries as well (P7)', async () => {
    const { result } = await traceRun({
      max_concurrency: 2,
      nodes: Array.from({ length: 5 }, (_, index) => ({
        id: `n${index}`,
        type: index % 2 === 0 ? 'sleep' : 'fail',
        params: index % 2 === 0 ? { ms: 10 } : { times: 2 },
        ...(index % 2 === 0 ? {} : { retry: { max_attempts: 3, initial_ms: 1 } }),
      })),
    });
    expect(result.status).toBe('succeeded');
    expect(result.metrics.peak_concurrency).toBe(2);
  });

  it('run a 0.1 workflow one node after another, in its order, every default edge and every root', async () => {
    const { events, statuses } = await traceRun({
      ir_version: '0.1.0',
      nodes: ['a', 'b', 'c', 'd', 'e'].map((id) => sleep(id, 10)),
      edges: edges('a>b', 'a>c', 'd>e'),
    });
    expect(new Set(Object.values(statuses))).toEqual(new Set(['succeeded']));
    const started = events.flatMap((event) =>
      event.type === 'node.started' ? [`${event.node}@${event.at}`] : [],
    );
    expect(started).toEqual(['a@0', 'd@10', 'b@20', 'c@30', 'e@40']);
  });

  it('let a paused run go on step by step', async () => {
    const clock = createVirtualClock();
    const run = createRunner({ clock }).start({
      nodes: [echo('a'), echo('b'), echo('c')],
      edges: edges('a>c'),
    });
    const started: string[] = [];
    run.on((event) => {
      if (event.type === 'node.started') started.push(event.node);
    });
    run.pause();
    await clock.flush();
    expect(started).toEqual([]);
    expect(run.step()).toBe(true);
    await clock.flush();
    expect(started).toEqual(['a']);
    expect(run.step()).toBe(true);
    await clock.flush();
    expect(started).toEqual(['a', 'b']);
    run.resume();
    expect((await clock.runUntil(run.result)).status).toBe('succeeded');
    expect(started).toEqual(['a', 'b', 'c']);
  });
});

describe('cancelling', () => {
  const workflow = { nodes: [sleep('a', 100), echo('b'), echo('c')], edges: edges('a>b') };

  it('stops a run, by its method or by a signal', async () => {
    for (const how of ['method', 'signal'] as const) {
      const clock = createVirtualClock();
      const controller = new AbortController();
      const run = createRunner({ clock }).start(workflow, {}, { signal: controller.signal });
      await clock.advance(10);
      if (how === 'method') run.cancel('enough');
      else controller.abort(new Error('enough'));
      const result = await clock.runUntil(run.result);
      expect(result).toMatchObject({
        status: 'cancelled',
        error: { code: 'FC5007', message: 'The run was cancelled: enough.' },
      });
      expect(Object.values(result.nodes).map(({ status }) => status)).toEqual([
        'cancelled',
        'cancelled',
        'succeeded',
      ]);
      expect(result.metrics.wall_ms).toBe(10);
    }
  });

  it('calls no function that was cancelled between its start and its call', async () => {
    let called = false;
    const spy = defineNode({
      type: 'spy',
      run: () => {
        called = true;
      },
    });
    const clock = createVirtualClock();
    const run = createRunner({ clock, nodes: [spy] }).start({ nodes: [{ id: 'spy', type: 'spy' }] });
    run.on(({ type }) => {
      if (type === 'node.started') run.cancel();
    });
    expect((await clock.runUntil(run.result)).nodes.spy).toMatchObject({ status: 'cancelled', attempts: 1 });
    expect(called).toBe(false);
  });

  it('before it began, starts nothing', async () => {
    const { result, events } = await traceRun(workflow, { start: { signal: AbortSignal.abort('no') } });
    expect(result.status).toBe('cancelled');
    expect(events.map(({ type }) => type)).not.toContain('node.started');
  });

  it('ends a run that takes longer than the workflow allows', async () => {
    const { result } = await traceRun({ ...workflow, timeout_ms: 30 });
    expect(result).toMatchObject({
      status: 'failed',
      error: { code: 'FC5006', node: null },
      metrics: { wall_ms: 30 },
    });
    expect(result.nodes.a?.status).toBe('cancelled');
  });
});

describe('data', () => {
  it('that a template names and nothing orders becomes a dependency', async () => {
    const { result } = await traceRun({
      nodes: [echo('sum', '${parts.a} and ${parts.b}'), sleep('wait', 5), echo('parts', { a: 1, b: 2 })],
      edges: edges('wait>parts'),
    });
    expect(result.nodes.sum?.output).toBe('1 and 2');
  });

  it('that is not there fails the node, naming what is', async () => {
    const { result } = await traceRun({
      nodes: [
        echo('rows', { data: [1], count: 1 }),
        echo('use', '${rows.dta}', { retry: { max_attempts: 3 } }),
      ],
      edges: edges('rows>use'),
    });
    expect(result.error).toMatchObject({ code: 'FC5002', node: 'use' });
    expect(result.error?.message).toContain('`dta`');
    expect(result.nodes.use?.attempts).toBe(1);
  });

  it('put in by a template is never expanded again (P14)', async () => {
    const { result } = await traceRun({
      nodes: [echo('secret', 'hunter2'), echo('evil', '$${secret}'), echo('use', 'said: ${evil}')],
      edges: edges('secret>evil', 'evil>use'),
    });
    expect(result.nodes.use?.output).toBe('said: ${secret}');
  });

  it('under the names that break other engines stays where it belongs', async () => {
    const ids = ['__proto__', 'constructor', 'a.b', '#x', '', 'toString', 'hasOwnProperty', 'état'];
    const source = JSON.parse(
      JSON.stringify({
        nodes: ids.map((id) => ({ id, type: 'echo', params: { value: `<${id}>` } })),
        edges: ids.slice(1).map((to, index) => ({ from: ids[index], to })),
      }),
    );
    const { result } = await traceRun(source);
    expect(result.status).toBe('succeeded');
    expect(Object.keys(result.nodes)).toEqual(ids);
    expect(JSON.parse(JSON.stringify(result.nodes)).constructor.output).toBe('<constructor>');
    for (const id of ids)
      expect(Object.getOwnPropertyDescriptor(result.nodes, id)?.value.output).toBe(`<${id}>`);
    expect(({} as { status?: string }).status).toBeUndefined();
  });

  it('that no output is declared for is what the last nodes put out', async () => {
    const { result } = await traceRun({
      nodes: [echo('a'), echo('b'), echo('c'), echo('never', 1, { when: '${a} == "b"' })],
      edges: edges('a>b', 'a>c', 'a>never'),
    });
    expect(result.outputs).toEqual({ b: 'b', c: 'c' });
  });

  it('of a node that failed, or was cancelled, is in no output', async () => {
    const { result } = await traceRun({
      on_error: 'fail_safe',
      nodes: [{ id: 'bad', type: 'fail' }, echo('good')],
      outputs: { bad: { source: '${bad}' }, good: { source: '${good}' } },
    });
    expect(result.outputs).toEqual({ good: 'good' });
  });

  it('that a function says, whatever it is, becomes an event of plain JSON', async () => {
    const odd = defineNode({
      type: 'odd',
      run: (_params, ctx) => {
        ctx.log({ not: 'text' } as never);
        ctx.progress(1n as never, 2n as never, 3 as never);
      },
    });
    const { events } = await traceRun({ nodes: [{ id: 'odd', type: 'odd' }] }, { nodes: [odd] });
    expect(events).toContainEqual(expect.objectContaining({ type: 'node.log', message: '[object Object]' }));
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'node.progress', done: 1, total: 2, message: '3' }),
    );
    expect(() => JSON.stringify(events)).not.toThrow();
  });

  it('that a function returns and is not JSON fails the node', async () => {
    const odd = defineNode({ type: 'odd', run: () => ({ when: new Map() }) });
    const { result } = await traceRun({ nodes: [{ id: 'odd', type: 'odd' }] }, { nodes: [odd] });
    expect(result.error).toMatchObject({ code: 'FC5010', node: 'odd' });
  });
});

describe('inputs', () => {
  const workflow = {
    inputs: {
      name: { type: 'str', required: true },
      times: { type: 'int', default: 2 },
      note: { type: 'string', required: false },
    },
    nodes: [echo('hello', '${name} x ${inputs.times} ${note}')],
    outputs: { text: { source: '${hello}' } },
  };

  it('are checked before anything starts, defaults filled in', async () => {
    const { result } = await traceRun(workflow, { inputs: { name: 'Ada' } });
    expect(result.outputs).toEqual({ text: 'Ada x 2 null' });
  });

  it('that are wrong are refused, all of them in one message (P13)', () => {
    const start = () => createRunner().start(workflow, { times: 'two', nmae: 'Ada' });
    expect(start).toThrow(expect.objectContaining({ code: 'FC5001' }));
    expect(start).toThrow(
      /`name` \(string\) is missing; `times` should be an integer, and is a string; `nmae` is not an input/,
    );
  });
});

describe('what is seen is what ran (P15)', () => {
  it('every record can be told from the events alone, in one order', async () => {
    const { result, events } = await traceRun({
      nodes: [sleep('a', 10), sleep('b', 20), { id: 'c', type: 'fail' }],
      edges: edges('a>c'),
      on_error: 'fail_safe',
    });
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index));
    expect(events.every((event, index) => event.at >= (events[index - 1]?.at ?? 0))).toBe(true);
    for (const [id, record] of Object.entries(result.nodes)) {
      const settled = events.filter((event) => event.type === 'node.settled' && event.node === id);
      expect(settled).toHaveLength(1);
      expect(settled[0]).toMatchObject({ at: record.ended_at, status: record.status, output: record.output });
    }
    expect(events.at(0)?.type).toBe('run.started');
    expect(events.at(-1)).toMatchObject({ type: 'run.settled', status: 'failed' });
  });

  it('an event loop over a run ends with it', async () => {
    const run = createRunner().start({ nodes: [echo('a')] });
    const types: string[] = [];
    for await (const event of run.events()) types.push(event.type);
    expect(types).toEqual(['run.started', 'node.queued', 'node.started', 'node.settled', 'run.settled']);
  });
});
