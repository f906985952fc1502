import { listOf, quote } from '../diagnostics/wording.js';
import { AncestorSearch } from '../graph/ancestor-search.js';
import { Digraph } from '../graph/digraph.js';
import type { LoopTree } from '../graph/loop-tree.js';
import type { NaturalLoop } from '../graph/natural-loops.js';
import { OnlineOrder } from '../graph/online-order.js';
import { ReachabilitySearch } from '../graph/reachability.js';
import { strongComponents } from '../graph/strong-components.js';
import type { DraftEdge } from './draft-edge.js';
import type { NodeTable } from './node-table.js';
import type { Problem, Problems } from './problems.js';
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

  const ofProducer = groupUses(uses, 'producer', forward.size);
  const settled = alreadyOrdered(ofProducer, forward);
  // Of one consumer the latest producer first.
  const latestFirst = foreseen.toReversed().flatMap((producer) => ofProducer[producer] ?? NONE);
  const ofConsumer = groupUses(latestFirst, 'consumer', forward.size);
  const search = new AncestorSearch(online);
  const added = new Set<DataUse>();
  const refused = new Set<DataUse>();
  // From front to back: whatever orders two nodes is there before it is asked for.
  for (const consumer of foreseen) {
    const own = ofConsumer[consumer] ?? NONE;
    search.begin(
      consumer,
      own.map(({ producer }) => producer),
    );
    for (const use of own) {
      const { producer } = use;
      if (settled.has(use)) continue;
      if (producer === consumer) refused.add(use);
      else if (search.finds(producer) || leavesLoopTo(producer, consumer)) continue;
      else if (!online.add(producer, consumer)) refused.add(use);
      else {
        search.follow(producer);
        added.add(use);
      }
    }
    search.end();
  }
  const inferred = uses.filter((use) => added.has(use)).map((use) => [edgeFor(use), use] as const);
  return { inferred: new Map(inferred), backward: uses.filter((use) => refused.has(use)) };
}

function edgeFor({ producer, consumer, edge }: DataUse): DraftEdge {
  const at = edge === null ? `/nodes/${consumer}` : `${edge}/when`;
  return {
    from: producer,
    to: consumer,
    action: null,
    origin: 'template',
    catches: null,
    index: null,
    at,
    maxIterations: null,
  };
}

type GroupedUses = readonly (readonly DataUse[] | undefined)[];

const NONE: readonly DataUse[] = [];

function groupUses(uses: readonly DataUse[], by: 'producer' | 'consumer', size: number): GroupedUses {
  const groups = new Array<DataUse[] | undefined>(size);
  for (const use of uses) {
    const group = groups[use[by]];
    if (group === undefined) groups[use[by]] = [use];
    else group.push(use);
  }
  return groups;
}

/** From so many uses on it pays to look for all of them at once. */
const MANY = 8;

/** Of nodes that are used in many places, the uses that come after them in any case: one search for each such node. */
function alreadyOrdered(usesOfProducer: GroupedUses, forward: Digraph): ReadonlySet<DataUse> {
  const search = new ReachabilitySearch(forward);
  const ordered = new Set<DataUse>();
  usesOfProducer.forEach((uses = NONE, producer) => {
    if (uses.length < MANY) return;
    const consumers = new Set(uses.map(({ consumer }) => consumer));
    const reached = search.reached(producer, consumers, () => true);
    for (const use of uses) if (use.consumer !== producer && reached.has(use.consumer)) ordered.add(use);
  });
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

/** How to write down what a node waits for. */
type Proposal = Required<Pick<Problem, 'hint' | 'fix'>>;

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
  const sourcesOf = new Map<number, number[]>();
  for (const { from, to } of inferred.keys()) {
    const sources = sourcesOf.get(to);
    if (sources === undefined) sourcesOf.set(to, [from]);
    else sources.push(from);
  }
  const proposals = new Map<number, Proposal>();
  const proposalFor = (consumer: number): Proposal => {
    const known = proposals.get(consumer);
    if (known !== undefined) return known;
    const missing = (sourcesOf.get(consumer) ?? []).map((from) => table.id(from));
    const value = [...(table.nodes[consumer]?.depends_on ?? []), ...missing];
    const proposal: Proposal = {
      hint: `To write it down, add ${listOf(missing)} to the \`depends_on\` of ${quote(table.id(consumer))}.`,
      fix: [{ op: 'add', path: `/nodes/${consumer}/depends_on`, value }],
    };
    proposals.set(consumer, proposal);
    return proposal;
  };
  for (const [edge, use] of inferred) {
    const { from, to } = edge;
    problems.addInfo(() => {
      const producer = quote(table.id(from));
      const consumer = quote(table.id(to));
      return {
        code: 'FC3004',
        severity: 'info',
        at: `/nodes/${to}/depends_on`,
        path: use.reference.pointer,
        message:
          use.edge === null
            ? `${consumer} uses ${quote(use.reference.text)}, so it ${streams.has(edge) ? `starts when ${producer} does, and takes its results as they come in` : `waits for ${producer}`}.`
            : `An edge that leaves ${consumer} depends on ${quote(use.reference.text)}, so ${consumer} waits for ${producer}.`,
        ...proposalFor(to),
      };
    });
  }
}
