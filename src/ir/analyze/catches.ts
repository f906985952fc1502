import { quote } from '../diagnostics/wording.js';
import type { DraftEdge } from './draft-edge.js';
import type { NodeTable } from './node-table.js';
import type { Problems } from './problems.js';
import { unknownNode } from './unknown-node.js';

/** FC2002, FC4002: an edge for each `catch` rule, in the order in which the rules are tried. */
export function collectCatches(table: NodeTable, problems: Problems): DraftEdge[] {
  const edges: DraftEdge[] = [];
  table.nodes.forEach((node, from) => {
    const seen = new Set<string>();
    node.catch?.forEach(({ match, goto, as }, i) => {
      const at = `/nodes/${from}/catch/${i}`;
      if (seen.has('*') || seen.has(match)) {
        problems.add({
          code: 'FC4002',
          severity: 'warning',
          at,
          message: `${quote(node.id)} never gets to the \`catch\` rule for ${quote(match)}: a rule before it fits all of that.`,
          hint: 'The first rule that fits is taken: remove this one, or write it before the other.',
          fix: [{ op: 'remove', path: at }],
        });
      }
      seen.add(match);
      const to = table.vertex(goto);
      if (to === undefined) {
        problems.add(
          unknownNode(`${at}/goto`, `${quote(node.id)} catches into`, goto, node.id, table, problems),
        );
        return;
      }
      const catches = { match, as: as ?? null };
      edges.push({ from, to, action: null, origin: 'catch', catches, index: null, at, maxIterations: null });
    });
  });
  return edges;
}
