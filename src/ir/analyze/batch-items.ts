import { quote } from '../diagnostics/wording.js';
import type { Limits } from '../limits.js';
import type { CoreIr } from '../schema/core.js';
import type { NodeTable } from './node-table.js';
import type { Problems } from './problems.js';
import type { ParsedTexts } from './references.js';

/** FC1004, FC1006: `items` that are written as plain text hold a JSON list. (A list as such was looked at before.) */
export function checkBatchItems(
  core: CoreIr,
  table: NodeTable,
  { items }: ParsedTexts,
  limits: Limits,
  problems: Problems,
): void {
  core.nodes.forEach(({ id, batch }, v) => {
    const text = batch?.items;
    if (typeof text !== 'string' || (items[v]?.references.length ?? 0) > 0) return;
    const at = `/nodes/${v}/batch/items`;
    const count = lengthOfList(text);
    if (count !== null && count <= limits.items) return;
    if (count !== null) {
      problems.add({
        code: 'FC1006',
        severity: 'error',
        at,
        message: `${quote(id)}: the list has ${count} items; at most ${limits.items} are allowed.`,
        hint: 'Let a node put the items out, some at a time.',
      });
      return;
    }
    const meant = table.vertex(text) !== undefined || Object.hasOwn(core.inputs, text);
    problems.add({
      code: 'FC1004',
      severity: 'error',
      at,
      message: `${quote(id)}: the items are the text ${JSON.stringify(text.slice(0, 80))}, which is no list.`,
      hint: meant
        ? `Write "\${${text}}" for what ${quote(text)} stands for.`
        : 'Write a list, or a template that names one: "${node.field}".',
      ...(meant ? { fix: [{ op: 'replace', path: at, value: `\${${text}}` }] } : {}),
    });
  });
}

/** How many items a text has that is a JSON list; `null` for any other text. */
function lengthOfList(text: string): number | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.length : null;
  } catch {
    return null;
  }
}
