import { pointerTo } from '../diagnostics/pointer.js';
import { isObject } from '../json.js';
import type { SourceWorkflow } from '../schema/source-workflow.js';
import type { NodeTable } from './node-table.js';
import type { Problems } from './problems.js';
import type { ParsedTexts } from './references.js';
import { tryParseSchema } from './value-schemas.js';

/** FC3011: the schemas that the events of `wait` nodes have to match, where they are written out. */
export function checkWaits(
  source: SourceWorkflow,
  table: NodeTable,
  { params }: ParsedTexts,
  problems: Problems,
): void {
  table.nodes.forEach(({ type, params: { schema } }, v) => {
    if (type !== 'wait' || !isObject(schema)) return;
    const base = source.pointerOf(pointerTo(['nodes', v, 'params', 'schema']));
    const isFilledIn = params[v]?.references.some(({ pointer }) => pointer.startsWith(`${base}/`)) === true;
    if (!isFilledIn) tryParseSchema(schema, base, problems);
  });
}
