import { z } from 'zod';
import { ForkchartError } from '../ir/errors.js';
import type { JsonObject, JsonValue } from '../ir/json.js';
import { parseValueSchema, type ValueSchema } from '../ir/value-schema.js';
import { defineNode, type NodeContext } from './node.js';

/** Under this the runtime lets a `wait` node take an event: a symbol, as no other node function is meant to. */
export const RECEIVE: unique symbol = Symbol('forkchart.receive');

/** What the runtime gives to `wait`. */
export interface ReceivingContext extends NodeContext {
  /**
   * Takes the next event of a name that fits the schema: its payload. Rejects at once when the node is aborted.
   *
   * @param schema `null` takes any
   */
  [RECEIVE](event: string, schema: ValueSchema | null): Promise<JsonValue>;
}

/** Waits for somebody outside, who gives the run an event. */
export const wait = defineNode({
  type: 'wait',
  description: 'Gives back the payload of the next event of its name that the run is sent.',
  params: z.strictObject({
    event: z.string().describe('The name of the event: what `run.send` is called with.'),
    schema: z.looseObject({}).optional().describe('JSON Schema of the payload; any JSON value if left out.'),
    timeout_ms: z
      .number()
      .positive()
      .optional()
      .describe('Milliseconds to wait at most: another way to write `timeout.attempt_ms`.'),
  }),
  run({ event, schema }, ctx) {
    const fits = schema === undefined ? null : readSchema(schema as JsonObject);
    return (ctx as ReceivingContext)[RECEIVE](event, fits);
  },
});

/** What a template has put there was not checked with the workflow, and has no place in its document. */
function readSchema(schema: JsonObject): ValueSchema {
  try {
    return parseValueSchema(schema);
  } catch (error) {
    if (!(error instanceof ForkchartError)) throw error;
    const { code, message, hint } = error;
    throw new ForkchartError(code, message, { hint, cause: error, terminal: true });
  }
}
