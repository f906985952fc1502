import { literal, quote } from '../diagnostics/wording.js';
import type { CoreIr } from '../schema/core.js';
import { batchFieldOf } from './batch-mode.js';
import type { SplitEdges } from './draft-edge.js';
import type { NodeTable } from './node-table.js';
import type { Problems } from './problems.js';

/** FC4002: edges that their source can never take, as it ends with no such action. */
export function checkIdleEdges(
  core: CoreIr,
  table: NodeTable,
  { forward, closing }: SplitEdges,
  problems: Problems,
): void {
  const edges = [...forward, ...closing];
  const conditional = new Set(
    edges.filter(({ index }) => core.edges[index ?? -1]?.when !== undefined).map(({ to }) => to),
  );
  for (const { from, action, origin, at } of edges) {
    const node = table.nodes[from];
    if (node === undefined || origin !== 'edge' || action === null || action === 'default') continue;
    const who = quote(table.id(from));
    if (action === 'error') {
      const catchesAll = node.catch?.some(({ match }) => match === '*') === true;
      // What fails a join is not caught.
      const policy = node.join?.policy;
      const mayFailAtJoin =
        node.when !== undefined || conditional.has(from) || policy === 'one_success' || policy === 'quorum';
      if (!catchesAll || mayFailAtJoin) continue;
      problems.add({
        code: 'FC4002',
        severity: 'warning',
        at,
        message: `The edge for the error of ${who} is never taken: its \`catch\` rule for \`*\` comes first.`,
        hint: 'Let `catch` match less, or let its rule for `*` lead to where this edge does.',
      });
      // Where nothing says what to work through, a node may run as a whole, and end with any action.
    } else if (['batch', 'batch_mode'].includes(batchFieldOf(core, node) ?? '')) {
      problems.add({
        code: 'FC4002',
        severity: 'warning',
        at,
        message: `The edge for the action ${literal(action)} of ${who} is never taken: a batch ends with "default", whatever its items say.`,
        hint: `Let a node after ${who} look at its results, or put a \`when\` on an edge that leaves it.`,
      });
    }
  }
}
