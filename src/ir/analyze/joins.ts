import { quote } from '../diagnostics/wording.js';
import type { CoreNode } from '../schema/core.js';
import { type DraftEdge, isExplicit } from './draft-edge.js';
import type { NodeTable } from './node-table.js';
import type { Problems } from './problems.js';
import type { Structure } from './structure.js';

/** FC2011: joins that ask for more than can come, or for nothing, and nodes behind a failure that is never passed on as one. */
export function checkJoins(
  table: NodeTable,
  edges: readonly DraftEdge[],
  loops: Structure['loops'],
  problems: Problems,
): void {
  const incoming: DraftEdge[][] = Array.from({ length: table.size }, () => []);
  for (const edge of edges) incoming[edge.to]?.push(edge);
  // The join of a header is that of its loop: every edge into the loop counts.
  const entering = new Map<number, readonly DraftEdge[]>();
  for (const { header, body } of loops) {
    if (table.nodes[header]?.join === undefined) continue;
    const inside = new Set(body);
    const into = body.flatMap((v) => incoming[v] ?? []);
    entering.set(
      header,
      into.filter(({ from }) => !inside.has(from)),
    );
  }

  table.nodes.forEach((node, v) => {
    const edgesIn = incoming[v] ?? [];
    if (node.join !== undefined) checkJoin(node, v, node.join, entering.get(v) ?? edgesIn, problems);
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

function checkJoin(
  { id }: CoreNode,
  v: number,
  { policy, count = 0, cancel_rest: cancelRest }: NonNullable<CoreNode['join']>,
  edgesIn: readonly DraftEdge[],
  problems: Problems,
): void {
  const at = `/nodes/${v}/join`;
  if (edgesIn.length === 0) {
    if (policy !== 'quorum' && policy !== 'one_success' && cancelRest !== true) return;
    problems.add({
      code: 'FC2011',
      severity: 'warning',
      at,
      message: `The \`join\` of ${quote(id)} does nothing: no edge leads to the node, so it starts at once.`,
      hint: 'Remove `join`, or add the edges that it is to wait for.',
      fix: [{ op: 'remove', path: at }],
    });
    return;
  }
  const most = mostTaken(edgesIn);
  if (policy !== 'quorum' || count <= most) return;
  problems.add({
    code: 'FC2011',
    severity: 'error',
    at: `${at}/count`,
    message: `${quote(id)} waits until ${count} edges to it are taken, but ${edgesIn.length === most ? `there are ${most}` : `of the ${edgesIn.length} that there are at most ${most} can be, as a node ends with one action`}.`,
    hint: `Ask for ${most} at most.`,
    fix: [{ op: 'replace', path: `${at}/count`, value: most }],
  });
}

/**
 * How many of the edges that count can be taken in one run: of those that leave one node the ones of a single action, or a
 * single `catch`.
 */
function mostTaken(edgesIn: readonly DraftEdge[]): number {
  const explicit = edgesIn.filter(isExplicit);
  const bySource = new Map<number, Map<string | null, number>>();
  for (const { from, action, origin, at } of explicit.length > 0 ? explicit : edgesIn) {
    const byAction = bySource.get(from) ?? new Map<string | null, number>();
    bySource.set(from, byAction);
    const taken = origin === 'catch' ? `catch ${at}` : action;
    byAction.set(taken, (byAction.get(taken) ?? 0) + 1);
  }
  let most = 0;
  for (const byAction of bySource.values()) most += Math.max(...byAction.values());
  return most;
}

function isNeverTaken({ from, action }: DraftEdge, table: NodeTable): boolean {
  return action === 'error' && table.nodes[from]?.on_error === 'continue';
}
