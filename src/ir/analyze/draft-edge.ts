import { Digraph } from '../graph/digraph.js';
import type { WorkflowEdge } from '../workflow.js';

/** An edge while it is being worked out: its ends are vertices, its pointer is into the core form. */
export interface DraftEdge {
  readonly from: number;
  readonly to: number;
  /** See `WorkflowEdge.action`. */
  readonly action: string | null;
  readonly origin: WorkflowEdge['origin'];
  /** See `WorkflowEdge.catches`. */
  readonly catches: WorkflowEdge['catches'];
  /** Index into the core form's `edges`, for an edge that is written as one; `null` for others. */
  readonly index: number | null;
  /** JSON pointer into the core form. */
  readonly at: string;
  /** What its author wrote, or what a lenient version stands in for it; `null` for neither. */
  readonly maxIterations: number | null;
}

/** Whether an edge was written to lead from one node to another, and not for what its target needs of its source. */
export function isExplicit({ origin }: DraftEdge): boolean {
  return origin === 'edge' || origin === 'catch';
}

/** Edges told apart: those that close loops, and the rest, which have no cycle. */
export interface SplitEdges {
  readonly forward: readonly DraftEdge[];
  readonly closing: readonly DraftEdge[];
}

/** The graph that edges make of `size` nodes. */
export function graphOf(size: number, edges: readonly DraftEdge[]): Digraph {
  const graph = new Digraph(size);
  for (const { from, to } of edges) graph.addArc(from, to);
  return graph;
}

/** The ends of edges, as arcs. */
export function* arcs(edges: Iterable<DraftEdge>): Generator<readonly [number, number]> {
  for (const { from, to } of edges) yield [from, to];
}
