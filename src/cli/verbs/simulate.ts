import { simulateWorkflow } from '../../analysis/simulate.js';
import { positiveInteger } from '../arguments.js';
import { EXIT } from '../exit-code.js';
import { renderSimulation } from '../output/simulation.js';
import { COMMON_OPTIONS, MAX_CONCURRENCY_OPTION, type Verb } from '../verb.js';
import { withWorkflow } from '../with-workflow.js';

/** `forkchart simulate FILE`: how long it would take, and what decides that. */
export const simulateVerb: Verb = {
  name: 'simulate',
  summary: 'predict how long it takes and what decides that, from the estimates of its nodes',
  options: [MAX_CONCURRENCY_OPTION, ...COMMON_OPTIONS],
  examples: ['forkchart simulate report.json', 'forkchart simulate report.json --max-concurrency 2 --json'],
  run: async (session) => {
    const maxConcurrency = positiveInteger(session.args, 'max-concurrency');
    return await withWorkflow(session, async ({ workflow }) => {
      const simulation = await simulateWorkflow(workflow, { maxConcurrency });
      if (session.json) session.printJson(simulation);
      else session.print(renderSimulation(simulation, { width: session.width, style: session.style.out }));
      return simulation.status === 'succeeded' ? EXIT.done : EXIT.failed;
    });
  },
};
