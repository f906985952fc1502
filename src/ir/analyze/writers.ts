import { quote } from '../diagnostics/wording.js';
import type { Digraph } from '../graph/digraph.js';
import { immediateDominators } from '../graph/dominators.js';
import { OnlineOrder } from '../graph/online-order.js';
import type { CoreIr } from '../schema/core.js';
import type { DraftEdge } from './draft-edge.js';
import type { NodeTable } from './node-table.js';
import type { Problems } from './problems.js';

/**
 * FC3007: nodes that write the same key and that nothing orders. Of the writers of one key, in topological order, each has to
 * lead to the next, unless the key has a reducer that puts their values together; two that follow from different actions of one node never run both.
 */
export function checkWriters(
  core: CoreIr,
  table: NodeTable,
  graph: Digraph,
  order: readonly number[],
  edges: readonly DraftEdge[],
  problems: Problems,
): void {
  const writers = new Map<string, number[]>();
  for (const v of order) {
    for (const key of new Set(table.nodes[v]?.writes)) {
      const list = writers.get(key);
      if (list === undefined) writers.set(key, [v]);
      else list.push(v);
    }
  }
  const reducers = new Map(Object.entries(core.state ?? {}).map(([key, { reducer }]) => [key, reducer]));
  const contested = [...writers].filter(
    ([key, list]) => list.length > 1 && (reducers.get(key) ?? 'replace') === 'replace',
  );
  if (contested.length === 0) return;

  const online = new OnlineOrder(graph, order);
  const exclusive = findExclusive(graph, edges);
  for (const [key, list] of contested) {
    list.slice(1).forEach((second, i) => {
      const first = list[i] ?? second;
      if (online.reaches(first, second) || exclusive(first, second)) return;
      const [a, b] = [quote(table.id(first)), quote(table.id(second))];
      const before = table.nodes[second]?.depends_on ?? [];
      problems.add({
        code: 'FC3007',
        severity: 'warning',
        at: `/nodes/${second}/writes`,
        message: `${a} and ${b} both write ${quote(key)}, and may run at the same time.`,
        hint: `Let one wait for the other: add ${a} to the \`depends_on\` of ${b}. Or give ${quote(key)} a \`reducer\` in \`state\`, which puts what they write together, or let them write different keys.`,
        fix: [{ op: 'add', path: `/nodes/${second}/depends_on`, value: [...before, table.id(first)] }],
      });
    });
  }
}

/** What an edge is taken for; of one node only edges with the same are taken together. A `catch` rule is one of its own. */
function exclusiveActionOf({ action, origin, at }: DraftEdge): string | null {
  return origin === 'catch' ? at : action;
}

/** Whether two nodes hang on edges with different actions of the same node, so that never both run. */
function findExclusive(graph: Digraph, edges: readonly DraftEdge[]): (a: number, b: number) => boolean {
  const dominators = immediateDominators(graph, graph.roots());
  const incoming: DraftEdge[][] = Array.from({ length: graph.size }, () => []);
  for (const edge of edges) incoming[edge.to]?.push(edge);

  const pathTo = (v: number): number[] => {
    const path: number[] = [];
    for (let at = v; at >= 0; at = dominators[at] ?? -1) path.push(at);
    return path.reverse();
  };
  const actionsFrom = (fork: number, v: number): Set<string> | null => {
    const list = incoming[v] ?? [];
    const actions = list.map((edge) => (edge.from === fork ? exclusiveActionOf(edge) : null));
    return actions.some((action) => action === null) ? null : new Set(actions.map(String));
  };
  return (a, b) => {
    const [left, right] = [pathTo(a), pathTo(b)];
    const parting = left.findIndex((v, i) => v !== right[i]);
    const fork = left[parting - 1];
    const [first, second] = [left[parting], right[parting]];
    if (fork === undefined || first === undefined || second === undefined) return false;
    const [mine, theirs] = [actionsFrom(fork, first), actionsFrom(fork, second)];
    return mine !== null && theirs !== null && ![...mine].some((action) => theirs.has(action));
  };
}
