import { quote } from '../diagnostics/wording.js';
import { type BackArc, findBackArcs, spellCycle } from '../graph/back-arcs.js';
import { ReachabilitySearch } from '../graph/reachability.js';
import { strongComponents } from '../graph/strong-components.js';
import { type DraftEdge, graphOf, type SplitEdges } from './draft-edge.js';
import type { NodeTable } from './node-table.js';
import type { Problems } from './problems.js';

/** What a loop may do when its author has not said: written down by the fix, and assumed for `ir_version` 0.1. */
const ASSUMED_ITERATIONS = 10;

export interface CycleOptions {
  /** Where the search for cycles begins, if the workflow says so. */
  readonly start: number | null;
  /** Version 0.1 has no `max_iterations`: its retry loops get {@link ASSUMED_ITERATIONS}, with a warning. */
  readonly assumeIterations: boolean;
}

/**
 * FC2004, FC2007: tells the edges that close loops from those that do not. An edge with `max_iterations` closes one when its
 * target leads back to its source. What is left must have no cycle; where it has, the edge that a depth-first search finds
 * to close it is reported and treated as if it had said so, so that the passes that follow can do their work.
 */
export function splitEdges(
  edges: readonly DraftEdge[],
  table: NodeTable,
  options: CycleOptions,
  problems: Problems,
): SplitEdges {
  const closes = declaredClosers(edges, table.size);
  const closing = edges.filter((edge) => closes.has(edge));
  const rest = edges.filter((edge) => !closes.has(edge));

  const graph = graphOf(table.size, rest);
  const starts = options.start === null ? graph.roots() : [options.start, ...graph.roots()];
  const back = new Map<string, BackArc>();
  for (const arc of findBackArcs(graph, starts)) back.set(`${arc.from},${arc.to}`, arc);

  const forward: DraftEdge[] = [];
  for (const edge of rest) {
    const arc = back.size === 0 ? undefined : back.get(`${edge.from},${edge.to}`);
    if (arc === undefined) {
      if (edge.maxIterations !== null) problemOfIdleLimit(edge, table, problems);
      forward.push(edge);
    } else if (edge.maxIterations !== null) {
      closing.push(edge);
    } else {
      problemOfCycle(edge, arc, table, options, problems);
      if (edge.origin === 'edge') closing.push({ ...edge, maxIterations: ASSUMED_ITERATIONS });
    }
  }
  return { forward, closing };
}

/** Edges with `max_iterations` that do go back, or, where only a set of them makes a cycle, that a search finds to close it. */
function declaredClosers(edges: readonly DraftEdge[], size: number): ReadonlySet<DraftEdge> {
  const declared = edges.filter((edge) => edge.maxIterations !== null);
  const closers = new Set<DraftEdge>();
  if (declared.length === 0) return closers;

  const forward = graphOf(
    size,
    edges.filter((edge) => edge.maxIterations === null),
  );
  const all = graphOf(size, edges);
  const components = strongComponents(all);
  const cyclic = declared.filter((edge) => components[edge.from] === components[edge.to]);

  const byHeader = new Map<number, DraftEdge[]>();
  for (const edge of cyclic) {
    const list = byHeader.get(edge.to);
    if (list === undefined) byHeader.set(edge.to, [edge]);
    else list.push(edge);
  }
  const search = new ReachabilitySearch(forward);
  const unsure: DraftEdge[] = [];
  for (const [header, list] of byHeader) {
    const sources = new Set(list.map((edge) => edge.from));
    const reached = search.reached(header, sources, (v) => components[v] === components[header]);
    for (const edge of list) {
      if (reached.has(edge.from)) closers.add(edge);
      else unsure.push(edge);
    }
  }
  if (unsure.length > 0) {
    const back = new Set(findBackArcs(all, forward.roots()).map((arc) => `${arc.from},${arc.to}`));
    for (const edge of unsure) if (back.has(`${edge.from},${edge.to}`)) closers.add(edge);
  }
  return closers;
}

function problemOfIdleLimit(edge: DraftEdge, table: NodeTable, problems: Problems): void {
  const path = `${edge.at}/max_iterations`;
  const from = quote(table.id(edge.from));
  const to = quote(table.id(edge.to));
  problems.add({
    code: 'FC2007',
    severity: 'warning',
    at: path,
    message: `The edge from ${from} to ${to} has max_iterations, but closes no loop: ${to} does not lead back to ${from}.`,
    hint: 'Remove `max_iterations`, or put it on the edge that goes back.',
    fix: [{ op: 'remove', path }],
  });
}

function problemOfCycle(
  edge: DraftEdge,
  arc: BackArc,
  table: NodeTable,
  { assumeIterations }: CycleOptions,
  problems: Problems,
): void {
  const cycle = spellCycle(arc, (v) => table.id(v));
  const from = quote(table.id(edge.from));
  const to = quote(table.id(edge.to));
  if (edge.origin === 'catch') {
    problems.add({
      code: 'FC2004',
      severity: 'error',
      at: edge.at,
      message:
        edge.from === edge.to
          ? `${from} catches its own failure into itself.`
          : `${from} catches into ${to}, which ${from} waits for: ${cycle}.`,
      hint: `A \`catch\` cannot close a loop: write an edge from ${from} to ${to} with "action": "error" and "max_iterations", or \`retry\`.`,
    });
    return;
  }
  if (edge.origin !== 'edge') {
    const itself = edge.from === edge.to;
    problems.add({
      code: 'FC2004',
      severity: 'error',
      at: edge.at,
      message: itself
        ? `${to} depends on itself.`
        : `${to} depends on ${from}, which waits for ${to}: ${cycle}.`,
      hint: itself
        ? 'Remove this entry of `depends_on`.'
        : `Remove this entry of \`depends_on\`; to repeat nodes, write an edge from ${from} to ${to} with "max_iterations" instead.`,
      ...(itself ? { fix: [{ op: 'remove', path: edge.at }] } : {}),
    });
    return;
  }
  const path = `${edge.at}/max_iterations`;
  problems.add({
    code: 'FC2004',
    severity: assumeIterations ? 'warning' : 'error',
    at: edge.at,
    message: assumeIterations
      ? `The edge from ${from} to ${to} closes the cycle ${cycle} without max_iterations; ${ASSUMED_ITERATIONS} is assumed.`
      : `The edge from ${from} to ${to} closes the cycle ${cycle} without saying how often it may run.`,
    hint: `Add "max_iterations": ${ASSUMED_ITERATIONS} (or as often as it may run) to the edge, or remove the edge.`,
    fix: [{ op: 'add', path, value: ASSUMED_ITERATIONS }],
  });
}
