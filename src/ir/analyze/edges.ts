import { quote } from '../diagnostics/wording.js';
import type { CoreIr } from '../schema/core.js';
import { collectCatches } from './catches.js';
import type { DraftEdge } from './draft-edge.js';
import type { NodeTable } from './node-table.js';
import type { Problem, Problems } from './problems.js';
import { unknownNode } from './unknown-node.js';

/** FC2002, FC2010: the edges that are written down, as edges, `catch` or `depends_on`, each once, both of its ends known. */
export function collectEdges(core: CoreIr, table: NodeTable, problems: Problems): DraftEdge[] {
  const explicit = [...collectExplicit(core, table, problems), ...collectCatches(table, problems)];
  return [...explicit, ...collectDependencies(core, table, explicit, problems)];
}

function collectExplicit(core: CoreIr, table: NodeTable, problems: Problems): DraftEdge[] {
  const seen = new Map<string, number>();
  const edges: DraftEdge[] = [];
  core.edges.forEach((edge, index) => {
    const at = `/edges/${index}`;
    const from = table.vertex(edge.from);
    const to = table.vertex(edge.to);
    if (from === undefined)
      problems.add(unknownNode(`${at}/from`, 'An edge starts from', edge.from, edge.to, table, problems));
    if (to === undefined)
      problems.add(unknownNode(`${at}/to`, 'An edge leads to', edge.to, edge.from, table, problems));
    if (from === undefined || to === undefined) return;

    const { action, when, max_iterations: maxIterations, parallel_group: group } = edge;
    const key = JSON.stringify([from, to, action, when ?? null, maxIterations ?? null, group ?? null]);
    const first = seen.get(key);
    if (first !== undefined) {
      problems.add({
        code: 'FC2010',
        severity: 'warning',
        at,
        message: `The edge from ${quote(edge.from)} to ${quote(edge.to)} is written twice: at /edges/${first} and /edges/${index}.`,
        hint: 'Remove one of them; they count as one.',
        fix: [{ op: 'remove', path: at }],
      });
      return;
    }
    seen.set(key, index);
    const rest = { catches: null, index, at, maxIterations: maxIterations ?? null };
    edges.push({ from, to, action, origin: 'edge', ...rest });
  });
  return edges;
}

function collectDependencies(
  core: CoreIr,
  table: NodeTable,
  explicit: readonly DraftEdge[],
  problems: Problems,
): DraftEdge[] {
  const incoming = new Map<number, Map<number, DraftEdge>>();
  for (const edge of explicit) {
    // An edge that goes round a loop says nothing about the first time, so it does not stand in for a dependency.
    if (edge.maxIterations !== null || table.nodes[edge.to]?.depends_on === undefined) continue;
    const sources = incoming.get(edge.to) ?? new Map<number, DraftEdge>();
    incoming.set(edge.to, sources);
    if (!sources.has(edge.from)) sources.set(edge.from, edge);
  }

  const edges: DraftEdge[] = [];
  table.nodes.forEach((node, to) => {
    const seen = new Set<number>();
    node.depends_on?.forEach((id, i) => {
      const at = `/nodes/${to}/depends_on/${i}`;
      const from = table.vertex(id);
      if (from === undefined) {
        problems.add(unknownNode(at, `${quote(node.id)} depends on`, id, node.id, table, problems));
        return;
      }
      const edge = incoming.get(to)?.get(from);
      if (seen.has(from)) {
        problems.add(redundant(at, `${quote(node.id)} depends on ${quote(id)} twice.`));
      } else if (edge === undefined) {
        const rest = { catches: null, index: null, at, maxIterations: null };
        edges.push({ from, to, action: null, origin: 'depends_on', ...rest });
      } else if (edge.origin === 'catch') {
        const both = `${quote(node.id)} depends on ${quote(id)}, whose failure it catches`;
        problems.add(redundant(at, `${both}: only the \`catch\` counts.`));
      } else if (edge.action !== 'default' || core.edges[edge.index ?? -1]?.when !== undefined) {
        const both = `${quote(node.id)} depends on ${quote(id)}, and an edge between the two says when`;
        problems.add(redundant(at, `${both}: only the edge counts.`));
      }
      seen.add(from);
    });
  });
  return edges;
}

function redundant(at: string, message: string): Problem {
  const hint = 'Remove this entry of `depends_on`.';
  return { code: 'FC2010', severity: 'warning', at, message, hint, fix: [{ op: 'remove', path: at }] };
}
