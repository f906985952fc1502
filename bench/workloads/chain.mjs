import { makeGraph } from './graph.mjs';
import { prepareGraph } from './one-graph.mjs';

/** Nodes one after another: what a step costs when nothing runs beside it. */
const chain = (size) => makeGraph(Array.from({ length: size }, (_, node) => (node === 0 ? [] : [node - 1])));

export default {
  id: 'chain',
  title: 'chain',
  cases: [
    { id: '100', size: 100, in: 'quick' },
    { id: '1000', size: 1000, in: 'full' },
  ],
  prepare: (contestant, { size }) => prepareGraph(contestant, chain(size)),
};
