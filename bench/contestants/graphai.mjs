import { mapAgent } from '@graphai/vanilla';
import { agentInfoWrapper, GraphAI } from 'graphai';

const VERSION = 0.5;

/** A graph is JSON, like forkchart's. An object of `GraphAI` runs once, so that every run makes one, as its users do. */
export default {
  title: 'GraphAI',
  how: 'a JSON graph, inputs by `:node.value`, a `GraphAI` for each run; for a list, `mapAgent` with `concurrency`',
  packages: ['graphai', '@graphai/vanilla'],

  graph(graph, task) {
    const { names } = graph;
    const agents = {
      task: agentInfoWrapper(async ({ params, namedInputs }) => ({
        value: await task(params.node, namedInputs.values),
      })),
    };
    const nodes = Object.fromEntries(
      graph.dependencies.map((before, node) => {
        const values = before.length === 0 ? [':input'] : before.map((one) => `:${names[one]}.value`);
        const isResult = node === graph.last;
        return [names[node], { agent: 'task', params: { node }, inputs: { values }, isResult }];
      }),
    );
    // Its default of 8 at once would be another workload.
    const data = { version: VERSION, concurrency: graph.size, nodes: { input: {}, ...nodes } };
    const last = names[graph.last];
    return async (input) => {
      const run = new GraphAI(data, agents);
      run.injectValue('input', input);
      return (await run.run())[last].value;
    };
  },

  map(limit, task) {
    const agents = {
      mapAgent,
      task: agentInfoWrapper(({ namedInputs }) => task(namedInputs.item)),
    };
    const data = {
      version: VERSION,
      concurrency: limit,
      nodes: {
        items: {},
        each: {
          agent: 'mapAgent',
          inputs: { rows: ':items' },
          params: { compositeResult: true },
          graph: { nodes: { one: { agent: 'task', inputs: { item: ':row' }, isResult: true } } },
          isResult: true,
        },
      },
    };
    return async (items) => {
      const run = new GraphAI(data, agents);
      run.injectValue('items', items);
      return (await run.run()).each.one;
    };
  },
};
