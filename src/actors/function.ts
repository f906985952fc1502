import { z } from 'zod';
import { nearest } from '../ir/diagnostics/suggest.js';
import { ForkchartError } from '../ir/errors.js';
import type { JsonValue } from '../ir/json.js';
import { jsonValue } from '../ir/schema/building-blocks.js';
import { defineNode, type NodeContext, type NodeDefinition } from './node.js';

/** A function that workflows may call by name. Its result must be JSON, or made by {@link route}. */
export type NodeFunction = (args: JsonValue, ctx: NodeContext) => unknown;

export type FunctionTable = ReadonlyMap<string, NodeFunction>;

/** @throws ForkchartError FC6005 when there is none of that name, with the nearest one */
export function findFunction(functions: FunctionTable, name: string): NodeFunction {
  const found = functions.get(name);
  if (found !== undefined) return found;
  const meant = nearest(name, functions.keys());
  throw new ForkchartError('FC6005', `No function \`${name}\` is registered.`, {
    terminal: true,
    hint: meant === null ? 'Pass it to `createRunner` in `functions`.' : `Did you mean \`${meant}\`?`,
  });
}

/** Calls a registered function: the quickest way from a workflow to one's own code. */
export function functionNode(functions: FunctionTable): NodeDefinition {
  return defineNode({
    type: 'function',
    description: 'Gives back what the registered function `name` returns.',
    params: z.strictObject({
      name: z.string().describe('The name under which the function is registered.'),
      args: jsonValue.optional().describe('What it is called with; `null` if left out.'),
    }),
    run: ({ name, args }, ctx) => findFunction(functions, name)(args ?? null, ctx),
  });
}
