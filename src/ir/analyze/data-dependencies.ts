import type { Digraph } from '../graph/digraph.js';
import type { LoopTree } from '../graph/loop-tree.js';
import type { NaturalLoop } from '../graph/natural-loops.js';
import { OnlineOrder } from '../graph/online-order.js';
import type { DraftEdge } from './draft-edge.js';
import type { NodeTable } from './node-table.js';
import { listOf, type Problems, quote } from './problems.js';
import type { DataUse } from './references.js';

/** What references ask of the order of nodes. */
export interface DataDependencies {
  /** Edges for references that nothing orders. */
  readonly inferred: readonly DraftEdge[];
  /** References to a node that runs later: sound inside one loop, where they mean the iteration before. */
  readonly backward: readonly DataUse[];
}

/**
 * FC3004: adds an edge for each reference to a node that nothing orders before the node that uses it.
 *
 * @param forward a graph without cycles, which grows by the new edges.
 * @param order its vertices in topological order.
 * @param loops the loops that are known so far. What follows a loop follows all of its body.
 */
export function inferDependencies(
  uses: readonly DataUse[],
  forward: Digraph,
  order: readonly number[],
  loops: { readonly all: readonly NaturalLoop[]; readonly tree: LoopTree },
  table: NodeTable,
  problems: Problems,
): DataDependencies {
  const online = new OnlineOrder(forward, order);
  const bodies = loops.all.map(({ body }) => new Set(body));
  const inferred: (DraftEdge & { readonly use: DataUse })[] = [];
  const backward: DataUse[] = [];

  /** Whether a loop around `producer`, but not around `consumer`, leads to `consumer` by any of its edges. */
  const leavesLoopTo = (producer: number, consumer: number): boolean => {
    let loop = loops.tree.innermost[producer] ?? -1;
    for (; loop !== -1; loop = loops.tree.parents[loop] ?? -1) {
      const body = bodies[loop];
      if (body === undefined || body.has(consumer)) return false;
      const floor = online.positionOf(loops.all[loop]?.header ?? 0);
      if (online.hasAncestor(consumer, floor, (v) => body.has(v))) return true;
    }
    return false;
  };

  for (const use of uses) {
    const { producer, consumer } = use;
    if (producer === consumer) backward.push(use);
    else if (online.reaches(producer, consumer) || leavesLoopTo(producer, consumer)) continue;
    else if (!online.add(producer, consumer)) backward.push(use);
    else {
      const at = use.edge === null ? `/nodes/${consumer}` : `${use.edge}/when`;
      const rest = { action: null, origin: 'template', index: null, maxIterations: null } as const;
      inferred.push({ from: producer, to: consumer, at, use, ...rest });
    }
  }
  reportInferred(inferred, table, problems);
  return { inferred: inferred.map(({ use: _, ...edge }) => edge), backward };
}

/** One diagnostic for each new edge. Those of one node have the same fix: any of them writes all of its dependencies down. */
function reportInferred(
  inferred: readonly (DraftEdge & { readonly use: DataUse })[],
  table: NodeTable,
  problems: Problems,
): void {
  const byConsumer = new Map<number, string[]>();
  for (const { from, to } of inferred) {
    const ids = byConsumer.get(to);
    if (ids === undefined) byConsumer.set(to, [table.id(from)]);
    else ids.push(table.id(from));
  }
  for (const { from, to, use } of inferred) {
    const producer = quote(table.id(from));
    const consumer = quote(table.id(to));
    const path = `/nodes/${to}/depends_on`;
    const missing = byConsumer.get(to) ?? [];
    problems.add({
      code: 'FC3004',
      severity: 'info',
      at: path,
      path: use.reference.pointer,
      message:
        use.edge === null
          ? `${consumer} uses ${quote(use.reference.text)}, so it waits for ${producer}.`
          : `An edge that leaves ${consumer} depends on ${quote(use.reference.text)}, so ${consumer} waits for ${producer}.`,
      hint: `To write it down, add ${listOf(missing)} to the \`depends_on\` of ${consumer}.`,
      fix: [{ op: 'add', path, value: [...(table.nodes[to]?.depends_on ?? []), ...missing] }],
    });
  }
}
