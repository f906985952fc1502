import { createRunner } from '../../dist/index.js';

/** As its README says: a JSON workflow, checked once by `load`; every run is a `start`. The memory store is the default. */
export const forkchart = ({ listen = start, policies = {} } = {}) => ({
  graph(graph, task) {
    const runner = createRunner({
      functions: { task: ({ node, values }) => task(node, values) },
      // The default is 10,000; the widest fan-out has two more.
      limits: { nodes: 2 * graph.size },
    });
    const last = graph.names[graph.last];
    const workflow = runner.load(workflowOf(graph, policies));
    return async (input) => outputsOf(await listen(runner, workflow, { input }, graph.size))[last];
  },

  map(limit, task) {
    const runner = createRunner({ functions: { task } });
    const workflow = runner.load({
      inputs: { items: { type: 'array' } },
      nodes: [
        {
          id: 'each',
          type: 'function',
          params: { name: 'task', args: '${item}' },
          batch: { items: '${items}', max_concurrent: limit },
          ...policies,
        },
      ],
    });
    return async (items) => outputsOf(await listen(runner, workflow, { items }, 1)).each.results;
  },
});

export default {
  title: 'forkchart',
  how: 'a JSON workflow whose nodes name what they depend on in templates; for a list, a node with a `batch`',
  packages: ['forkchart'],
  ...forkchart(),
};

function start(runner, workflow, inputs) {
  return runner.start(workflow, inputs).result;
}

const workflowOf = ({ names, dependencies }, policies) => ({
  inputs: { input: { type: 'integer' } },
  nodes: names.map((id, node) => {
    const before = dependencies[node];
    const values = before.length === 0 ? ['${input}'] : before.map((one) => `\${${names[one]}}`);
    return { id, type: 'function', params: { name: 'task', args: { node, values } }, ...policies };
  }),
});

/** A run that fails does not throw: it ends, and says why. */
function outputsOf({ status, outputs, error }) {
  if (status === 'succeeded') return outputs;
  throw new Error(`the run ${status}: ${error?.code} ${error?.message}`);
}
