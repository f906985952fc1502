import { listOf, quote } from '../diagnostics/wording.js';
import type { Digraph } from '../graph/digraph.js';
import type { CoreIr } from '../schema/core.js';
import type { Reference } from '../template/reference.js';
import { type Template, wholeReference } from '../template/template.js';
import { batchFieldOf } from './batch-mode.js';
import type { DraftEdge } from './draft-edge.js';
import type { NodeTable } from './node-table.js';
import type { Problems } from './problems.js';
import type { DataUse, ParsedTexts } from './references.js';
import type { Structure } from './structure.js';

/**
 * FC3010: finds the edges over which results stream. The edge from a batch with `stream` to one whose items are its results does,
 * if its target could not see the difference (nothing else of the source is used there), if it is taken whenever the source
 * runs, and if nothing else leads from the one to the other: what stands between would wait for the source, and the
 * source, once its buffer is full, for the target.
 *
 * @param uses what nodes need of nodes, branches told apart.
 * @param edges the forward edges.
 */
export function findStreams(
  core: CoreIr,
  table: NodeTable,
  { items }: ParsedTexts,
  uses: readonly DataUse[],
  edges: readonly DraftEdge[],
  { forward, order, tree }: Structure,
  problems: Problems,
): ReadonlySet<DraftEdge> {
  const streams = new Set<DraftEdge>();
  const sources = new Set<number>();
  core.nodes.forEach((node, v) => {
    if (node.stream !== true) return;
    if (batchFieldOf(core, node) !== null) sources.add(v);
    else {
      const path = `/nodes/${v}/stream`;
      problems.add({
        code: 'FC3010',
        severity: 'error',
        at: path,
        message: `${quote(node.id)} has no \`batch\`, so there is nothing to stream.`,
        hint: 'Add a `batch`, or remove `stream`.',
        fix: [{ op: 'remove', path }],
      });
    }
  });
  if (sources.size === 0) return streams;

  const usesOf = new Map<number, DataUse[]>();
  for (const use of uses) {
    const list = usesOf.get(use.consumer);
    if (list === undefined) usesOf.set(use.consumer, [use]);
    else list.push(use);
  }
  const couldStream = (edge: DraftEdge): boolean => {
    const { from, to } = edge;
    const reference = sources.has(from) ? resultsNamedBy(items[to] ?? null) : null;
    return (
      reference !== null &&
      table.vertex(reference.root) === from &&
      isAlwaysTaken(core, edge) &&
      waitsForAll(core, to) &&
      tree.innermost[from] === tree.innermost[to] &&
      (usesOf.get(to) ?? []).every((use) => use.producer !== from || use.reference === reference)
    );
  };
  /** By source, and then by target: of several edges between two nodes the first one streams. */
  const candidates = new Map([...sources].map((v) => [v, new Map<number, DraftEdge>()]));
  for (const edge of edges) {
    const byTarget = candidates.get(edge.from);
    if (byTarget?.has(edge.to) === false && couldStream(edge)) byTarget.set(edge.to, edge);
  }
  const position = new Int32Array(table.size);
  order.forEach((v, i) => {
    position[v] = i;
  });
  for (const [from, byTarget] of candidates) {
    const indirect = reachedIndirectly(from, [...byTarget.keys()], forward, position);
    const direct = [...byTarget.values()].filter(({ to }) => !indirect.has(to));
    for (const edge of direct) streams.add(edge);
    reportStillFailing(from, direct, table, problems);
    if (direct.length === 0) reportIdle(table.id(from), `/nodes/${from}/stream`, problems);
  }
  return streams;
}

/** What a text of items names if it is all of a node's results. */
function resultsNamedBy(items: Template | null): Reference | null {
  const reference = items === null ? null : wholeReference(items);
  const steps = reference?.segments.map((step) => (step.kind === 'field' ? step.name : step.kind)).join('.');
  return steps !== undefined && ['', 'output', 'results', 'output.results'].includes(steps)
    ? reference
    : null;
}

function isAlwaysTaken(core: CoreIr, { origin, action, index }: DraftEdge): boolean {
  if (origin !== 'edge') return origin !== 'catch';
  return action === 'default' && core.edges[index ?? -1]?.when === undefined;
}

/** Whether the join waits for every edge: one that does not could start before the source does. */
function waitsForAll(core: CoreIr, v: number): boolean {
  const policy = core.nodes[v]?.join?.policy;
  return policy !== 'one_success' && policy !== 'quorum';
}

/** What of `targets` follows from a node that follows from `from`. */
function reachedIndirectly(
  from: number,
  targets: readonly number[],
  forward: Digraph,
  position: Int32Array,
): ReadonlySet<number> {
  const last = targets.reduce((most, v) => Math.max(most, position[v] ?? 0), 0);
  const reached = new Set<number>();
  const open = targets.length === 0 ? [] : [...new Set(forward.successors(from))];
  for (let v = open.pop(); v !== undefined; v = open.pop()) {
    for (const next of forward.successors(v)) {
      if (reached.has(next) || (position[next] ?? 0) > last) continue;
      reached.add(next);
      open.push(next);
    }
  }
  return reached;
}

/** FC4002: what makes up for the failure of a stage comes too late for those that are at work on its results. */
function reportStillFailing(
  from: number,
  direct: readonly DraftEdge[],
  table: NodeTable,
  problems: Problems,
): void {
  const node = table.nodes[from];
  const field = node?.fallback !== undefined ? 'fallback' : node?.on_error === 'continue' ? 'on_error' : null;
  const failing = direct.flatMap(({ to }) => {
    const stage = table.nodes[to];
    const handles =
      stage?.fallback !== undefined || stage?.on_error === 'continue' || stage?.catch !== undefined;
    return handles ? [] : [table.id(to)];
  });
  if (field === null || failing.length === 0) return;
  const says = field === 'fallback' ? 'its `fallback`' : '"on_error": "continue"';
  problems.add({
    code: 'FC4002',
    severity: 'warning',
    at: `/nodes/${from}/${field}`,
    message: `If ${quote(table.id(from))} fails, ${says} makes up for that, but ${listOf(failing)}, which ${failing.length === 1 ? 'works' : 'work'} on its results as they come in, ${failing.length === 1 ? 'fails' : 'fail'} with FC5015 all the same.`,
    hint: `Say in the same way what becomes of ${failing.length === 1 ? 'that stage' : 'those stages'}, or let single items fail: "error_handling": "continue" in the \`batch\`.`,
  });
}

function reportIdle(id: string, at: string, problems: Problems): void {
  problems.add({
    code: 'FC3010',
    severity: 'warning',
    at,
    message: `Nothing takes the results of ${quote(id)} one by one, so they are kept until it is done.`,
    hint: `Let a batch right after it write "items": "\${${id}}", and use nothing else of ${quote(id)}; or remove \`stream\`.`,
    fix: [{ op: 'remove', path: at }],
  });
}
