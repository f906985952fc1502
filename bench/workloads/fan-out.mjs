import { makeGraph } from './graph.mjs';
import { prepareGraph } from './one-graph.mjs';

/** One node, then `width` side by side, then one that joins them all. */
export const fanOut = (width) =>
  makeGraph([
    [],
    ...Array.from({ length: width }, () => [0]),
    Array.from({ length: width }, (_, one) => one + 1),
  ]);

export default {
  id: 'fan-out',
  title: 'fan-out and join',
  cases: [
    { id: '10', size: 10, in: 'both' },
    { id: '100', size: 100, in: 'both' },
    { id: '1000', size: 1000, in: 'full' },
    { id: '10000', size: 10_000, in: 'full' },
  ],
  prepare: (contestant, { size }) => prepareGraph(contestant, fanOut(size)),
};
