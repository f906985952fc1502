import { z } from 'zod';
import { byName, fields, milliseconds, name, positiveInteger } from './building-blocks.js';
import { edgeSchema } from './edge.js';
import { inputSchema, outputSchema } from './interface.js';
import { nodeSchema } from './node.js';
import { batchConfig, onError, type retry } from './policies.js';
import { groups, resources, state } from './shared.js';

/** Every accepted `ir_version`, and what it means. */
const VERSIONS = { '0.1': '0.1.0', '0.1.0': '0.1.0', '0.2': '0.2.0', '0.2.0': '0.2.0' } as const;

const version = z
  .enum(Object.keys(VERSIONS) as [keyof typeof VERSIONS, ...(keyof typeof VERSIONS)[]])
  .transform((word) => VERSIONS[word])
  .default('0.2.0');

/** The fields of a workflow in the core form. */
export const coreFields = {
  $schema: z.string().exactOptional().describe('Where an editor finds the schema of this file.'),
  ir_version: version.describe(
    'Version of this format: 0.2.0 (if left out) or 0.1.0, which runs one node at a time.',
  ),
  id: name.exactOptional().describe('Name of the workflow.'),
  description: z.string().exactOptional().describe('What the workflow does, for readers.'),
  inputs: byName(inputSchema)
    .prefault({})
    .describe('What a run is given, by name. Templates refer to it: ${name}.'),
  outputs: byName(outputSchema).prefault({}).describe('What a run returns, by name.'),
  nodes: z.array(nodeSchema).describe('The steps. Those that nothing orders run at the same time.'),
  edges: z
    .array(edgeSchema)
    .default([])
    .describe('What runs after what. Several edges that leave one node fork; several that enter one join.'),
  start_node: name
    .exactOptional()
    .describe('Id of the node to begin with; if left out, every node without incoming edges.'),
  execution_mode: z
    .enum(['sequential', 'batch', 'parallel'])
    .exactOptional()
    .describe('sequential: one node at a time; parallel, the default of 0.2.0: whatever is ready.'),
  batch_config: batchConfig.exactOptional(),
  parallel_groups: groups.exactOptional().describe('Options of parallel groups, by the name of the group.'),
  resources: resources.exactOptional().describe('What only so many nodes may use at once, by name.'),
  max_concurrency: positiveInteger.exactOptional().describe('How many nodes run at once at most.'),
  on_error: onError
    .exactOptional()
    .describe(
      'fail_fast, the default: the first failure stops the run; fail_safe: what does not need it goes on; continue: every failure counts as done.',
    ),
  timeout_ms: milliseconds.exactOptional().describe('Milliseconds that the whole run may take.'),
  state: state.exactOptional().describe('Keys of the state that nodes share, by name.'),
};

/**
 * The core IR: the one form that every dialect is lowered to, and the form that the JSON Schema describes. What is left
 * out gets its default here, where there is one; everything else is resolved by the passes that follow.
 */
export const coreSchema = fields(coreFields)
  // Where the schema is found says nothing about the workflow, so it must not change its hash.
  .transform(({ $schema: _, ...core }) => core)
  .meta({ title: 'forkchart workflow', description: 'A workflow that forkchart checks, compiles and runs.' });

/** A workflow in the core form, defaults filled in. Plain JSON. */
export type CoreIr = z.output<typeof coreSchema>;
export type CoreNode = z.output<typeof nodeSchema>;
export type CoreRetry = z.output<typeof retry>;
