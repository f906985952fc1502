import { createStep, createWorkflow } from '@mastra/core/workflows';
import { z } from 'zod';

/** It has steps, not graphs: each layer is a `parallel`, which is less to keep track of than a graph. Inputs are not validated. */
const OPEN = { inputSchema: z.any(), outputSchema: z.any() };
const workflowOf = () => createWorkflow({ id: 'workflow', ...OPEN, options: { validateInputs: false } });

export default {
  title: 'Mastra',
  how: '`.then` and `.parallel`, layer by layer, values by `getStepResult`; for a list, `.foreach` with `concurrency`',
  packages: ['@mastra/core'],

  graph(graph, task) {
    const stepOf = (node) => {
      const before = graph.dependencies[node].map((one) => graph.names[one]);
      return createStep({
        id: graph.names[node],
        ...OPEN,
        execute: ({ getInitData, getStepResult }) =>
          task(node, before.length === 0 ? [getInitData()] : before.map((name) => getStepResult(name))),
      });
    };
    const workflow = graph.layers
      .reduce(
        (flow, layer) =>
          layer.length === 1 ? flow.then(stepOf(layer[0])) : flow.parallel(layer.map(stepOf)),
        workflowOf(),
      )
      .commit();
    return start(workflow);
  },

  map(limit, task) {
    const step = createStep({ id: 'each', ...OPEN, execute: ({ inputData }) => task(inputData) });
    return start(workflowOf().foreach(step, { concurrency: limit }).commit());
  },
};

const start = (workflow) => async (inputData) => {
  const run = await workflow.createRun();
  const outcome = await run.start({ inputData });
  if (outcome.status === 'success') return outcome.result;
  throw outcome.error ?? new Error(`the run ended as ${outcome.status}`);
};
