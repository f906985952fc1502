import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineNode } from '../../src/actors/node.js';
import type { RunEvent } from '../../src/runtime/event.js';
import { createRunner, type Runner } from '../../src/runtime/runner.js';
import type { RunnerOptions, StartOptions } from '../../src/runtime/runner-options.js';
import { createVirtualClock } from '../../src/runtime/virtual-clock.js';
import { edges, sleep } from '../helpers/sketch.js';
import { traceRun } from '../helpers/trace.js';

const using = (id: string, ms: number, uses: object, more: object = {}) => sleep(id, ms, { uses, ...more });

/** `a@0`: which nodes started, and when. */
const starts = (events: readonly RunEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'node.started' ? [`${event.node}@${event.at}`] : []));

/** Several runs of one runner, started together: what each of them started when. */
async function runTogether(
  sources: readonly (readonly [source: object, options?: StartOptions])[],
  options: RunnerOptions = {},
) {
  const clock = createVirtualClock();
  const runner: Runner = createRunner({ clock, ...options });
  const runs = sources.map(([source, start]) => {
    const events: RunEvent[] = [];
    return { events, run: runner.start(source, {}, { ...start, onEvent: (event) => events.push(event) }) };
  });
  const results = await clock.runUntil(Promise.all(runs.map(({ run }) => run.result)));
  return { results, starts: runs.map(({ events }) => starts(events)) };
}

describe('a resource', () => {
  const two = (prefix: string, resources?: object) => ({
    ...(resources === undefined ? {} : { resources }),
    nodes: ['1', '2'].map((id) => using(`${prefix}${id}`, 10, { llm: 1 })),
  });

  it('is shared by all runs of a runner, whether a workflow declares it or the runner (P7)', async () => {
    const declared = { llm: { concurrency: 1 } };
    const byWorkflow = await runTogether([[two('a', declared)], [two('b', declared)]]);
    expect(byWorkflow.starts).toEqual([
      ['a1@0', 'a2@10'],
      ['b1@20', 'b2@30'],
    ]);
    const wide = { llm: { concurrency: 9 } };
    const byRunner = await runTogether([[two('a', declared)], [two('b', wide)]], {
      resources: { llm: { concurrency: 2 } },
    });
    expect(byRunner.starts).toEqual([
      ['a1@0', 'a2@0'],
      ['b1@10', 'b2@10'],
    ]);
  });

  it('is no business of another runner', async () => {
    const alone = () => runTogether([[two('a', { llm: { concurrency: 1 } })]]);
    const [first, second] = await Promise.all([alone(), alone()]);
    expect([first.starts, second.starts]).toEqual([[['a1@0', 'a2@10']], [['a1@0', 'a2@10']]]);
  });

  it('goes to the run with the higher priority, and in a run to the node with the higher one', async () => {
    const { starts: started } = await runTogether(
      [
        [{ nodes: [using('low', 10, { llm: 1 }), using('lower', 10, { llm: 1 }, { priority: -1 })] }],
        [{ nodes: [using('high', 10, { llm: 1 })] }, { priority: 1 }],
      ],
      { resources: { llm: { concurrency: 1 } } },
    );
    expect(started).toEqual([['low@10', 'lower@20'], ['high@0']]);
  });

  it('is used anew by each attempt, and free during the backoff', async () => {
    const { result, events } = await traceRun({
      resources: { llm: { concurrency: 1 } },
      nodes: [
        {
          id: 'again',
          type: 'fail',
          params: { times: 2 },
          uses: ['llm'],
          retry: { max_attempts: 3, initial_ms: 5, backoff: 1 },
        },
        using('long', 100, { llm: 1 }),
      ],
    });
    expect(starts(events)).toEqual(['again@0', 'long@0', 'again@100', 'again@105']);
    expect(result.metrics.resources).toEqual({ llm: { uses: 4, peak: 1, busy_ms: 100, waited_ms: 95 } });
  });

  it('has a rate that holds in any span, over retries and runs', async () => {
    const again = {
      nodes: [
        {
          id: 'again',
          type: 'fail',
          params: { times: 3 },
          uses: ['llm'],
          retry: { max_attempts: 4, initial_ms: 1, backoff: 1 },
        },
      ],
    };
    const { starts: started } = await runTogether([[again], [two('b')]], {
      resources: { llm: { rate: { limit: 2, perMs: 100 } } },
    });
    expect(started).toEqual([
      ['again@0', 'again@100', 'again@200', 'again@201'],
      ['b1@0', 'b2@100'],
    ]);
  });

  it('counts amounts, and starts a node only when all that it uses is free', async () => {
    const { events } = await traceRun({
      resources: { gpu: { capacity: 3 }, llm: { concurrency: 1 } },
      nodes: [
        using('two', 10, { gpu: 2 }),
        using('llm', 30, { llm: 1 }),
        using('both', 10, { gpu: 2, llm: 1 }),
        using('behind', 10, { gpu: 1 }),
        sleep('free', 10),
      ],
    });
    expect(starts(events)).toEqual(['two@0', 'llm@0', 'free@0', 'both@30', 'behind@30']);
  });

  it('stays taken until a function that was told to stop has returned', async () => {
    const deaf = defineNode({
      type: 'deaf',
      params: z.object({ ms: z.number() }),
      run: ({ ms }) => new Promise<null>((resolve) => clock.setTimeout(() => resolve(null), ms)),
    });
    const clock = createVirtualClock();
    const { events, statuses } = await traceRun(
      {
        on_error: 'fail_safe',
        resources: { llm: { concurrency: 1 } },
        nodes: [
          { id: 'deaf', type: 'deaf', params: { ms: 40 }, uses: ['llm'], timeout: { attempt_ms: 10 } },
          using('next', 10, { llm: 1 }),
        ],
      },
      { clock, nodes: [deaf], gracePeriodMs: 100 },
    );
    expect(statuses).toEqual({ deaf: 'timed_out', next: 'succeeded' });
    expect(starts(events)).toEqual(['deaf@0', 'next@40']);
  });

  it('is left by a run that is cancelled while it waits', async () => {
    const clock = createVirtualClock();
    const runner = createRunner({ clock, resources: { llm: { concurrency: 1 } } });
    const node = { nodes: [using('n', 50, { llm: 1 })] };
    const [first, second, third] = [runner.start(node), runner.start(node), runner.start(node)];
    await clock.advance(10);
    second.cancel();
    first.cancel();
    const results = await clock.runUntil(Promise.all([first.result, second.result, third.result]));
    expect(results.map(({ status }) => status)).toEqual(['cancelled', 'cancelled', 'succeeded']);
    expect(clock.now()).toBe(60);
  });

  it('is said to be waited for, once, with the name of who waits', async () => {
    const { events } = await traceRun({
      id: 'w',
      resources: { llm: { concurrency: 1 } },
      nodes: [
        using('a', 10, { llm: 1 }),
        { ...using('b', 10, { llm: 1 }), batch: { items: [1, 2], max_concurrent: 2 } },
      ],
    });
    const waiting = events.flatMap((event) => (event.type === 'resource.waiting' ? [event] : []));
    expect(
      waiting.map(({ at, node, name, index, resource }) => ({ at, node, name, index, resource })),
    ).toEqual([
      { at: 0, node: 'b', name: 'w.b.item_0', index: 0, resource: 'llm' },
      { at: 0, node: 'b', name: 'w.b.item_1', index: 1, resource: 'llm' },
    ]);
  });
});

describe('what there is of a resource', () => {
  it('is found out for `auto`, once for a runner; who asks for more fails with FC5014', async () => {
    const asked: string[] = [];
    const detectCapacity = async (resource: string) => {
      asked.push(resource);
      return 2;
    };
    const source = {
      on_error: 'fail_safe',
      resources: { gpu: { capacity: 'auto' } },
      nodes: [
        using('a', 10, { gpu: 1 }),
        using('b', 10, { gpu: 2 }),
        using('c', 10, { gpu: 3 }, { retry: { max_attempts: 5 } }),
      ],
    };
    const { results, starts: started } = await runTogether([[source], [source]], { detectCapacity });
    expect(asked).toEqual(['gpu']);
    expect(started).toEqual([
      ['a@0', 'b@10'],
      ['a@20', 'b@30'],
    ]);
    for (const { nodes, error } of results) {
      expect(nodes.c).toMatchObject({ status: 'failed', attempts: 0 });
      expect(error).toEqual({
        code: 'FC5014',
        message: '`c` asks for 3 of `gpu`, of which there can never be more than 2.',
        node: 'c',
        name: 'workflow.c',
        path: '/nodes/2',
        hint: 'Ask for at most 2 in `uses`, or raise the bound in `resources`.',
      });
    }
  });
});

describe('places', () => {
  it('go to the node with the longest way before it, by estimates', async () => {
    const { events } = await traceRun({
      max_concurrency: 1,
      nodes: [
        sleep('short', 10, { estimate_ms: 10 }),
        sleep('long', 10, { estimate_ms: 10 }),
        sleep('after', 10, { estimate_ms: 500 }),
        sleep('urgent', 10, { priority: 1 }),
      ],
      edges: edges('long>after'),
    });
    expect(starts(events)).toEqual(['urgent@0', 'long@10', 'after@20', 'short@30']);
  });

  it('of a group bound the node functions in it, of retries and of items as well', async () => {
    const { result, events } = await traceRun({
      nodes: [
        sleep('fork', 0),
        { ...sleep('items', 10), batch: { items: [1, 2, 3], max_concurrent: 3 } },
        { id: 'again', type: 'fail', params: { times: 1 }, retry: { max_attempts: 2, initial_ms: 1 } },
        sleep('third', 10),
        sleep('outside', 10),
      ],
      edges: [
        ...['items', 'again', 'third'].map((to) => ({ from: 'fork', to, parallel_group: 'few' })),
        { from: 'fork', to: 'outside' },
      ],
      parallel_groups: { few: { max_concurrency: 1 } },
    });
    expect(result.status).toBe('succeeded');
    // One in the group, and the one that is outside of it.
    expect(result.metrics.peak_concurrency).toBe(2);
    expect(result.metrics.wall_ms).toBe(40);
    expect(starts(events).filter((start) => start.startsWith('outside'))).toEqual(['outside@0']);
  });

  it('are taken by the nodes of a sub-workflow from the run around it, and by the node that runs it not', async () => {
    const { result } = await traceRun({
      max_concurrency: 1,
      resources: { llm: { concurrency: 1 } },
      nodes: [
        {
          id: 'inner',
          type: 'workflow',
          params: { inline: { nodes: [using('x', 10, { llm: 1 }), sleep('y', 10)], resources: { llm: {} } } },
        },
        using('outer', 10, { llm: 1 }),
      ],
    });
    expect(result.status).toBe('succeeded');
    expect(result.metrics).toMatchObject({ peak_concurrency: 1, wall_ms: 30, mean_concurrency: 1 });
    expect(result.metrics.resources.llm).toMatchObject({ uses: 2, peak: 1 });
  });
});

describe('metrics', () => {
  it('say what each node waited and ran, and how much of each resource was used', async () => {
    const { result } = await traceRun({
      max_concurrency: 2,
      resources: { idle: { concurrency: 1 }, gpu: { capacity: 4 } },
      nodes: [using('a', 10, { gpu: 3 }), using('__proto__', 20, { gpu: 2 }), sleep('c', 40), sleep('d', 5)],
      edges: edges('c>d'),
    });
    const { metrics } = result;
    expect(Object.keys(metrics.nodes)).toEqual(['a', '__proto__', 'c', 'd']);
    expect(metrics.nodes.a).toEqual({ calls: 1, queue_ms: 0, run_ms: 10 });
    expect(Object.getOwnPropertyDescriptor(metrics.nodes, '__proto__')?.value).toEqual({
      calls: 1,
      queue_ms: 10,
      run_ms: 20,
    });
    expect({ ...metrics.resources }).toEqual({
      idle: { uses: 0, peak: 0, busy_ms: 0, waited_ms: 0 },
      gpu: { uses: 2, peak: 3, busy_ms: 30, waited_ms: 10 },
    });
    expect(metrics.mean_concurrency).toBe(Math.round((75 / 45) * 1000) / 1000);
  });
});

describe('a capacity that could not be found out', () => {
  const none = async () => {
    throw new Error('no answer', { cause: Object.assign(new Error('no driver'), { code: 'ENOENT' }) });
  };
  const resources = { gpu: { capacity: 'auto' as const } };
  const failure = {
    code: 'FC5014',
    message: '`a` asks for 1 of `gpu`, and `detectCapacity` failed: no answer.',
    causes: [{ message: 'no answer' }, { code: 'ENOENT' }],
  };

  it('fails the node that needs it, with why', async () => {
    const nodes = [sleep('a', 1, { uses: ['gpu'] })];
    const { result } = await traceRun({ nodes }, { resources, detectCapacity: none });
    expect(result.error).toMatchObject(failure);
  });

  it('fails the calls that need it, with why', async () => {
    const calls = defineNode({
      type: 'calls',
      run: async (_, ctx) => {
        const [record] = await ctx.callToolsParallel([{ tool: 'echo' }], { uses: ['gpu'] });
        return record?.error;
      },
    });
    const nodes = [{ id: 'a', type: 'calls' }];
    const { result } = await traceRun({ nodes }, { nodes: [calls], resources, detectCapacity: none });
    expect(result.nodes.a?.output).toMatchObject(failure);
  });
});

describe('options about resources', () => {
  it.each([
    [{ resources: { llm: 3 } }, '`resources.llm` is 3.'],
    [{ resources: { llm: { concurrency: 0 } } }, '`resources.llm.concurrency` is 0.'],
    [{ resources: { llm: { capacity: 'much' } } }, '`resources.llm.capacity` is the text "much".'],
    [{ resources: { llm: { concurency: 1 } } }, '`resources.llm` cannot have `concurency`.'],
    [{ resources: { llm: { rate: 3 } } }, '`resources.llm.rate` is 3.'],
    [{ resources: { llm: { rate: { perMs: 1 } } } }, '`resources.llm.rate.limit` is missing.'],
    [{ resources: { llm: { rate: { limit: 1, perMs: 0 } } } }, '`resources.llm.rate.perMs` is 0.'],
    [{ detectCapacity: 3 }, '`detectCapacity` is 3.'],
  ])('are refused where they cannot be: %j', (options, message) => {
    expect(() => createRunner(options as unknown as RunnerOptions)).toThrow(
      expect.objectContaining({ code: 'FC9002', message }),
    );
  });

  it('are refused where the priority of a run is no number', () => {
    const start = () => createRunner().start({ nodes: [sleep('a', 1)] }, {}, { priority: Number.NaN });
    expect(start).toThrow(expect.objectContaining({ code: 'FC9002', message: '`priority` is NaN.' }));
  });
});
