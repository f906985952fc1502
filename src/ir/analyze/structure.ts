import { listOf, quote } from '../diagnostics/wording.js';
import { findBackArcs, spellCycle } from '../graph/back-arcs.js';
import type { Digraph } from '../graph/digraph.js';
import { type LoopTree, nestLoops } from '../graph/loop-tree.js';
import { findNaturalLoops, type NaturalLoop } from '../graph/natural-loops.js';
import { type Scopes, splitScopes } from '../graph/scopes.js';
import { topologicalOrder } from '../graph/topological-order.js';
import { arcs, graphOf, type SplitEdges } from './draft-edge.js';
import type { NodeTable } from './node-table.js';
import type { Problems } from './problems.js';

/** How many loops and groups may stand inside one another: the chart is as deep as that. */
export const MAX_NESTING = 32;

/** The forward graph of a workflow, and its loops. */
export interface Structure {
  readonly forward: Digraph;
  /** All vertices, so that every forward edge leads to a later one. */
  readonly order: readonly number[];
  readonly loops: readonly NaturalLoop[];
  readonly tree: LoopTree;
}

/** Finds the loops. `null` when they are nested so deeply that it is not worth going on: see {@link reportNesting}. */
export function findStructure({ forward, closing }: SplitEdges, size: number): Structure | null {
  const graph = graphOf(size, forward);
  const order = topologicalOrder(graph);
  if (order === null) throw new Error('Edges that close cycles have not been split off.');
  const loops = findNaturalLoops(graph, arcs(closing), order, MAX_NESTING * size);
  return loops === null ? null : { forward: graph, order, loops, tree: nestLoops(size, loops) };
}

/** FC1006. */
export function reportNesting(what: string, at: string, problems: Problems): void {
  problems.add({
    code: 'FC1006',
    severity: 'error',
    at,
    message: `${what} nested more than ${MAX_NESTING} deep.`,
    hint: 'Put the inner ones into a workflow of their own, or next to one another.',
  });
}

/**
 * FC2006: loops have to be entered at their headers, to nest or be apart, and to wait for nothing that waits for them.
 *
 * @returns the scopes of the graph, `null` where the loops make none.
 */
export function checkLoops(
  { forward, loops, tree }: Structure,
  { closing }: SplitEdges,
  table: NodeTable,
  problems: Problems,
): Scopes | null {
  const broken = (at: string, message: string, hint: string): void =>
    problems.add({ code: 'FC2006', severity: 'error', at, message, hint });
  let sound = true;

  const unreached = loops.map((loop) => new Set(loop.unreached));
  const byHeader = new Map(loops.map((loop, i) => [loop.header, i]));
  for (const edge of closing) {
    const loop = byHeader.get(edge.to);
    if (loop === undefined || !unreached[loop]?.has(edge.from)) continue;
    sound = false;
    const from = quote(table.id(edge.from));
    const to = quote(table.id(edge.to));
    broken(
      edge.at,
      `The edge from ${from} to ${to} has max_iterations, but nothing leads from ${to} to ${from} without another such edge.`,
      `Put \`max_iterations\` only on the edge that goes back to where the loop is entered.`,
    );
  }

  for (const [left, right] of tree.overlaps) {
    sound = false;
    const [a, b] = [loops[left], loops[right]];
    if (a === undefined || b === undefined) continue;
    const inBoth = new Set(b.body);
    const shared = a.body.filter((v) => inBoth.has(v)).map((v) => table.id(v));
    broken(
      closing.find((edge) => edge.to === b.header)?.at ?? '/edges',
      `The loops of ${quote(table.id(a.header))} and ${quote(table.id(b.header))} share ${listOf(shared)}, but neither is inside the other.`,
      'Let one of the loops begin inside the other, or go back to one node in both.',
    );
  }
  if (!sound) return null;

  const tooDeep = tree.depths.findIndex((depth) => depth >= MAX_NESTING);
  if (tooDeep !== -1) {
    const header = loops[tooDeep]?.header;
    reportNesting('Loops are', closing.find((edge) => edge.to === header)?.at ?? '/edges', problems);
    return null;
  }

  const scopes = splitScopes(forward, loops, tree);
  for (const { graph, items } of scopes.all) {
    if (topologicalOrder(graph) !== null) continue;
    sound = false;
    const name = (item: number): string => {
      const it = items[item];
      if (it === undefined) return '';
      return it.kind === 'loop' ? `(loop of ${table.id(it.vertex)})` : table.id(it.vertex);
    };
    for (const arc of findBackArcs(graph, graph.roots())) {
      const loop = arc.cycle.map((item) => items[item]).find((item) => item?.kind === 'loop');
      const header = loop?.vertex ?? 0;
      broken(
        closing.find((edge) => edge.to === header)?.at ?? '/edges',
        `The loop of ${quote(table.id(header))} waits for something that waits for the loop to end: ${spellCycle(arc, name)}.`,
        'A loop is over before what follows it begins: take one of these nodes into the loop, or remove an edge.',
      );
    }
  }
  return sound ? scopes : null;
}
