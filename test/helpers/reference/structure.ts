import type { Workflow, WorkflowEdge } from '../../../src/ir/workflow.js';

/** A loop as the reference sees it: found from the edges alone, so that the checker's `loops` are tested as well. */
export interface Loop {
  readonly header: string;
  readonly body: ReadonlySet<string>;
  readonly closing: readonly WorkflowEdge[];
  /** The smallest loop around it; `null` at the top. */
  readonly parent: Loop | null;
}

export interface Structure {
  /** In order of their headers' declaration. */
  readonly loops: readonly Loop[];
  /** From a node to the smallest loop that it is in. */
  readonly loopOf: ReadonlyMap<string, Loop>;
}

type Edges = readonly Pick<WorkflowEdge, 'from' | 'to'>[];

/** Finds the loops: "the body is every node that is on a way from the header back to that edge". */
export function structureOf(workflow: Pick<Workflow, 'nodes' | 'edges'>): Structure {
  const forward = workflow.edges.filter((edge) => edge.closes === null);
  const loops: { header: string; body: Set<string>; closing: WorkflowEdge[]; parent: Loop | null }[] = [];
  for (const { id } of workflow.nodes) {
    const closing = workflow.edges.filter((edge) => edge.closes !== null && edge.to === id);
    if (closing.length === 0) continue;
    const body = new Set([id, ...closing.flatMap((edge) => between(id, edge.from, forward))]);
    loops.push({ header: id, body, closing, parent: null });
  }
  const bySize = [...loops].sort((a, b) => a.body.size - b.body.size);
  const loopOf = new Map<string, Loop>();
  for (const loop of bySize) {
    loop.parent =
      bySize.find((other) => other.body.size > loop.body.size && other.body.has(loop.header)) ?? null;
    for (const id of loop.body) if (!loopOf.has(id)) loopOf.set(id, loop);
  }
  return { loops, loopOf };
}

/** Every node on a way from `from` to `to`. */
export function between(from: string, to: string, edges: Edges): string[] {
  const after = reachable(from, edges);
  const before = reachable(
    to,
    edges.map((edge) => ({ from: edge.to, to: edge.from })),
  );
  return [...after].filter((id) => before.has(id));
}

/** `start` and every node that a path leads to. */
export function reachable(start: string, edges: Edges): Set<string> {
  const found = new Set([start]);
  for (const id of found) for (const edge of edges) if (edge.from === id) found.add(edge.to);
  return found;
}

/** The largest loop that the edge leaves, whose end decides it; `null` if it stays inside of every loop around its source. */
export function loopLeftBy(
  edge: Pick<WorkflowEdge, 'from' | 'to'>,
  loopOf: Structure['loopOf'],
): Loop | null {
  let left: Loop | null = null;
  for (
    let loop = loopOf.get(edge.from) ?? null;
    loop !== null && !loop.body.has(edge.to);
    loop = loop.parent
  ) {
    left = loop;
  }
  return left;
}
