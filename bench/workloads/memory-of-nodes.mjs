import { heapAfterGc } from '../harness/heap.mjs';
import { median } from '../harness/statistics.mjs';
import { fanOut } from './fan-out.mjs';
import { checkValue, mix } from './graph.mjs';

/** Measured so often; the median counts, as the heap also moves for reasons that are no node's. */
const TIMES = 5;

/** Bytes of heap for each node of a fan-out: while every branch is under way, and when the run is over. */
export default {
  id: 'memory-of-nodes',
  title: 'bytes per node, fan-out',
  measures: ['live', 'finished'],
  cases: [
    { id: '100', size: 100, in: 'quick' },
    { id: '1000', size: 1000, in: 'full' },
  ],
  async measure(contestant, { size }) {
    const graph = fanOut(size);
    let gate;
    const run = await contestant.graph(graph, async (node, values) => {
      if (node > 0 && node < graph.last) await gate.pass();
      return mix(node, values);
    });
    const samples = [];
    for (let input = 0; input <= TIMES; input++) {
      gate = makeGate(size);
      const before = await heapAfterGc();
      const ended = run(input);
      // A run that fails would never fill the gate.
      await Promise.race([gate.full, ended]);
      const live = (await heapAfterGc()) - before;
      gate.open();
      checkValue(graph, input, await ended);
      samples.push({ live: live / size, finished: ((await heapAfterGc()) - before) / size });
    }
    // The first run also pays for what is made once, code included.
    const [, ...warm] = samples;
    return {
      live: median(warm.map(({ live }) => live)),
      finished: median(warm.map(({ finished }) => finished)),
    };
  },
};

/** Holds whoever comes until it is opened; `full` resolves when `size` are waiting. */
function makeGate(size) {
  let waiting = 0;
  let isFull;
  let open;
  const opened = new Promise((resolve) => {
    open = resolve;
  });
  const full = new Promise((resolve) => {
    isFull = resolve;
  });
  const pass = async () => {
    waiting += 1;
    if (waiting === size) isFull();
    await opened;
  };
  return { full, open, pass };
}
