/**
 * What one would write by hand for exactly this and nothing else: no checks, no records, no retries, no limits, no cancelling.
 * Everything above it is what an orchestrator costs.
 */
export default {
  title: 'Promise.all',
  how: 'by hand: a promise for each node, `Promise.all` of those that it depends on',
  packages: [],

  graph: (graph, task) => async (input) => {
    const promises = [];
    for (const [node, before] of graph.dependencies.entries()) {
      promises[node] =
        before.length === 0
          ? task(node, [input])
          : Promise.all(before.map((one) => promises[one])).then((values) => task(node, values));
    }
    return promises[graph.last];
  },

  map: (limit, task) => async (items) => {
    const results = new Array(items.length);
    let next = 0;
    const line = async () => {
      while (next < items.length) {
        const index = next++;
        results[index] = await task(items[index]);
      }
    };
    await Promise.all(Array.from({ length: limit }, line));
    return results;
  },
};
