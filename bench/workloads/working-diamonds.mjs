import { setTimeout as sleep } from 'node:timers/promises';
import { prepareDiamonds } from './diamond.mjs';
import { mix } from './graph.mjs';

const WORK_MS = 5;

/**
 * Nodes that take a while, as those of real workflows do: how much of the orchestration is still seen then. One at a time there are
 * 200 runs and not 1000: each is four waits of 5 ms in a row, so that more of them would only take longer.
 */
export default {
  id: 'working-diamonds',
  title: `six-node diamonds, ${WORK_MS} ms in each node`,
  clock: 'wall',
  cases: [
    { id: '50, 10 at once', count: 50, atOnce: 10, in: 'quick' },
    { id: '200, one at a time', count: 200, atOnce: 1, in: 'full' },
    { id: '1000, 100 at once', count: 1000, atOnce: 100, in: 'full' },
  ],
  prepare: (contestant, how) => prepareDiamonds(contestant, work, how),
};

async function work(node, values) {
  await sleep(WORK_MS);
  return mix(node, values);
}
