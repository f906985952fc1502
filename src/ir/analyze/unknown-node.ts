import { listOf, quote } from '../diagnostics/wording.js';
import type { NodeTable } from './node-table.js';
import type { Problem, Problems } from './problems.js';

/**
 * FC2002.
 *
 * @param what names the node, as the beginning of a sentence.
 * @param other a node that cannot be meant, as it is the other end.
 */
export function unknownNode(
  at: string,
  what: string,
  id: string,
  other: string,
  table: NodeTable,
  problems: Problems,
): Problem {
  const near = problems.nearest(id, table.ids, other);
  return {
    code: 'FC2002',
    severity: 'error',
    at,
    message: `${what} ${quote(id)}, but no node has that id.`,
    hint:
      near === undefined
        ? `Name one of the nodes (${listOf(table.ids)}), or add a node with the id ${quote(id)}.`
        : `Did you mean ${quote(near)}?`,
    ...(near === undefined ? {} : { fix: [{ op: 'replace', path: at, value: near }] }),
  };
}
