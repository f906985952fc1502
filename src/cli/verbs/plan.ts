import { planWorkflow } from '../../analysis/plan.js';
import { EXIT } from '../exit-code.js';
import { renderPlan } from '../output/plan.js';
import { COMMON_OPTIONS, type Verb } from '../verb.js';
import { withWorkflow } from '../with-workflow.js';

/** `forkchart plan FILE`: the steps, which run in parallel, what each waits for. */
export const planVerb: Verb = {
  name: 'plan',
  summary: 'show the steps, which of them run in parallel, and what each waits for',
  options: COMMON_OPTIONS,
  examples: ['forkchart plan report.json'],
  run: (session) =>
    withWorkflow(session, async ({ workflow }) => {
      const plan = planWorkflow(workflow);
      if (session.json) session.printJson(plan);
      else session.print(renderPlan(plan, { style: session.style.out }));
      return EXIT.done;
    }),
};
