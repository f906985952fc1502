import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRunner } from '../../src/runtime/runner.js';
import { createVirtualClock } from '../../src/runtime/virtual-clock.js';
import { settings } from '../helpers/arbitrary/settings.js';
import { type Sleepers, sleepersArbitrary } from '../helpers/arbitrary/sleepers.js';

/** The time at which each node ends if it starts as soon as all before it have ended. */
function earliestEnds({ durations, before }: Sleepers): number[] {
  const ends: number[] = [];
  for (const [i, ms] of durations.entries()) {
    ends.push(ms + Math.max(0, ...(before[i] ?? []).map((j) => ends[j] ?? Number.NaN)));
  }
  return ends;
}

async function run({ ir }: Sleepers, maxConcurrency?: number) {
  const clock = createVirtualClock();
  const options = maxConcurrency === undefined ? {} : { maxConcurrency };
  return clock.runUntil(createRunner({ clock }).start(ir, {}, options).result);
}

describe('the time that a run takes', () => {
  it('is the critical path when nothing limits it, and each node starts at the first possible instant (P3)', async () => {
    await fc.assert(
      fc.asyncProperty(sleepersArbitrary(30), async (sleepers) => {
        const { status, nodes, metrics } = await run(sleepers);
        const ends = earliestEnds(sleepers);
        expect(status).toBe('succeeded');
        expect(ends.map((_, i) => nodes[`n${i}`]?.ended_at)).toEqual(ends);
        expect(metrics.wall_ms).toBe(Math.max(...ends));
        expect(metrics.critical_path_ms).toBe(Math.max(...ends));
      }),
      settings(1000),
    );
  }, 120_000);

  it('is at most work / k + (1 - 1 / k) * critical path with k workers, none more of which are busy (P3)', async () => {
    await fc.assert(
      fc.asyncProperty(sleepersArbitrary(30), fc.integer({ min: 1, max: 5 }), async (sleepers, k) => {
        const { status, metrics } = await run(sleepers, k);
        const work = sleepers.durations.reduce((sum, ms) => sum + ms, 0);
        const critical = Math.max(...earliestEnds(sleepers));
        expect(status).toBe('succeeded');
        expect(metrics.peak_concurrency).toBeLessThanOrEqual(k);
        expect(metrics.work_ms).toBe(work);
        expect(metrics.wall_ms).toBeLessThanOrEqual(work / k + (1 - 1 / k) * critical + 1e-6);
        expect(metrics.wall_ms).toBeGreaterThanOrEqual(Math.max(critical, work / k) - 1e-6);
      }),
      settings(1000),
    );
  }, 120_000);
});
