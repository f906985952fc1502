import type { DraftEdge } from '../analyze/draft-edge.js';
import type { SourceWorkflow } from '../schema/source-workflow.js';
import type { WorkflowEdge } from '../workflow.js';
import type { Parts } from './parts.js';

/** Edges as their author declared them, then catches and dependencies, then what was found in templates. */
export function assembleEdges(
  { edges, table, texts, structure, streams }: Parts,
  source: SourceWorkflow,
): WorkflowEdge[] {
  const loopOf = new Map(structure.loops.map((loop, i) => [loop.header, i]));
  const closing = new Set(edges.closing);
  const explicit: DraftEdge[] = [];
  const implicit: DraftEdge[] = [];
  for (const edge of [...edges.forward, ...edges.closing])
    (edge.index === null ? implicit : explicit).push(edge);
  explicit.sort((a, b) => (a.index ?? 0) - (b.index ?? 0));
  return [...explicit, ...implicit].map((edge) => ({
    from: table.id(edge.from),
    to: table.id(edge.to),
    action: edge.action,
    when: edge.index === null ? null : (texts.edgeConditions[edge.index] ?? null),
    origin: edge.origin,
    catches: edge.catches,
    streams: streams.has(edge),
    closes: closing.has(edge) ? (loopOf.get(edge.to) ?? null) : null,
    maxIterations: closing.has(edge) ? edge.maxIterations : null,
    pointer: source.pointerOf(edge.at),
    whenPointer: source.pointerOf(edge.index === null ? edge.at : `${edge.at}/when`),
  }));
}
