import type { Workflow } from './workflow.js';

const checked = new WeakSet<object>();

/** Notes that a workflow, and with it those inside, has passed its checks, so that it can be run as it is. */
export function markChecked(workflow: Workflow): Workflow {
  checked.add(workflow);
  for (const { inline } of workflow.nodes) if (inline !== null) markChecked(inline);
  return workflow;
}

/** Whether a value is a workflow that has passed its checks, and not somebody's document. */
export function isChecked(value: unknown): value is Workflow {
  return typeof value === 'object' && value !== null && checked.has(value);
}
