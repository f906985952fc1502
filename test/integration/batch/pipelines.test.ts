import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineNode } from '../../../src/actors/node.js';
import type { RunEvent } from '../../../src/runtime/event.js';
import { echo, edges } from '../../helpers/sketch.js';
import { traceRun } from '../../helpers/trace.js';

/** Takes `ms`, then fails if told to, else puts its value out. */
const work = defineNode({
  type: 'work',
  params: z.object({ value: z.json(), ms: z.number().default(0), fails: z.json().default(null) }),
  run: async ({ value, ms, fails }, ctx) => {
    await ctx.sleep(ms);
    if (fails !== null && fails === value) throw new Error(`cannot do ${value}`);
    return value;
  },
});

interface Stage {
  readonly items: unknown;
  readonly ms?: number;
  readonly max?: number;
  readonly fails?: unknown;
  readonly batch?: object;
  readonly more?: object;
}

const stage = (id: string, { items, ms = 0, max = 1, fails = null, batch, more }: Stage) => ({
  id,
  type: 'work',
  params: { value: '${item}', ms, fails },
  batch: { items, max_concurrent: max, ...batch },
  stream: true,
  ...more,
});
/** The last of a pipeline, which passes nothing on. */
const last = (id: string, how: Stage) => ({ ...stage(id, how), stream: false });

const run = (nodes: readonly object[], workflow: object = {}) =>
  traceRun({ ...workflow, nodes }, { nodes: [work] });

const times = (events: readonly RunEvent[], type: string, node: string) =>
  events.flatMap((event) =>
    'node' in event && event.type === type && event.node === node ? [event.at] : [],
  );

describe('a pipeline', () => {
  it('works on results while they come in: its stages overlap', async () => {
    const { result, events } = await run([
      stage('a', { items: [1, 2, 3], ms: 10 }),
      last('b', { items: '${a}', ms: 10 }),
    ]);
    expect(times(events, 'node.started', 'b')).toEqual([0]);
    expect(times(events, 'item.started', 'b')).toEqual([10, 20, 30]);
    expect(result.metrics.wall_ms).toBe(40);
    expect(result.nodes.b?.output).toMatchObject({ results: [1, 2, 3], count: 3 });
  });

  it('passes results on in the order of the items, whatever the order in which they are done', async () => {
    const items = [30, 10, 20];
    const { result, events } = await traceRun(
      {
        nodes: [
          {
            id: 'a',
            type: 'work',
            params: { value: '${item}', ms: '${item}' },
            batch: { items, max_concurrent: 3 },
            stream: true,
          },
          last('b', { items: '${a.results}' }),
        ],
      },
      { nodes: [work] },
    );
    expect(result.nodes.b?.output).toMatchObject({ results: [30, 10, 20] });
    expect(times(events, 'item.started', 'b')).toEqual([30, 30, 30]);
  });

  it('leaves failed items out', async () => {
    const { result } = await run([
      stage('a', { items: [1, 2, 3], fails: 2, batch: { error_handling: 'continue' } }),
      last('b', { items: '${a}' }),
    ]);
    expect(result.nodes.b?.output).toMatchObject({ results: [1, 3], count: 2 });
    expect(result.nodes.a?.output).toMatchObject({ results: [], count: 3, error_count: 1 });
  });

  it('keeps the results that it writes to the state', async () => {
    const { result } = await run(
      [stage('a', { items: [1, 2], more: { writes: ['results'] } }), last('b', { items: '${a.results}' })],
      { state: { results: {} }, outputs: { kept: { source: '${state.results}' } } },
    );
    expect(result.status).toBe('succeeded');
    expect(result.outputs).toEqual({ kept: [1, 2] });
  });

  it('may have many stages, and several after one: the slowest holds', async () => {
    const { result, events } = await run([
      stage('a', { items: [1, 2, 3, 4, 5, 6] }),
      stage('b', { items: '${a}', ms: 1 }),
      last('c', { items: '${b}', ms: 1 }),
      last('slow', { items: '${a}', ms: 10 }),
    ]);
    for (const id of ['c', 'slow']) {
      expect(result.nodes[id]?.output).toMatchObject({ results: [1, 2, 3, 4, 5, 6] });
    }
    // Two at most are ahead of the slow one: the one that it is at, and the one that waits for it.
    expect(times(events, 'item.started', 'a')).toEqual([0, 0, 10, 20, 30, 40]);
  });

  it.each([1, 2, 5])('holds a faster stage back: %i results wait at most', async (max) => {
    const items = Array.from({ length: 30 }, (_, n) => n);
    const { events } = await run([
      stage('a', { items, ms: 1, max }),
      last('b', { items: '${a}', ms: 50, max: 2 }),
    ]);
    let ahead = 0;
    let most = 0;
    for (const event of events) {
      if (event.type === 'item.started') ahead += event.node === 'a' ? 1 : 0;
      if (event.type === 'item.settled') ahead -= event.node === 'b' ? 1 : 0;
      most = Math.max(most, ahead);
    }
    // Under way in either stage, or waiting between them.
    expect(most).toBe(max + 2);
  });

  it('takes results in lists of `batch_size` as well', async () => {
    const { result } = await run([
      stage('a', { items: [1, 2, 3, 4, 5] }),
      last('b', { items: '${a}', batch: { batch_size: 2 } }),
    ]);
    expect(result.nodes.b?.output).toMatchObject({ results: [[1, 2], [3, 4], [5]] });
  });

  it('waits for no stage that has ended', async () => {
    const items = Array.from({ length: 9 }, (_, n) => n);
    const { result } = await run(
      [
        stage('a', { items, ms: 1 }),
        last('failing', { items: '${a}', fails: 2 }),
        last('b', { items: '${a}' }),
      ],
      { on_error: 'fail_safe' },
    );
    expect(result.nodes).toMatchObject({
      a: { status: 'succeeded' },
      failing: { status: 'failed' },
      b: { output: { count: 9 } },
    });
  });

  it('waits for no stage that never starts', async () => {
    const items = Array.from({ length: 9 }, (_, n) => n);
    const { result } = await run([
      echo('no', false),
      stage('a', { items, ms: 1 }),
      { ...last('b', { items: '${a}' }), when: '${no} == true' },
    ]);
    expect(result.nodes).toMatchObject({ a: { status: 'succeeded' }, b: { status: 'skipped' } });
  });

  it.each([
    ['as an edge says as well', edges('a>between', 'between>b', 'a>b')],
    ['and no edge leads from there', edges('a>between', 'between>b')],
  ])('does not lock up where a stage also waits for the end of the one before, %s', async (_what, edges) => {
    const items = Array.from({ length: 9 }, (_, n) => n);
    const stages = [
      stage('a', { items, fails: 4, batch: { error_handling: 'continue' } }),
      echo('between', 1),
      last('b', { items: '${a}' }),
    ];
    const { result } = await run(stages, { edges });
    expect(result.nodes.b?.output).toMatchObject({ results: [0, 1, 2, 3, 5, 6, 7, 8] });
  });

  it('does not lock up where a stage waits for a loop that waits for the one before', async () => {
    const items = Array.from({ length: 9 }, (_, n) => n);
    const { result } = await run(
      [
        stage('a', { items }),
        echo('head'),
        echo('leaves'),
        { ...echo('waits'), depends_on: ['a'] },
        last('b', { items: '${a}' }),
      ],
      {
        edges: [
          ...edges('head>leaves', 'leaves>waits', 'leaves>b', 'a>b'),
          { from: 'waits', to: 'head', max_iterations: 2 },
        ],
      },
    );
    expect(result.nodes.b?.output).toMatchObject({ results: items });
  });

  it('does without the results that are passed on, and keeps them where anything else can see them', async () => {
    const pair = [stage('a', { items: [1, 2] }), last('b', { items: '${a}' })];
    const kept = { results: [1, 2] };
    const of = async (...more: readonly object[]) => (await run([...pair, ...more])).result.nodes.a?.output;
    expect(await of()).toMatchObject({ results: [], count: 2 });
    expect(await of(echo('c', '${a.results}'))).toMatchObject(kept);
    expect(await of({ ...echo('c', 1), depends_on: ['a'] })).toMatchObject(kept);
    const { result } = await run(pair, { outputs: { all: { source: '${a.results}' } } });
    expect(result.outputs.all).toEqual([1, 2]);
  });
});

describe('a stage that fails', () => {
  it('lets the next one finish what it was passed, which then fails with FC5015', async () => {
    const { result } = await run(
      [stage('a', { items: [1, 2, 3], ms: 10, fails: 3 }), last('b', { items: '${a}', ms: 25, max: 2 })],
      { on_error: 'fail_safe' },
    );
    expect(result.nodes.a).toMatchObject({ status: 'failed', ended_at: 30 });
    expect(result.nodes.b).toMatchObject({
      status: 'failed',
      ended_at: 45,
      error: { code: 'FC5015', node: 'b' },
    });
    expect(result.nodes.b?.error?.message).toContain('cannot do 3');
  });

  it('ends the stages after it, one after the other', async () => {
    const { result } = await run(
      [stage('a', { items: [1], fails: 1 }), stage('b', { items: '${a}' }), last('c', { items: '${b}' })],
      { on_error: 'fail_safe' },
    );
    expect(result.nodes).toMatchObject({
      b: { error: { code: 'FC5015' } },
      c: { error: { code: 'FC5015' } },
    });
  });

  it('is skipped, and so is what it would have passed on to', async () => {
    const { result } = await run([
      echo('no', false),
      { ...stage('a', { items: [1] }), when: '${no} == true' },
      last('b', { items: '${a}' }),
    ]);
    expect(result.nodes).toMatchObject({ a: { status: 'skipped' }, b: { status: 'skipped' } });
  });

  it('is cancelled with all that runs when the run is', async () => {
    const { result } = await run(
      [stage('a', { items: [1, 2, 3], ms: 10 }), last('b', { items: '${a}', ms: 10 })],
      { timeout_ms: 15 },
    );
    expect(result.nodes).toMatchObject({ a: { status: 'cancelled' }, b: { status: 'cancelled' } });
  });
});

describe('batches in loops', () => {
  const loop = [
    { from: 'a', to: 'b' },
    { from: 'b', to: 'a', max_iterations: 3 },
  ];
  it('work through their items in each iteration', async () => {
    const { result, events } = await traceRun({
      nodes: [
        { id: 'a', type: 'echo', params: { value: '${item}' }, batch: { items: [1, 2] } },
        echo('b', '${a[*].output}'),
      ],
      edges: loop,
    });
    expect(result.nodes.a).toMatchObject({ iteration: 3, output: { results: [1, 2] } });
    expect(result.nodes.b?.output).toEqual([1, 2]);
    expect(times(events, 'item.settled', 'a')).toHaveLength(6);
  });

  it('are pipelines in each iteration as well', async () => {
    const { result, events } = await traceRun(
      {
        nodes: [stage('a', { items: [1, 2], ms: 10 }), last('b', { items: '${a}', ms: 10 })],
        edges: loop,
      },
      { nodes: [work] },
    );
    expect(result.nodes.b).toMatchObject({ iteration: 3, output: { results: [1, 2] } });
    expect(times(events, 'item.started', 'b')).toEqual([10, 20, 40, 50, 70, 80]);
  });
});
