/**
 * Asks a service for more than it answers at once: with a rate, so that it refuses nobody, and without, so that who is refused has
 * to come back.
 *
 *     node examples/rate-limited-calls/main.js
 */
import { createRunner } from 'forkchart';
import { dayLength } from './nodes.js';
import { startService } from './server.js';
import { daysInJune } from './workflow.js';

/** What the service answers … */
const SERVICE = { limit: 5, perMs: 400 };
/** … and what is asked of it: less, as one request takes longer on its way than another. */
const RATE = { limit: 5, per_ms: 600 };

await compare('with a rate', RATE);
await compare('with retries alone', null);

/**
 * @param {string} name
 * @param {{ limit: number, per_ms: number } | null} rate
 */
async function compare(name, rate) {
  const service = await startService(SERVICE);
  const runner = createRunner({ nodes: [dayLength] });
  try {
    const { error, nodes, metrics } = await runner.start(daysInJune(rate), { url: service.url }).result;
    if (error !== null) throw new Error(`${error.code}, node ${error.node}: ${error.message}\n${error.hint}`);
    const records = Object.values(nodes);
    const attempts = records.reduce((sum, record) => sum + record.attempts, 0);
    console.log(
      `${name}: ${records.length} answers to ${attempts} requests, ${service.refused()} refused, ${(metrics.wall_ms / 1000).toFixed(1)} s`,
    );
  } finally {
    await runner.close();
    await service.close();
  }
}
