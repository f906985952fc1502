import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineNode } from '../../../src/actors/node.js';
import { NEVER, runTasks } from '../../helpers/item-tasks.js';
import { echo, edges } from '../../helpers/sketch.js';
import { traceRun } from '../../helpers/trace.js';

describe('the attempts at an item', () => {
  it('are its own: none leaks into another item (P8)', async () => {
    const items = Array.from({ length: 20 }, (_, n) => ({ name: String(n), ms: (n * 7) % 5, fails: n % 3 }));
    const { result } = await runTasks(items, { max_concurrent: 3, max_retries: 2 });
    expect(result.nodes.b?.output).toMatchObject({
      results: items.map(({ name, fails }) => `${name}:${fails + 1}`),
    });
  });

  it('wait in backoff, while the other lanes go on', async () => {
    const { result, events } = await runTasks(
      [
        { name: 'a', fails: 2 },
        { name: 'b', ms: 5 },
        { name: 'c', ms: 5 },
      ],
      { max_concurrent: 2 },
      { retry: { max_attempts: 3, initial_ms: 10, backoff: 3 } },
    );
    expect(result.nodes.b).toMatchObject({ status: 'succeeded', ended_at: 40, attempts: 1 });
    const waits = events.flatMap((event) => (event.type === 'item.backoff' ? [event.delay_ms] : []));
    expect(waits).toEqual([10, 30]);
    const settled = events.flatMap((event) =>
      event.type === 'item.settled' ? [[event.index, event.at]] : [],
    );
    expect(settled).toEqual([
      [1, 5],
      [2, 10],
      [0, 40],
    ]);
  });

  it('end at a TerminalError', async () => {
    const { events } = await runTasks([{ fails: NEVER, terminal: true }], { max_retries: 5 });
    expect(events.filter(({ type }) => type === 'item.attempt_failed')).toHaveLength(1);
  });

  it('end at their timeout, each of them', async () => {
    const { result, events } = await runTasks([{ ms: 100 }], {
      error_handling: 'continue',
      max_retries: 1,
      timeout: { attempt_ms: 20 },
    });
    expect(result.nodes.b).toMatchObject({ status: 'succeeded', ended_at: 40 });
    expect(result.nodes.b?.output).toMatchObject({ errors: [{ error: { code: 'FC5005' } }] });
    expect(
      events.filter((event) => event.type === 'item.settled' && event.status === 'timed_out'),
    ).toHaveLength(1);
  });

  it('have to be over after `total_ms` from the first, waits included', async () => {
    const { result, events } = await runTasks(
      [
        { name: 'slow', fails: NEVER },
        { name: 'next', ms: 40 },
      ],
      { error_handling: 'continue', max_concurrent: 1, timeout: { total_ms: 50 } },
      { retry: { max_attempts: 9, initial_ms: 30, backoff: 1 } },
    );
    expect(result.nodes.b?.output).toMatchObject({ results: [null, 'next:1'] });
    const settled = events.flatMap((event) =>
      event.type === 'item.settled' ? [[event.status, event.attempts, event.at]] : [],
    );
    expect(settled).toEqual([
      ['timed_out', 2, 50],
      ['succeeded', 1, 90],
    ]);
  });

  it('are no attempts of the node, whose total timeout ends them all', async () => {
    const { result } = await runTasks(
      [{ ms: 100 }, { ms: 100 }],
      { max_concurrent: 1 },
      { timeout: { total_ms: 120 } },
    );
    expect(result.nodes.b).toMatchObject({ status: 'timed_out', attempts: 1, ended_at: 120 });
  });

  it('get an idempotency key for each item, the same for all attempts at it (P10)', async () => {
    const keys: string[] = [];
    const spy = defineNode({
      type: 'spy',
      run: (_params, { idempotencyKey, attempt }) => {
        keys.push(idempotencyKey);
        if (attempt === 1) throw new Error('again');
      },
    });
    await traceRun(
      { nodes: [{ id: 'a@b', type: 'spy', batch: { items: [1, 2], max_concurrent: 1, max_retries: 1 } }] },
      { nodes: [spy] },
    );
    expect(keys).toEqual(['run/a%40b@0', 'run/a%40b@0', 'run/a%40b@1', 'run/a%40b@1']);
  });

  it('have results of bounded size, and JSON alone', async () => {
    const big = defineNode({
      type: 'big',
      params: z.object({ n: z.number() }),
      run: ({ n }) => 'x'.repeat(n),
    });
    const { result } = await traceRun(
      {
        nodes: [
          {
            id: 'b',
            type: 'big',
            params: { n: '${item}' },
            batch: { items: [3, 500], error_handling: 'continue' },
          },
        ],
      },
      { nodes: [big], limits: { resultBytes: 900 } },
    );
    expect(result.nodes.b?.output).toMatchObject({
      results: ['xxx', null],
      errors: [{ error: { code: 'FC5011' } }],
    });
  });

  it('see the outputs of the nodes before them', async () => {
    const spy = defineNode({ type: 'spy', run: (_params, { input }) => [...input] as never });
    const { result } = await traceRun(
      {
        nodes: [echo('a', 1), { id: 'b', type: 'spy', batch: { items: [0, 0] } }],
        edges: edges('a>b'),
      },
      { nodes: [spy] },
    );
    expect(result.nodes.b?.output).toMatchObject({ results: [[['a', 1]], [['a', 1]]] });
  });
});
