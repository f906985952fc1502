import { describe, expect, it } from 'vitest';
import { createRunner } from '../../src/runtime/runner.js';

/** Far more than could be done before a timer of a few milliseconds is due. */
const MANY = 200_000;

describe('functions that never really wait', () => {
  it.each([
    ['the items of a batch', { batch: { items: Array.from({ length: MANY }, () => 0), reduce: 'none' } }, []],
    ['the iterations of a loop', {}, [{ from: 'n', to: 'n', max_iterations: 10_000 }]],
  ])('keep no signal from ending a run: %s', async (_what, more, edges) => {
    const runner = createRunner();
    const run = runner.start(
      { nodes: [{ id: 'n', type: 'echo', params: { value: 1 }, ...more }], edges },
      {},
      { signal: AbortSignal.timeout(20) },
    );
    expect((await run.result).status).toBe('cancelled');
  });

  it('keep no timeout from ending a run', async () => {
    const runner = createRunner();
    const run = runner.start({
      timeout_ms: 20,
      nodes: [
        {
          id: 'n',
          type: 'echo',
          params: { value: 1 },
          batch: { items: Array.from({ length: MANY }, () => 0), reduce: 'none' },
        },
      ],
    });
    expect((await run.result).error?.code).toBe('FC5006');
  });
});
