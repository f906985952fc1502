import { listOf, quote } from '../diagnostics/wording.js';
import { Digraph } from '../graph/digraph.js';
import type { LoopTree } from '../graph/loop-tree.js';
import type { NaturalLoop } from '../graph/natural-loops.js';
import { OnlineOrder } from '../graph/online-order.js';
import { ReachabilitySearch } from '../graph/reachability.js';
import { strongComponents } from '../graph/strong-components.js';
import type { DraftEdge } from './draft-edge.js';
import type { NodeTable } from './node-table.js';
import type { Problems } from './problems.js';
import type { DataUse } from './references.js';

/** What references ask of the order of nodes. */
export interface DataDependencies {
  /** Edges for references that nothing orders, each with the first of these. */
  readonly inferred: ReadonlyMap<DraftEdge, DataUse>;
  /** References to a node that runs later: sound inside one loop, where they mean the iteration before. */
  readonly backward: readonly DataUse[];
}

/**
 * Adds an edge for each reference to a node that nothing orders before the node that uses it.
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
): DataDependencies {
  const foreseen = foresee(uses, forward, order);
  const online = new OnlineOrder(forward, foreseen);
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

  const settled = alreadyOrdered(uses, forward);
  for (const use of inGraphOrder(uses, foreseen)) {
    const { producer, consumer } = use;
    if (settled.has(use)) continue;
    if (producer === consumer) backward.push(use);
    else if (online.reaches(producer, consumer) || leavesLoopTo(producer, consumer)) continue;
    else if (!online.add(producer, consumer)) backward.push(use);
    else {
      const at = use.edge === null ? `/nodes/${consumer}` : `${use.edge}/when`;
      const rest = {
        action: null,
        origin: 'template',
        catches: null,
        index: null,
        maxIterations: null,
      } as const;
      inferred.push({ from: producer, to: consumer, at, use, ...rest });
    }
  }
  const written = new Map(uses.map((use, i) => [use, i]));
  const writtenAt = (use: DataUse): number => written.get(use) ?? 0;
  inferred.sort((a, b) => writtenAt(a.use) - writtenAt(b.use));
  backward.sort((a, b) => writtenAt(a) - writtenAt(b));
  return { inferred: new Map(inferred.map(({ use, ...edge }) => [edge, use])), backward };
}

/** Uses from front to back, and of one consumer the latest producer first: whatever orders two nodes is there before it is asked for. */
function inGraphOrder(uses: readonly DataUse[], order: readonly number[]): readonly DataUse[] {
  const position = new Int32Array(order.length);
  order.forEach((v, i) => {
    position[v] = i;
  });
  const at = (v: number): number => position[v] ?? 0;
  return [...uses].sort((a, b) => at(a.consumer) - at(b.consumer) || at(b.producer) - at(a.producer));
}

/** From so many uses on it pays to look for all of them at once. */
const MANY = 8;

/** Of nodes that are used in many places, the uses that come after them in any case: one search for each such node. */
function alreadyOrdered(uses: readonly DataUse[], forward: Digraph): ReadonlySet<DataUse> {
  const byProducer = new Map<number, DataUse[]>();
  for (const use of uses) {
    const list = byProducer.get(use.producer);
    if (list === undefined) byProducer.set(use.producer, [use]);
    else list.push(use);
  }
  const search = new ReachabilitySearch(forward);
  const ordered = new Set<DataUse>();
  for (const [producer, list] of byProducer) {
    if (list.length < MANY) continue;
    const consumers = new Set(list.map(({ consumer }) => consumer));
    const reached = search.reached(producer, consumers, () => true);
    for (const use of list) if (use.consumer !== producer && reached.has(use.consumer)) ordered.add(use);
  }
  return ordered;
}

/**
 * A topological order of `forward` that already suits most of the edges to come: those that close no cycle among all of them
 * lead forward in it, so that adding them moves nothing.
 */
function foresee(uses: readonly DataUse[], forward: Digraph, order: readonly number[]): readonly number[] {
  const all = new Digraph(forward.size);
  for (const v of order) for (const next of forward.successors(v)) all.addArc(v, next);
  for (const { producer, consumer } of uses) all.addArc(producer, consumer);
  const components = strongComponents(all);
  // Tarjan's algorithm numbers components against the direction of the arcs between them; the sort is stable.
  return [...order].sort((a, b) => (components[b] ?? 0) - (components[a] ?? 0));
}

/**
 * FC3004: one diagnostic for each new edge. Those of one node have the same fix: any of them writes all of its dependencies down.
 *
 * @param streams the edges whose target begins when their source does.
 */
export function reportInferred(
  inferred: ReadonlyMap<DraftEdge, DataUse>,
  streams: ReadonlySet<DraftEdge>,
  table: NodeTable,
  problems: Problems,
): void {
  const byConsumer = new Map<number, string[]>();
  for (const { from, to } of inferred.keys()) {
    const ids = byConsumer.get(to);
    if (ids === undefined) byConsumer.set(to, [table.id(from)]);
    else ids.push(table.id(from));
  }
  for (const [edge, use] of inferred) {
    const { from, to } = edge;
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
          ? `${consumer} uses ${quote(use.reference.text)}, so it ${streams.has(edge) ? `starts when ${producer} does, and takes its results as they come in` : `waits for ${producer}`}.`
          : `An edge that leaves ${consumer} depends on ${quote(use.reference.text)}, so ${consumer} waits for ${producer}.`,
      hint: `To write it down, add ${listOf(missing)} to the \`depends_on\` of ${consumer}.`,
      fix: [{ op: 'add', path, value: [...(table.nodes[to]?.depends_on ?? []), ...missing] }],
    });
  }
}
