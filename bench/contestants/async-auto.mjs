import { auto, mapLimit } from 'async';

/** The tasks are written where they are run, as they close over what the run is about. */
export default {
  title: 'async.auto',
  how: '`auto` with async functions, values from its `results`; for a list, `mapLimit`',
  packages: ['async'],

  graph(graph, task) {
    const { names } = graph;
    const last = names[graph.last];
    return async (input) => {
      const tasks = {};
      for (const [node, before] of graph.dependencies.entries()) {
        const needed = before.map((one) => names[one]);
        tasks[names[node]] =
          needed.length === 0
            ? async () => task(node, [input])
            : [
                ...needed,
                async (results) =>
                  task(
                    node,
                    needed.map((name) => results[name]),
                  ),
              ];
      }
      return (await auto(tasks))[last];
    };
  },

  map: (limit, task) => (items) => mapLimit(items, limit, async (item) => task(item)),
};
