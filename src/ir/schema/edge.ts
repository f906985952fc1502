import { z } from 'zod';
import { fields, groupName, name, positiveInteger } from './building-blocks.js';

export const edgeSchema = fields({
  from: name.describe('Id of the node that it leaves.'),
  to: name.describe('Id of the node that it enters.'),
  action: z
    .string()
    .default('default')
    .describe('Taken when the node ends with this action; default if left out, error for a failure.'),
  parallel_group: groupName
    .exactOptional()
    .describe('Edges of one node that name the same group fork together.'),
  when: z
    .string()
    .exactOptional()
    .describe('A condition over inputs and outputs; the edge is not taken where it is false.'),
  max_iterations: positiveInteger
    .exactOptional()
    .describe(
      'Needed on an edge that closes a loop: how many times the loop may run, the first one included.',
    ),
}).meta({ id: 'Edge', description: 'What runs after what.' });
