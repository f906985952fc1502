import { z } from 'zod';
import { pointerTo } from '../diagnostics/pointer.js';
import { PointerMap } from '../diagnostics/pointer-map.js';
import { literal, quote } from '../diagnostics/wording.js';
import { isObject } from '../json.js';
import type { JsonCopy } from '../json-copy.js';
import { fields, jsonValue } from '../schema/building-blocks.js';
import { readShape } from '../schema/read-shape.js';
import { readCore } from './core-reading.js';
import { type Dialect, hasAny, type JsonRecord, type LoweringContext, own } from './dialect.js';
import { nameEnds } from './edge-ends.js';

/**
 * The pflow graph: the core form itself, with edges that may say `source` and `target`, nodes that may be given as a map
 * from id to node, and all of it perhaps inside a saved file `{ "name": …, "ir": { … } }`.
 */
export const graph: Dialect = {
  name: 'graph',

  matches: (document) =>
    hasAny(document, ['nodes', 'edges']) || (isObject(document) && isObject(own(document, 'ir'))),

  lower(document, context) {
    if (!isObject(document)) return null;
    const ir = own(document, 'ir');
    const wrapped = isObject(ir) && own(document, 'nodes') === undefined;
    const pointers = new PointerMap(wrapped ? '/ir' : '');
    const workflow = wrapped ? unwrap(document, ir, pointers, context) : document;
    const patchable = !isObject(own(workflow, 'nodes'));
    const edges = own(workflow, 'edges');
    if (Array.isArray(edges)) nameEnds(edges, 0, pointers);
    listNodes(workflow, pointers, context);
    return readCore(workflow, pointers, patchable, context);
  },
};

/** What pflow saves around a workflow. Only the name and the description say something about the workflow itself. */
const wrapper = fields({
  $schema: z.string().exactOptional(),
  name: z.string().exactOptional(),
  description: z.string().nullable().exactOptional(),
  version: jsonValue.exactOptional(),
  created_at: jsonValue.exactOptional(),
  updated_at: jsonValue.exactOptional(),
  metadata: jsonValue.exactOptional(),
  rich_metadata: jsonValue.exactOptional(),
  ir: jsonValue,
});

function unwrap(
  document: JsonRecord,
  ir: JsonRecord,
  pointers: PointerMap,
  { log }: LoweringContext,
): JsonRecord {
  const { value } = readShape(wrapper, document, {
    log,
    pointers: new PointerMap(),
    listNoun: 'workflow',
    standIn: () => false,
  });
  if (value?.name !== undefined && !Object.hasOwn(ir, 'id')) {
    ir.id = value.name;
    pointers.moved('/id', '/name');
  }
  if (typeof value?.description === 'string' && !Object.hasOwn(ir, 'description')) {
    ir.description = value.description;
    pointers.moved('/description', '/description');
  }
  return ir;
}

/** Nodes given as a map get their key for an id. */
function listNodes(workflow: JsonRecord, pointers: PointerMap, { log }: LoweringContext): void {
  const nodes = own(workflow, 'nodes');
  if (!isObject(nodes)) return;
  const root = pointers.pointerOf('/nodes');
  workflow.nodes = Object.entries(nodes).map(([key, node], i): JsonCopy => {
    const pointer = root + pointerTo([key]);
    pointers.moved(`/nodes/${i}`, pointer);
    if (!isObject(node)) return node;
    const id = own(node, 'id');
    if (id === undefined) pointers.made(`/nodes/${i}/id`, pointer);
    else if (id !== key) {
      log.add({
        code: 'FC1004',
        severity: 'error',
        path: `${pointer}/id`,
        message: `Node ${quote(key)}: its \`id\` is not the key that it is listed under.`,
        hint: `Write ${literal(key)}, or leave the "id" out.`,
        fix: [{ op: 'replace', path: `${pointer}/id`, value: key }],
      });
    }
    return { ...node, id: key };
  });
}
