import { z } from 'zod';
import { fields, groupName, jsonObject, jsonValue, name } from './building-blocks.js';
import { batch, catchRule, join, onError, retry, timeout, uses } from './policies.js';

const compensate = fields({
  type: name.describe('The node type that undoes the work.'),
  params: jsonObject.default({}).describe('Its parameters; ${id} is the output to undo.'),
}).meta({ id: 'Compensate', description: 'What undoes the node when the run fails after it.' });

export const nodeSchema = fields({
  id: name.describe('Unique in the workflow. Templates refer to the output by it: ${id}.'),
  type: name.describe(
    'What the node does: echo, sleep, fail, merge, read-file, write-file, list-files, function, wait, workflow, or a registered type.',
  ),
  purpose: z.string().exactOptional().describe('What it is for, in one sentence, for readers.'),
  params: jsonObject
    .default({})
    .describe('Parameters of the node type. Strings may hold templates: ${other_node.field}.'),
  depends_on: z
    .array(name)
    .exactOptional()
    .describe('Ids of nodes that must succeed first. Same as edges to this node without an action.'),
  parallel_group: groupName.exactOptional().describe('Nodes that name the same group fork together.'),
  when: z
    .string()
    .exactOptional()
    .describe('A condition over inputs and outputs; the node is skipped where it is false.'),
  join: join.exactOptional(),
  retry: retry.exactOptional(),
  timeout: timeout.exactOptional(),
  on_error: onError
    .exactOptional()
    .describe('continue: a failure counts as done, and what follows sees the record of it.'),
  fallback: jsonValue.exactOptional().describe('The output when all attempts have failed.'),
  catch: z.array(catchRule).exactOptional().describe('Which node runs instead after which error.'),
  batch: batch.exactOptional(),
  batch_mode: z
    .union([z.boolean(), z.enum(['sequential', 'parallel'])])
    .exactOptional()
    .describe('Whether a list given to this node is worked on item by item.'),
  stream: z
    .boolean()
    .exactOptional()
    .describe('Pass each item on as soon as it is done, so that the next batch node overlaps with this one.'),
  uses: uses.exactOptional(),
  priority: z
    .int()
    .exactOptional()
    .describe('Of the nodes that wait for the same, the one with the highest goes first; 0 if left out.'),
  reads: z.array(name).exactOptional().describe('Keys of the shared state that the node reads.'),
  writes: z.array(name).exactOptional().describe('Keys of the shared state that the node writes.'),
  effects: z
    .enum(['pure', 'idempotent', 'effect'])
    .exactOptional()
    .describe('pure: no effect outside; idempotent: doing it twice is the same as once; effect: neither.'),
  estimate_ms: z
    .number()
    .min(0)
    .exactOptional()
    .describe('How many milliseconds one attempt is expected to take, for simulation.'),
  compensate: compensate.exactOptional(),
}).meta({ id: 'Node', description: 'One step of the workflow.' });
