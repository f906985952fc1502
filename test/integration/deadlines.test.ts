import { describe, expect, it } from 'vitest';
import { createRunner } from '../../src/runtime/runner.js';
import { createVirtualClock } from '../../src/runtime/virtual-clock.js';
import { countingClock } from '../helpers/counting-clock.js';

/** Nodes that wait for what never comes, number i for `ms + i` at most. */
const waits = (count: number, ms: number) =>
  Array.from({ length: count }, (_, i) => ({
    id: `w${i}`,
    type: 'wait',
    params: { event: 'never' },
    timeout: { attempt_ms: ms + i, total_ms: 10 * ms },
    on_error: 'continue',
  }));

describe('what the charts of a run wait for', () => {
  it('takes one timer of the clock, in its sub-workflows as well', async () => {
    const { use, clock } = countingClock(createVirtualClock());
    const inner = { timeout_ms: 50_000, nodes: waits(100, 1300) };
    const run = createRunner({ clock }).start({
      timeout_ms: 60_000,
      nodes: [
        ...waits(100, 1000),
        { id: 'retried', type: 'fail', retry: { max_attempts: 3, initial_ms: 700 }, on_error: 'continue' },
        ...['a', 'b'].map((id) => ({ id, type: 'workflow', params: { inline: { id, ...inner } } })),
      ],
    });
    await clock.advance(1);
    expect([use.set.size, clock.nextTimerAt()]).toEqual([1, 700]);
    await clock.advance(1000);
    expect([use.set.size, clock.nextTimerAt()]).toEqual([1, 1002]);
    const { status, nodes } = await clock.runUntil(run.result);
    expect(status).toBe('succeeded');
    expect([nodes.w0, nodes.w7, nodes.retried].map((node) => node?.ended_at)).toEqual([1000, 1007, 2100]);
    expect([nodes.a?.status, nodes.b?.ended_at]).toEqual(['succeeded', 1399]);
    expect(use.set.size).toBe(0);
  });

  it('leaves the clock no timer once the run is over, however it ends', async () => {
    const { use, clock } = countingClock(createVirtualClock());
    const run = createRunner({ clock }).start({ timeout_ms: 60_000, nodes: waits(20, 1000) });
    await clock.advance(100);
    run.cancel();
    await clock.flush();
    expect((await run.result).status).toBe('cancelled');
    expect([use.set.size, clock.now()]).toEqual([0, 100]);
  });
});
