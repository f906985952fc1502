import { pointerTo } from '../diagnostics/pointer.js';
import { quote } from '../diagnostics/wording.js';
import { isObject } from '../json.js';
import type { SourceWorkflow } from '../schema/source-workflow.js';
import type { NodeTable } from './node-table.js';
import type { Problems } from './problems.js';
import type { ParsedTexts } from './references.js';
import { tryParseSchema } from './value-schemas.js';

/**
 * FC3011: the schemas that the events of `wait` nodes have to match, where they are written out. FC3009: a `timeout_ms` that is
 * made by a template, as timeouts are part of the chart.
 */
export function checkWaits(
  source: SourceWorkflow,
  table: NodeTable,
  { params }: ParsedTexts,
  problems: Problems,
): void {
  table.nodes.forEach(({ id, type, params: { schema, timeout_ms } }, v) => {
    if (type !== 'wait') return;
    if (typeof timeout_ms === 'string') {
      problems.add({
        code: 'FC3009',
        severity: 'error',
        at: `/nodes/${v}/params/timeout_ms`,
        message: `${quote(id)}: \`timeout_ms\` of a \`wait\` node is a number of milliseconds, and no template can make it.`,
        hint: 'Write the number of milliseconds.',
      });
    }
    if (!isObject(schema)) return;
    const base = source.pointerOf(pointerTo(['nodes', v, 'params', 'schema']));
    const isFilledIn = params[v]?.references.some(({ pointer }) => pointer.startsWith(`${base}/`)) === true;
    if (!isFilledIn) tryParseSchema(schema, base, problems);
  });
}
