import { quote } from '../diagnostics/wording.js';
import type { DraftEdge } from './draft-edge.js';
import type { NodeTable } from './node-table.js';
import type { Problems } from './problems.js';

/** FC2011: joins that ask for more than can come, and nodes behind a failure that is never passed on as one. */
export function checkJoins(table: NodeTable, edges: readonly DraftEdge[], problems: Problems): void {
  const incoming: DraftEdge[][] = Array.from({ length: table.size }, () => []);
  for (const edge of edges) incoming[edge.to]?.push(edge);

  table.nodes.forEach((node, v) => {
    const edgesIn = incoming[v] ?? [];
    const count = node.join?.policy === 'quorum' ? (node.join.count ?? 0) : 0;
    const sources = new Set(edgesIn.map((edge) => edge.from)).size;
    if (count > sources) {
      const path = `/nodes/${v}/join/count`;
      problems.add({
        code: 'FC2011',
        severity: 'error',
        at: path,
        message: `${quote(node.id)} waits until ${count} nodes before it have succeeded, but there are ${sources}.`,
        hint: sources === 0 ? 'Remove `join`: nothing leads to the node.' : `Ask for ${sources} at most.`,
        fix: [
          sources === 0
            ? { op: 'remove', path: `/nodes/${v}/join` }
            : { op: 'replace', path, value: sources },
        ],
      });
    }
    const [first] = edgesIn;
    if (first === undefined || !edgesIn.every((edge) => isNeverTaken(edge, table))) return;
    const path = `/nodes/${first.from}/on_error`;
    problems.add({
      code: 'FC2011',
      severity: 'warning',
      at: first.at,
      message: `${quote(node.id)} runs on the error of ${quote(table.id(first.from))}, whose "on_error": "continue" makes a failure count as done: it takes the default edges.`,
      hint: 'Remove `on_error` there, so that a failure takes the error edge.',
      fix: [{ op: 'remove', path }],
    });
  });
}

function isNeverTaken({ from, action }: DraftEdge, table: NodeTable): boolean {
  return action === 'error' && table.nodes[from]?.on_error === 'continue';
}
