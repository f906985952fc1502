import type { Workflow } from './workflow.js';

const checked = new WeakSet<object>();

/** Notes that a workflow has passed its checks, so that it can be run as it is. */
export function markChecked(workflow: Workflow): Workflow {
  checked.add(workflow);
  return workflow;
}

/** Whether a value is a workflow that has passed its checks, and not somebody's document. */
export function isChecked(value: unknown): value is Workflow {
  return typeof value === 'object' && value !== null && checked.has(value);
}
