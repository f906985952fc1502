import { z } from 'zod';
import { isObject, type JsonObject, type JsonValue } from '../ir/json.js';
import { defineNode, type NodeContext } from './node.js';

/** Under this the runtime lets a `workflow` node run another workflow: a symbol, as no other node function is meant to. */
export const RUN_WORKFLOW: unique symbol = Symbol('forkchart.run-workflow');

/** Which workflow is run, and on what. */
export interface WorkflowCall {
  /** The name that it is registered under; `null` for the one that stands in the node itself. */
  readonly ref: string | null;
  readonly inputs: JsonObject;
}

/** What the runtime gives to `workflow`. */
export interface WorkflowNodeContext extends NodeContext {
  /**
   * Runs a workflow inside of the run: its outputs. Settles only once the inner run has ended, also when the node is aborted.
   *
   * @throws ForkchartError FC5017 when it fails; FC2012 when there is none of that name
   */
  [RUN_WORKFLOW](call: WorkflowCall): Promise<JsonValue>;
}

/** Any JSON object: what is in it is for the inner workflow to check. */
const inputs = z.unknown().refine((value) => isObject(value), 'It is no object.') as z.ZodType<JsonObject>;

/** Runs another workflow. One that is written as `inline` is no parameter: it was checked with the workflow around it. */
export const workflow = defineNode({
  type: 'workflow',
  description:
    'Gives back the outputs of another workflow: one that is registered (`ref`), or written here (`inline`).',
  params: z.strictObject({
    ref: z.string().optional().describe('The name under which the workflow is registered.'),
    inputs: inputs.optional().describe('Its inputs by name; none if left out.'),
  }),
  run: ({ ref = null, inputs = {} }, ctx) => (ctx as WorkflowNodeContext)[RUN_WORKFLOW]({ ref, inputs }),
});
