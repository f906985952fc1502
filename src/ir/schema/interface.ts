import { z } from 'zod';
import type { ValueType } from '../workflow.js';
import { fields, jsonValue } from './building-blocks.js';

/** Every accepted name of a type, and what it means: JSON Schema's names and pflow's. */
const TYPE_NAMES = {
  string: 'string',
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
  object: 'object',
  array: 'array',
  any: 'any',
  str: 'string',
  int: 'integer',
  float: 'number',
  bool: 'boolean',
  dict: 'object',
  list: 'array',
} as const satisfies Record<string, ValueType>;

const valueType = z
  .enum(Object.keys(TYPE_NAMES) as [keyof typeof TYPE_NAMES, ...(keyof typeof TYPE_NAMES)[]])
  .transform((word): ValueType => TYPE_NAMES[word])
  .default('any');

export const inputSchema = fields({
  description: z.string().exactOptional().describe('What it is, for readers.'),
  type: valueType.describe('The type of the value; any if left out.'),
  required: z
    .boolean()
    .exactOptional()
    .describe('Whether a run must be given it; true if left out, unless there is a default.'),
  default: jsonValue.exactOptional().describe('The value of an input that a run is not given.'),
})
  .transform((input) => ({ ...input, required: input.required ?? !Object.hasOwn(input, 'default') }))
  .meta({ id: 'Input', description: 'A value that a run is given.' });

export const outputSchema = fields({
  description: z.string().exactOptional().describe('What it is, for readers.'),
  type: valueType.describe('The type of the value; any if left out.'),
  source: z.string().describe('A template that makes the value: ${node.field}.'),
}).meta({ id: 'Output', description: 'A value that a run returns.' });
