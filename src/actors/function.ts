import { distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { ForkchartError } from '../ir/errors.js';
import type { JsonValue } from '../ir/json.js';
import { defineNode, type NodeContext, type NodeDefinition } from './node.js';

/** A function that workflows may call by name. */
export type NodeFunction = (args: JsonValue, ctx: NodeContext) => unknown;

export type FunctionTable = ReadonlyMap<string, NodeFunction>;

/** @throws ForkchartError FC6005 when there is none of that name */
export function findFunction(functions: FunctionTable, name: string): NodeFunction {
  const found = functions.get(name);
  if (found !== undefined) return found;
  const nearest = [...functions.keys()].sort((a, b) => distance(a, name) - distance(b, name))[0];
  throw new ForkchartError('FC6005', `There is no function \`${name}\`.`, {
    hint:
      nearest === undefined
        ? 'Pass it to `createRunner` in `functions`.'
        : `Did you mean \`${nearest}\`? Functions are passed to \`createRunner\` in \`functions\`.`,
  });
}

/** Calls a registered function: the quickest way from a workflow to one's own code. */
export function functionNode(functions: FunctionTable): NodeDefinition {
  return defineNode({
    type: 'function',
    description: 'Gives back what the registered function `name` returns.',
    params: z.strictObject({
      name: z.string().describe('The name under which the function is registered.'),
      args: z.json().optional().describe('What it is called with; `null` if left out.'),
    }),
    run: ({ name, args }, ctx) => findFunction(functions, name)(args ?? null, ctx),
  });
}
