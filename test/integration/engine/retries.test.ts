import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineNode } from '../../../src/actors/node.js';
import { echo, sleep } from '../../helpers/sketch.js';
import { traceRun } from '../../helpers/trace.js';

const breaks = defineNode({
  type: 'breaks',
  params: z.strictObject({ code: z.string(), ms: z.number().default(0) }),
  run: async ({ code, ms }, ctx) => {
    await ctx.sleep(ms);
    throw Object.assign(new Error('no'), { code });
  },
});
const attempts = async (code: string, retry: object, ms = 0) => {
  const nodes = [
    { id: 'n', type: 'breaks', params: { code, ms }, retry: { max_attempts: 4, initial_ms: 10, ...retry } },
  ];
  const { result } = await traceRun({ nodes }, { nodes: [breaks] });
  return result.nodes.n?.attempts;
};

describe('a retry', () => {
  it('is for what retry_on names, and never for what not_on does', async () => {
    expect(await attempts('EBUSY', { retry_on: ['EBUSY', 'EAGAIN'] })).toBe(4);
    expect(await attempts('EPERM', { retry_on: ['EBUSY', 'EAGAIN'] })).toBe(1);
    expect(await attempts('EPERM', { not_on: ['EPERM'] })).toBe(1);
    expect(await attempts('EBUSY', { not_on: ['EPERM'] })).toBe(4);
    expect(await attempts('EBUSY', { retry_on: ['*'], not_on: ['Error'] })).toBe(1);
  });

  it('begins no later than max_elapsed_ms after the first attempt, and gives up at once where it would', async () => {
    // Waits of 10, 20 and 40 ms: the attempts begin at 0, 10, 30 and 70.
    expect(await attempts('x', { max_elapsed_ms: 70 })).toBe(4);
    expect(await attempts('x', { max_elapsed_ms: 69 })).toBe(3);
    expect(await attempts('x', { max_elapsed_ms: 5 })).toBe(1);
    // With attempts of 10 ms they begin at 0, 20, 50 and 100.
    expect(await attempts('x', { max_elapsed_ms: 99 }, 10)).toBe(3);
    const nodes = [
      {
        id: 'n',
        type: 'breaks',
        params: { code: 'x' },
        retry: { max_attempts: 4, initial_ms: 10, max_elapsed_ms: 69 },
      },
    ];
    const { result } = await traceRun({ nodes }, { nodes: [breaks] });
    expect(result.nodes.n?.ended_at).toBe(30);
  });

  it('after a timeout counts from when the attempt was given up', async () => {
    const nodes = [
      sleep('n', 500, {
        timeout: { attempt_ms: 20 },
        retry: { max_attempts: 9, initial_ms: 10, backoff: 1, max_elapsed_ms: 60, retry_on: ['timeout'] },
      }),
    ];
    // Attempts begin at 0, 30 and 60; one at 90 would be too late.
    const { result } = await traceRun({ nodes });
    expect(result.nodes.n).toMatchObject({ status: 'timed_out', attempts: 3, ended_at: 80 });
  });

  it('waits a random part under full jitter, the same in every replay of a seed', async () => {
    const nodes = [
      {
        id: 'n',
        type: 'breaks',
        params: { code: 'x' },
        retry: { max_attempts: 6, initial_ms: 100, jitter: 'full' },
      },
    ];
    const waits = async (seed: number) => {
      const { events } = await traceRun({ nodes }, { nodes: [breaks], random: () => seed });
      return events.flatMap((event) => (event.type === 'node.backoff' ? [event.delay_ms] : []));
    };
    const first = await waits(0.25);
    expect(await waits(0.25)).toEqual(first);
    expect(await waits(0.75)).not.toEqual(first);
    first.forEach((wait, i) => {
      expect(wait).toBeGreaterThanOrEqual(0);
      expect(wait).toBeLessThan(100 * 2 ** i);
    });
  });
});

describe('timeout.total_ms', () => {
  it('bounds all attempts and waits together, from the start of the first', async () => {
    const retry = { max_attempts: 9, initial_ms: 30, backoff: 1 };
    const running = await traceRun({ nodes: [sleep('n', 500, { timeout: { total_ms: 40 } })] });
    expect(running.result.nodes.n).toMatchObject({
      status: 'timed_out',
      attempts: 1,
      ended_at: 40,
      error: { code: 'FC5005', path: '/nodes/0/timeout' },
    });
    const waiting = await traceRun(
      { nodes: [{ id: 'n', type: 'breaks', params: { code: 'x' }, retry, timeout: { total_ms: 50 } }] },
      { nodes: [breaks] },
    );
    expect(waiting.result.nodes.n).toMatchObject({ status: 'timed_out', attempts: 2, ended_at: 50 });
    const queued = await traceRun({
      max_concurrency: 1,
      nodes: [
        { id: 'n', type: 'fail', params: { times: 1 }, retry, timeout: { total_ms: 50 } },
        sleep('hog', 200),
      ],
      on_error: 'fail_safe',
    });
    expect(queued.result.nodes.n).toMatchObject({ status: 'timed_out', attempts: 1, ended_at: 50 });
  });

  it('does not begin while the node waits for its first place, and is over when the node is', async () => {
    const { result, statuses } = await traceRun({
      max_concurrency: 1,
      nodes: [
        sleep('hog', 200),
        sleep('n', 20, { timeout: { total_ms: 30 } }),
        echo('last', 1, { depends_on: ['n'] }),
      ],
    });
    expect(statuses).toEqual({ hog: 'succeeded', n: 'succeeded', last: 'succeeded' });
    expect(result.metrics.wall_ms).toBe(220);
  });
});
