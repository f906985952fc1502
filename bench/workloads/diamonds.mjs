import { prepareDiamonds } from './diamond.mjs';
import { noop } from './graph.mjs';

/** Many small runs: what starting and ending a run costs. */
export default {
  id: 'diamonds',
  title: 'six-node diamonds',
  cases: [
    { id: '100, one at a time', count: 100, atOnce: 1, in: 'quick' },
    { id: '1000, one at a time', count: 1000, atOnce: 1, in: 'full' },
    { id: '1000, 100 at once', count: 1000, atOnce: 100, in: 'full' },
  ],
  prepare: (contestant, how) => prepareDiamonds(contestant, noop, how),
};
