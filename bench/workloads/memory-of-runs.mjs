import { heapAfterGc } from '../harness/heap.mjs';
import { DIAMOND } from './diamond.mjs';
import { checkValue, noop } from './graph.mjs';

/**
 * Whether a service that starts one small run after another grows. The first fifth of the runs is left out: caches fill, code is
 * compiled, and whoever keeps the last so many runs has as many as that by then.
 */
export default {
  id: 'memory-of-runs',
  title: 'bytes per run that stay, six-node runs',
  measures: ['growthPerRun'],
  cases: [
    { id: '500', count: 500, in: 'quick' },
    { id: '10000', count: 10_000, in: 'full' },
  ],
  async measure(contestant, { count }) {
    const run = await contestant.graph(DIAMOND, noop);
    const settled = count / 5;
    let before = 0;
    for (let index = 0; index < count; index++) {
      if (index === settled) before = await heapAfterGc();
      checkValue(DIAMOND, index, await run(index));
    }
    return { growthPerRun: ((await heapAfterGc()) - before) / (count - settled) };
  },
};
