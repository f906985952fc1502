import { z } from 'zod';
import { defineNode } from '../actors/node.js';
import { markChecked } from '../ir/checked.js';
import type { JsonValue } from '../ir/json.js';
import { parseTemplate } from '../ir/template/template.js';
import type { BatchPolicy, Workflow, WorkflowNode } from '../ir/workflow.js';

const TYPE = 'forkchart/estimate';

/** Stands in for every node: takes as long as was estimated, and does nothing. */
export const estimateNode = defineNode({
  type: TYPE,
  description: 'takes as long as it is told to',
  params: z.object({ ms: z.number() }),
  effects: 'pure',
  run: async ({ ms }, ctx) => {
    if (ms > 0) await ctx.sleep(ms);
    return null;
  },
});

/**
 * The same workflow, of nodes that do nothing but take their time: what is asked for, decided by or put out is left out. Joins,
 * groups, resources, batches and workflows inside of it stay.
 */
export function standIn(workflow: Workflow, maxConcurrency: number | null): Workflow {
  const batches = new Map(workflow.nodes.map((node) => [node.id, node.batch]));
  return markChecked({
    ...workflow,
    maxConcurrency,
    inputs: [],
    outputs: [],
    state: [],
    timeoutMs: null,
    // How much the machine has of something is not the workflow's affair.
    resources: workflow.resources.map((resource) =>
      resource.capacity === 'auto' ? { ...resource, capacity: null } : resource,
    ),
    nodes: workflow.nodes.map((node) => ({
      ...node,
      ...(node.inline === null ? { type: TYPE } : { inline: standIn(node.inline, null) }),
      params: parseTemplate(node.inline === null ? { ms: estimateOf(node) ?? 0 } : {}, node.pointer),
      batch: node.batch === null ? null : batchStandIn(node.batch, batches),
      when: null,
      retry: null,
      attemptTimeoutMs: null,
      totalTimeoutMs: null,
      fallback: null,
      compensate: null,
      reads: [],
      writes: [],
    })),
    edges: workflow.edges.map((edge) => ({ ...edge, when: null })),
  });
}

/** `null` where nothing says how long the node (of a batch: one item) takes. */
export function estimateOf(node: WorkflowNode): number | null {
  if (node.estimateMs !== null) return node.estimateMs;
  if (node.type !== 'sleep') return null;
  const params: JsonValue = node.params.source;
  if (typeof params !== 'object' || params === null || Array.isArray(params)) return null;
  const ms: unknown = Object.hasOwn(params, 'ms') ? (params as { ms?: unknown }).ms : null;
  return typeof ms === 'number' && ms >= 0 ? ms : null;
}

/** How many items a batch has: as many as are written out, or as another batch has results; `null` where only a run can say. */
export function itemsKnown(
  { items }: BatchPolicy,
  batches: ReadonlyMap<string, BatchPolicy | null>,
): 'written' | 'from a batch' | null {
  if (items.kind === 'auto') return null;
  if (Array.isArray(items.template.source)) return 'written';
  const [reference, ...others] = items.template.references;
  const isBatch = reference !== undefined && (batches.get(reference.root) ?? null) !== null;
  return isBatch && others.length === 0 ? 'from a batch' : null;
}

function batchStandIn(
  batch: BatchPolicy,
  batches: ReadonlyMap<string, BatchPolicy | null>,
): BatchPolicy | null {
  if (batch.items.kind === 'auto') return null;
  const known = itemsKnown(batch, batches);
  const { template } = batch.items;
  const written = known === 'written' ? (template.source as readonly JsonValue[]).map(() => null) : [null];
  return {
    ...batch,
    items: {
      kind: 'template',
      template: known === 'from a batch' ? template : parseTemplate(written, batch.pointer),
    },
    tolerate: null,
    itemTimeoutMs: null,
    reduce: null,
  };
}
