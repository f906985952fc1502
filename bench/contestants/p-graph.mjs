import { PGraph } from 'p-graph';

/** It orders functions and passes nothing between them: values are kept beside it, so that every run has a graph of its own. */
export default {
  title: 'p-graph',
  how: 'a `PGraph` for each run, values in an array beside it; for a list, a graph without edges and `concurrency`',
  packages: ['p-graph'],

  graph: (graph, task) => async (input) => {
    const values = new Array(graph.size);
    const nodes = new Map();
    const edges = [];
    for (const [node, before] of graph.dependencies.entries()) {
      const run = async () => {
        values[node] = await task(node, before.length === 0 ? [input] : before.map((one) => values[one]));
      };
      nodes.set(graph.names[node], { run });
      for (const one of before) edges.push([graph.names[one], graph.names[node]]);
    }
    await new PGraph(nodes, edges).run();
    return values[graph.last];
  },

  map: (limit, task) => async (items) => {
    const results = new Array(items.length);
    const run = (index) => async () => {
      results[index] = await task(items[index]);
    };
    const nodes = new Map(items.map((_, index) => [`n${index}`, { run: run(index) }]));
    await new PGraph(nodes, []).run({ concurrency: limit });
    return results;
  },
};
