import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineNode } from '../../src/actors/node.js';
import { checkWorkflow } from '../../src/ir/check.js';
import { TerminalError } from '../../src/ir/errors.js';
import type { RunEvent } from '../../src/runtime/event.js';
import { createRunner } from '../../src/runtime/runner.js';
import { createMemoryStore } from '../../src/runtime/store/memory.js';
import { createVirtualClock } from '../../src/runtime/virtual-clock.js';
import { echo, edges, sleep } from '../helpers/sketch.js';
import { traceRun } from '../helpers/trace.js';

const ref = (id: string, name: string, inputs: object = {}, more: object = {}) => ({
  id,
  type: 'workflow',
  params: { ref: name, inputs },
  ...more,
});
const inline = (id: string, workflow: object, inputs: object = {}, more: object = {}) => ({
  id,
  type: 'workflow',
  params: { inline: workflow, inputs },
  ...more,
});
const greet = {
  id: 'greeting',
  inputs: { name: { type: 'string' } },
  nodes: [echo('say', 'Hello, ${name}!')],
  outputs: { text: { source: '${say}' } },
};
const doubled = (ms: number) => ({
  id: 'pair',
  nodes: [sleep('left', ms), sleep('right', ms)],
});

describe('a node of type workflow', () => {
  it('ends with the outputs of the workflow that stands in it', async () => {
    const { result } = await traceRun(
      {
        inputs: { who: { type: 'string' } },
        nodes: [inline('hello', greet, { name: '${who}' }), echo('after', '${hello.text}')],
        outputs: { said: { source: '${after}' } },
      },
      { inputs: { who: 'Ada' } },
    );
    expect(result).toMatchObject({ status: 'succeeded', outputs: { said: 'Hello, Ada!' } });
    expect(result.nodes.hello?.output).toEqual({ text: 'Hello, Ada!' });
  });

  it('ends with the outputs of one that is registered', async () => {
    const { result } = await traceRun(
      { nodes: [ref('a', 'greet', { name: 'A' }), ref('b', 'greet', { name: 'B' })] },
      { workflows: { greet } },
    );
    expect(result.outputs).toEqual({ a: { text: 'Hello, A!' }, b: { text: 'Hello, B!' } });
  });

  it('keeps the records of its nodes with its own', async () => {
    const { result } = await traceRun({ id: 'w', nodes: [inline('sub', doubled(5))] });
    expect(result.nodes.sub?.nodes).toMatchObject({
      left: { name: 'w.sub.left', status: 'succeeded', started_at: 0, ended_at: 5 },
      right: { name: 'w.sub.right', status: 'succeeded' },
    });
    expect(Object.keys(result.nodes)).toEqual(['sub']);
  });

  it('says what happens inside on the stream of the run, and where', async () => {
    const { events } = await traceRun({ id: 'w', nodes: [inline('sub', greet, { name: 'x' })] });
    const about = (event: RunEvent) =>
      'name' in event ? [event.type, event.scope, event.name] : [event.type];
    expect(events.map(about)).toEqual([
      ['run.started'],
      ['node.queued', undefined, 'w.sub'],
      ['node.started', undefined, 'w.sub'],
      ['node.queued', 'w.sub', 'w.sub.say'],
      ['node.started', 'w.sub', 'w.sub.say'],
      ['node.settled', 'w.sub', 'w.sub.say'],
      ['node.settled', undefined, 'w.sub'],
      ['run.settled'],
    ]);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index));
  });

  it('takes no place itself, and its nodes take those of the run', async () => {
    const { result } = await traceRun({
      max_concurrency: 2,
      nodes: [inline('a', doubled(10)), inline('b', doubled(10))],
    });
    expect(result).toMatchObject({ status: 'succeeded', metrics: { wall_ms: 20, peak_concurrency: 2 } });
    const one = await traceRun({
      max_concurrency: 1,
      nodes: [inline('a', { nodes: [inline('b', doubled(10))] })],
    });
    expect(one.result.metrics).toMatchObject({ wall_ms: 20, work_ms: 20, critical_path_ms: 20 });
  });

  it('is called by the name that it is registered under where it fails', async () => {
    const broken = { nodes: [{ id: 'bad', type: 'fail', params: { message: 'no luck' } }] };
    const { result } = await traceRun({ nodes: [ref('sub', 'nightly')] }, { workflows: { nightly: broken } });
    expect(result.nodes.sub?.error?.message).toMatch(/^Workflow `nightly` failed at `bad`/);
  });

  it('fails with the failure of its workflow, which it names', async () => {
    const broken = {
      id: 'inner',
      nodes: [echo('fine'), { id: 'bad', type: 'fail', params: { message: 'no luck' } }],
      edges: edges('fine>bad'),
    };
    const { result } = await traceRun({ id: 'w', nodes: [inline('sub', broken), echo('after', '${sub}')] });
    expect(result.nodes.sub?.error).toMatchObject({
      code: 'FC5017',
      node: 'sub',
      name: 'w.sub',
      path: '/nodes/0',
      causes: [{ code: 'FC6001', message: expect.stringContaining('no luck') }],
    });
    expect(result.nodes.sub?.error?.message).toMatch(/`inner` failed at `bad`: .*no luck/);
    expect(result.nodes.sub?.nodes?.bad?.error?.name).toBe('w.sub.bad');
    expect(result.nodes.after?.status).toBe('skipped');
  });

  it('is tried again as a whole, and `retry_on` may name what failed inside', async () => {
    const calls: string[] = [];
    const busy = defineNode({
      type: 'busy',
      params: z.strictObject({ times: z.number() }),
      run: ({ times }, ctx) => {
        calls.push(`${ctx.node} ${ctx.idempotencyKey}`);
        const before = calls.filter((call) => call.startsWith('flaky')).length;
        if (ctx.node === 'flaky' && before <= times)
          throw Object.assign(new Error('busy'), { code: 'E_BUSY' });
        return before;
      },
    });
    const workflow = (retry: object) => ({
      nodes: [
        inline(
          'sub',
          {
            nodes: [
              { id: 'first', type: 'busy', params: { times: 0 } },
              { id: 'flaky', type: 'busy', params: { times: 1 } },
            ],
            edges: edges('first>flaky'),
          },
          {},
          { retry: { max_attempts: 3, initial_ms: 10, ...retry } },
        ),
      ],
    });
    const { result } = await traceRun(workflow({ retry_on: ['E_BUSY'] }), { nodes: [busy] });
    expect(result.nodes.sub).toMatchObject({ status: 'succeeded', attempts: 2 });
    // A new attempt does all of it again, under keys of its own.
    expect(calls).toEqual([
      'first run/sub/first',
      'flaky run/sub/flaky',
      'first run/sub:2/first',
      'flaky run/sub:2/flaky',
    ]);
    calls.length = 0;
    const other = await traceRun(workflow({ retry_on: ['E_OTHER'] }), { nodes: [busy] });
    expect(other.result.nodes.sub).toMatchObject({ status: 'failed', attempts: 1 });
  });

  it('tries again what failed for good inside: that is for the node to say', async () => {
    const hopeless = defineNode({
      type: 'hopeless',
      run: () => {
        throw new TerminalError('never');
      },
    });
    const { result } = await traceRun(
      {
        nodes: [
          inline('sub', { nodes: [{ id: 'h', type: 'hopeless' }] }, {}, { retry: { max_attempts: 2 } }),
        ],
      },
      { nodes: [hopeless] },
    );
    expect(result.nodes.sub).toMatchObject({ attempts: 2, error: { code: 'FC5017' } });
  });

  it('is cancelled with its node: its functions are told, and waited for', async () => {
    const told: string[] = [];
    const stubborn = defineNode({
      type: 'stubborn',
      run: async (_params, ctx) => {
        await new Promise<void>((resolve) => ctx.signal.addEventListener('abort', () => resolve()));
        told.push(ctx.node);
        await new Promise<void>((resolve) => clock.setTimeout(resolve, 40));
        return 'late';
      },
    });
    const clock = createVirtualClock();
    const runner = createRunner({ clock, nodes: [stubborn], ids: () => 'run' });
    const events: RunEvent[] = [];
    const run = runner.start(
      {
        id: 'w',
        nodes: [
          inline('sub', { nodes: [{ id: 's', type: 'stubborn' }, echo('never', '${s}')] }),
          sleep('wait', 10),
          { id: 'bad', type: 'fail' },
        ],
        edges: edges('wait>bad'),
      },
      {},
      { onEvent: (event) => events.push(event) },
    );
    const result = await clock.runUntil(run.result);
    await runner.close();
    expect(told).toEqual(['s']);
    expect(result.nodes.sub).toMatchObject({
      status: 'cancelled',
      nodes: { s: { status: 'cancelled' }, never: { status: 'cancelled' } },
    });
    expect(result.metrics.wall_ms).toBe(50);
    expect(events.filter(({ type }) => type === 'node.late_result_dropped')).toMatchObject([
      { name: 'w.sub.s', scope: 'w.sub' },
    ]);
  });

  it('is cancelled when its time is over, and its workflow may have a time of its own', async () => {
    const { result } = await traceRun({
      nodes: [inline('sub', doubled(100), {}, { timeout: { attempt_ms: 10 } })],
    });
    expect(result.nodes.sub).toMatchObject({
      status: 'timed_out',
      nodes: { left: { status: 'cancelled', ended_at: 10 } },
    });
    const inner = await traceRun({ nodes: [inline('sub', { ...doubled(100), timeout_ms: 10 })] });
    expect(inner.result.nodes.sub?.error).toMatchObject({ code: 'FC5017', causes: [{ code: 'FC5006' }] });
  });

  it('waits while the run is paused, and goes on node by node', async () => {
    const clock = createVirtualClock();
    const runner = createRunner({ clock });
    const run = runner.start({
      nodes: [inline('sub', { nodes: [echo('a'), echo('b')], edges: edges('a>b') })],
    });
    const started: string[] = [];
    run.on((event) => {
      if (event.type === 'node.started') started.push(event.node);
    });
    run.pause();
    await clock.advance(100);
    expect(started).toEqual([]);
    for (const expected of [['sub'], ['sub', 'a'], ['sub', 'a', 'b']]) {
      expect(run.step()).toBe(true);
      await clock.advance(100);
      expect(started).toEqual(expected);
    }
    await run.result;
    await runner.close();
  });

  it('commits what its nodes return under the run', async () => {
    const committed: string[] = [];
    const memory = createMemoryStore();
    const store = {
      ...memory,
      commit: (run: string, execution: string, result: never) => {
        committed.push(`${run} ${execution}`);
        memory.commit(run, execution, result);
      },
    };
    await traceRun({ nodes: [inline('a/b', { nodes: [inline('c', { nodes: [echo('d')] })] })] }, { store });
    expect(committed).toEqual(['run a%2Fb/c/d', 'run a%2Fb/c', 'run a%2Fb']);
  });

  it('has a run for each iteration of a loop around it', async () => {
    const { result } = await traceRun({
      id: 'w',
      nodes: [inline('sub', { nodes: [echo('a')] })],
      edges: [{ from: 'sub', to: 'sub', max_iterations: 2 }],
    });
    expect(result.nodes.sub).toMatchObject({
      name: 'w.sub.iteration_1',
      nodes: { a: { name: 'w.sub.iteration_1.a' } },
      earlier: [{ nodes: { a: { name: 'w.sub.iteration_0.a' } } }],
    });
  });

  it('keeps within the groups around it', async () => {
    const { result } = await traceRun({
      parallel_groups: { g: { max_concurrency: 1 } },
      nodes: [echo('fork'), inline('a', doubled(10)), sleep('b', 10)],
      edges: ['a', 'b'].map((to) => ({ from: 'fork', to, parallel_group: 'g' })),
    });
    expect(result.metrics).toMatchObject({ wall_ms: 30, peak_concurrency: 1 });
  });

  it('waits random times of its own where it tries again', async () => {
    const retry = { max_attempts: 2, initial_ms: 1_000_000, max_delay_ms: 1_000_000, jitter: 'full' };
    const failing = { nodes: [{ id: 'f', type: 'fail', retry }] };
    const { events } = await traceRun({
      on_error: 'continue',
      nodes: [inline('a', failing), inline('b', failing)],
    });
    const delays = events.flatMap((event) => (event.type === 'node.backoff' ? [event.delay_ms] : []));
    expect(new Set(delays).size).toBe(2);
  });

  it('ends with a run that is cancelled', async () => {
    const clock = createVirtualClock();
    const runner = createRunner({ clock });
    const run = runner.start({ nodes: [inline('sub', doubled(100))] });
    await clock.advance(10);
    run.cancel('enough');
    const result = await clock.runUntil(run.result);
    await runner.close();
    expect(result).toMatchObject({ status: 'cancelled', metrics: { wall_ms: 10 } });
    expect(result.nodes.sub).toMatchObject({ status: 'cancelled', nodes: { left: { status: 'cancelled' } } });
  });

  it('takes an event that the run is sent', async () => {
    const clock = createVirtualClock();
    const runner = createRunner({ clock });
    const run = runner.start({
      nodes: [inline('sub', { nodes: [{ id: 'w', type: 'wait', params: { event: 'go' } }] })],
    });
    await clock.advance(1);
    expect(run.send('go', 7)).toBe(true);
    expect((await run.result).outputs).toEqual({ sub: { w: 7 } });
    await runner.close();
  });
});

describe('a sub-workflow that cannot be run', () => {
  const failureOf = async (node: object, workflows: { [name: string]: unknown } = {}) => {
    const { result } = await traceRun(
      { inputs: { name: { type: 'any', default: 'none' } }, nodes: [node] },
      { workflows },
    );
    return result.nodes.sub;
  };

  it('is FC2012 where the name is only known then', async () => {
    const record = await failureOf(
      { ...ref('sub', '${name}x'), retry: { max_attempts: 3 } },
      { nonex2: greet },
    );
    expect(record).toMatchObject({ attempts: 1, error: { code: 'FC2012', hint: 'Did you mean `nonex2`?' } });
  });

  it('is FC5017 where its inputs are wrong', async () => {
    const record = await failureOf(ref('sub', 'greet', { name: 3 }), { greet });
    expect(record?.error).toMatchObject({ code: 'FC5017', causes: [{ code: 'FC5001' }] });
  });

  it('is FC5017 where it does not pass its check', async () => {
    const record = await failureOf(ref('sub', 'bad'), { bad: { nodes: [{ id: 'x', type: 'nothing' }] } });
    expect(record?.error).toMatchObject({ code: 'FC5017', causes: [{ code: 'FC2003' }] });
  });

  it('is refused at the start where a workflow that was checked elsewhere has node types that are not here', () => {
    const { workflow } = checkWorkflow({ nodes: [inline('sub', { nodes: [{ id: 'x', type: 'mine' }] })] });
    expect(() => createRunner().start(workflow)).toThrow(/`x` has the type `mine`/);
  });

  it('is FC5017 where one runs itself for ever, and names the chain', async () => {
    const record = await failureOf(ref('sub', 'again'), {
      again: { id: 'again', nodes: [ref('more', 'again')] },
    });
    expect(record?.error?.code).toBe('FC5017');
    expect(record?.error?.message).toContain('`again` > `again`');
    let depth = 0;
    for (let inner = record; inner?.nodes !== undefined; inner = inner.nodes.more) depth++;
    expect(depth).toBe(16);
  });
});

describe('many sub-workflows at once', () => {
  it('end as they do one after another, whoever comes first', async () => {
    const runs = [1, 2, 3].map((max_concurrency) =>
      traceRun({
        id: 'w',
        max_concurrency,
        nodes: ['a', 'b', 'c'].map((id, index) => inline(id, doubled(5 + index))),
      }),
    );
    const outputs = (await Promise.all(runs)).map(({ result }) => result.outputs);
    expect(outputs[0]).toEqual(outputs[1]);
    expect(outputs[0]).toEqual(outputs[2]);
    expect(Object.keys(outputs[0] ?? {})).toEqual(['a', 'b', 'c']);
  });
});
