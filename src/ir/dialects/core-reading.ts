import { pointerSegments, valueAt } from '../diagnostics/pointer.js';
import type { PointerMap } from '../diagnostics/pointer-map.js';
import { type CoreIr, coreSchema } from '../schema/core.js';
import { readShape } from '../schema/read-shape.js';
import type { SourceWorkflow } from '../schema/source-workflow.js';
import type { JsonRecord, LoweringContext } from './dialect.js';
import { allows, checkPolicyLimits } from './limit-checks.js';

/** Reads a document that has the core form but may depart from it anywhere. */
export function readCore(
  document: JsonRecord,
  pointers: PointerMap,
  patchable: boolean,
  context: LoweringContext,
): SourceWorkflow | null {
  if (!allowsLists(document, pointers, context)) return null;
  const reading = readShape(coreSchema, document, {
    log: context.log,
    pointers,
    listNoun: 'node',
    standIn: standInForType,
  });
  if (reading.value === null) return null;
  return finishCore(reading.value, reading.pointerOf, patchable, context);
}

/** The last step of every dialect: what a core workflow may not ask for, whoever wrote it. */
export function finishCore(
  core: CoreIr,
  pointerOf: (pointer: string) => string,
  patchable: boolean,
  context: LoweringContext,
): SourceWorkflow | null {
  const dependencies = core.nodes.reduce((sum, node) => sum + (node.depends_on?.length ?? 0), 0);
  if (!allows(context, 'nodes', core.nodes.length, pointerOf('/nodes'))) return null;
  if (!allows(context, 'edges', core.edges.length + dependencies, pointerOf('/edges'))) return null;
  checkPolicyLimits(core, pointerOf, context);
  return { core, pointerOf, patchable };
}

/** The lengths are looked at before the schema is, so that an endless list costs nothing. */
function allowsLists(document: JsonRecord, pointers: PointerMap, context: LoweringContext): boolean {
  return (['nodes', 'edges'] as const).every((what) => {
    const list = valueAt(document, pointerSegments(`/${what}`));
    return !Array.isArray(list) || allows(context, what, list.length, pointers.pointerOf(`/${what}`));
  });
}

/**
 * A node without a readable type stays in the workflow as an `echo`, so that what refers to it is not reported as well.
 * Its parameters go, as they would be held against the wrong type. It never runs: an error has been reported.
 */
function standInForType(
  path: readonly (string | number)[],
  holder: Record<string | number, unknown>,
): boolean {
  if (path.length !== 3 || path[0] !== 'nodes' || path[2] !== 'type') return false;
  holder.type = 'echo';
  delete holder.params;
  return true;
}
