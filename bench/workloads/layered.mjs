import { makeGraph } from './graph.mjs';
import { prepareGraph } from './one-graph.mjs';

const WIDTH = 100;
const DEPENDENCIES = 3;

/**
 * Layers of a hundred nodes, each node with three dependencies drawn from the layer before, and a last node that joins whatever
 * is left. The seed is fixed: it is the same graph for everybody, and in every run of the benchmark.
 */
function layered(size) {
  const random = seeded(42);
  const width = Math.min(WIDTH, size / 10);
  const dependencies = [];
  const open = new Set();
  for (let node = 0; node < size - 1; node++) {
    const layer = Math.floor(node / width);
    const drawn = new Set();
    while (layer > 0 && drawn.size < DEPENDENCIES) {
      drawn.add((layer - 1) * width + Math.floor(random() * width));
    }
    dependencies.push([...drawn].sort((a, b) => a - b));
    for (const one of drawn) open.delete(one);
    open.add(node);
  }
  return makeGraph([...dependencies, [...open]]);
}

/** Mulberry32: small, and the same on every machine. */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

export default {
  id: 'layered',
  title: 'layered random DAG',
  cases: [
    { id: '100', size: 100, in: 'quick' },
    { id: '1000', size: 1000, in: 'full' },
    { id: '10000', size: 10_000, in: 'full' },
  ],
  prepare: (contestant, { size }) => prepareGraph(contestant, layered(size)),
};
