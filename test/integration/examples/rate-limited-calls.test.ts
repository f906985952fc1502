import { execFile } from 'node:child_process';
import { setImmediate as macrotask } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { NodeDefinition } from '../../../src/actors/node.js';
import { createRunner } from '../../../src/runtime/runner.js';
import { createVirtualClock } from '../../../src/runtime/virtual-clock.js';

const EXAMPLE = new URL('../../../examples/rate-limited-calls/', import.meta.url);
const exec = promisify(execFile);

interface Rate {
  readonly limit: number;
  readonly per_ms: number;
}

interface Service {
  readonly url: string;
  refused(): number;
  close(): Promise<void>;
}

/** The example's own files, which are JavaScript. */
async function load() {
  const from = (file: string) => import(new URL(file, EXAMPLE).href);
  const { startService } = (await from('server.js')) as {
    startService(options: { limit: number; perMs: number; now: () => number }): Promise<Service>;
  };
  const { dayLength } = (await from('nodes.js')) as { dayLength: NodeDefinition };
  const { daysInJune } = (await from('workflow.js')) as { daysInJune(rate: Rate | null): object };
  return { startService, dayLength, daysInJune };
}

/** Runs the workflow over real connections on a clock that goes on only while nobody is waiting for an answer. */
async function ask(rate: Rate | null) {
  const { startService, dayLength, daysInJune } = await load();
  const clock = createVirtualClock();
  const service = await startService({ limit: 5, perMs: 400, now: clock.now });
  const runner = createRunner({ nodes: [dayLength], clock, random: () => 0.5 });
  try {
    let asking = 0;
    let settled = false;
    const run = runner.start(
      daysInJune(rate),
      { url: service.url },
      {
        onEvent: ({ type }) => {
          if (type === 'node.started') asking++;
          if (type === 'node.attempt_failed') asking--;
          if (type === 'node.settled') asking--;
          if (type === 'run.settled') settled = true;
        },
      },
    );
    for (await macrotask(); !settled; await macrotask()) {
      const next = clock.nextTimerAt();
      if (asking === 0 && next !== null) await clock.advance(next - clock.now());
    }
    return { result: await run.result, refused: service.refused() };
  } finally {
    await runner.close();
    await service.close();
  }
}

describe('the example rate-limited-calls', () => {
  it('is refused nothing with the rate of the service', async () => {
    const { result, refused } = await ask({ limit: 5, per_ms: 400 });
    expect(result.status).toBe('succeeded');
    expect(refused).toBe(0);
    expect(Object.values(result.nodes).map(({ attempts }) => attempts)).toEqual(Array(20).fill(1));
    expect(result.metrics.wall_ms).toBeGreaterThanOrEqual(1200);
    expect(result.nodes.quito?.output).toBe(12);
    expect(result.nodes.tromso?.output).toBe(24);
  });

  it('gets the same answers by retries alone, and more requests', async () => {
    const { result, refused } = await ask(null);
    expect(result.status).toBe('succeeded');
    expect(refused).toBeGreaterThanOrEqual(15);
    const attempts = Object.values(result.nodes).reduce((sum, record) => sum + record.attempts, 0);
    expect(attempts).toBe(20 + refused);
    expect(result.nodes.quito?.output).toBe(12);
  });

  it('prints both', async () => {
    const { stdout } = await exec(process.execPath, [fileURLToPath(new URL('main.js', EXAMPLE))]);
    expect(stdout).toMatch(
      /^with a rate: 20 answers to \d+ requests, \d+ refused, .* s\nwith retries alone: 20 answers to \d+ requests, \d+ refused, .* s\n$/,
    );
  });
});
