import { z } from 'zod';
import type { Reducer } from '../workflow.js';
import { byName, fields, jsonObject, jsonValue, milliseconds, positiveInteger } from './building-blocks.js';
import { onError, tolerate } from './policies.js';

const groupSchema = fields({
  description: z.string().exactOptional().describe('What the group is for, for readers.'),
  on_error: onError.exactOptional().describe('What the failure of one branch does to the others.'),
  tolerate: tolerate.exactOptional(),
  cancel: z
    .enum(['abort', 'drain'])
    .exactOptional()
    .describe('Whether fail_fast stops what runs (abort) or lets it finish (drain).'),
  max_concurrency: positiveInteger
    .exactOptional()
    .describe('How many nodes of the group run at once at most.'),
}).meta({ id: 'Group', description: 'Options of a parallel group.' });

const resourceSchema = fields({
  concurrency: positiveInteger.exactOptional().describe('How many nodes may use it at once.'),
  capacity: z
    .union([positiveInteger, z.literal('auto')])
    .exactOptional()
    .describe('How much of it there is; auto: as much as the machine has.'),
  rate: fields({
    limit: positiveInteger.describe('How many uses may begin …'),
    per_ms: milliseconds.describe('… in this many milliseconds.'),
  })
    .exactOptional()
    .describe('How many uses may begin in which time.'),
}).meta({ id: 'Resource', description: 'Something that only so many nodes may use at once.' });

const REDUCERS = [
  'replace',
  'append',
  'concat',
  'sum',
  'min',
  'max',
  'merge',
  'deep',
  'unique',
] as const satisfies readonly Reducer[];

const stateKeySchema = fields({
  schema: jsonObject.exactOptional().describe('JSON Schema of the value.'),
  reducer: z
    .enum(REDUCERS)
    .default('replace')
    .describe('How two writes make one value; replace if left out.'),
  default: jsonValue.exactOptional().describe('The value before the first write.'),
}).meta({ id: 'StateKey', description: 'A key of the state that nodes share.' });

export const groups = byName(groupSchema);
export const resources = byName(resourceSchema);
export const state = byName(stateKeySchema);
