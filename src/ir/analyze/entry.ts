import { quote } from '../diagnostics/wording.js';
import type { CoreIr } from '../schema/core.js';
import { type DraftEdge, isExplicit, type SplitEdges } from './draft-edge.js';
import type { NodeTable } from './node-table.js';
import type { Problems } from './problems.js';
import type { Structure } from './structure.js';

/** FC2002: the vertex of `start_node`; `null` for none. */
export function findStart(core: CoreIr, table: NodeTable, problems: Problems): number | null {
  const id = core.start_node;
  if (id === undefined) return null;
  const vertex = table.vertex(id);
  if (vertex !== undefined) return vertex;
  const near = problems.nearest(id, table.ids);
  problems.add({
    code: 'FC2002',
    severity: 'error',
    at: '/start_node',
    message: `\`start_node\` names ${quote(id)}, but no node has that id.`,
    hint:
      near === undefined ? 'Name one of the nodes, or remove `start_node`.' : `Did you mean ${quote(near)}?`,
    fix: [
      near === undefined
        ? { op: 'remove', path: '/start_node' }
        : { op: 'replace', path: '/start_node', value: near },
    ],
  });
  return null;
}

/**
 * FC2005: with a `start_node`, everything has to follow from it, or feed what does. Without one every node that no edge enters
 * is a root, and nothing is out of reach.
 */
export function checkStart(
  start: number | null,
  edges: SplitEdges,
  table: NodeTable,
  problems: Problems,
): void {
  if (start === null) return;
  const reached = follow(start, [...edges.forward, ...edges.closing], table.size);
  for (let v = 0; v < table.size; v++) {
    if (reached.has(v)) continue;
    problems.add({
      code: 'FC2005',
      severity: 'error',
      at: `/nodes/${v}`,
      message: `Nothing leads from the start node ${quote(table.id(start))} to ${quote(table.id(v))}.`,
      hint: `Add an edge to ${quote(table.id(v))}, or remove \`start_node\`: then every node without incoming edges starts at once.`,
      fix: [{ op: 'remove', path: '/start_node' }],
    });
  }
}

/**
 * FC2006: a loop is entered at its header. One that is entered from nowhere begins at once, which is worth a warning where an
 * edge leads into its middle, and wrong where the run is to begin elsewhere.
 */
export function checkLoopEntries(
  start: number | null,
  edges: SplitEdges,
  { loops, tree }: Structure,
  table: NodeTable,
  problems: Problems,
): void {
  const reached = start === null ? null : follow(start, edges.forward, table.size);
  const entries = findEntries(edges.forward, loops, tree);
  loops.forEach(({ header }, i) => {
    const { atHeader, inMiddle } = entries[i] ?? NO_ENTRY;
    const wrong = reached !== null && !reached.has(header);
    const entry = inMiddle.find((edge) => wrong || isExplicit(edge));
    if (atHeader || header === start || entry === undefined) return;
    const [from, to] = [quote(table.id(entry.from)), quote(table.id(entry.to))];
    problems.add({
      code: 'FC2006',
      severity: wrong ? 'error' : 'warning',
      at: entry.at,
      message: wrong
        ? `The loop of ${quote(table.id(header))} is entered in its middle: from ${from} to ${to}.`
        : `The loop of ${quote(table.id(header))} begins at once: the edge from ${from} leads into its middle, to ${to}.`,
      hint: `Lead the edge to ${quote(table.id(header))}, or put \`max_iterations\` on the edge that goes back to ${to}.`,
    });
  });
}

/** The edges by which a loop is entered from outside. */
interface Entries {
  atHeader: boolean;
  readonly inMiddle: DraftEdge[];
}

const NO_ENTRY: Entries = { atHeader: false, inMiddle: [] };

function findEntries(
  forward: readonly DraftEdge[],
  loops: Structure['loops'],
  tree: Structure['tree'],
): readonly Entries[] {
  const bodies = loops.map(({ body }) => new Set(body));
  const entries = loops.map((): Entries => ({ atHeader: false, inMiddle: [] }));
  for (const edge of forward) {
    let loop = tree.innermost[edge.to] ?? -1;
    for (; loop !== -1 && !bodies[loop]?.has(edge.from); loop = tree.parents[loop] ?? -1) {
      const found = entries[loop];
      if (found === undefined) continue;
      if (loops[loop]?.header === edge.to) found.atHeader = true;
      else found.inMiddle.push(edge);
    }
  }
  return entries;
}

/** What follows from a node, and what feeds that without an edge of its own. */
function follow(start: number, edges: readonly DraftEdge[], size: number): ReadonlySet<number> {
  const next: number[][] = Array.from({ length: size }, () => []);
  for (const edge of edges) {
    next[edge.from]?.push(edge.to);
    if (!isExplicit(edge)) next[edge.to]?.push(edge.from);
  }
  const reached = new Set([start]);
  for (const v of reached) for (const w of next[v] ?? []) reached.add(w);
  return reached;
}
