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

/** Finds the loops, and how they nest. */
export function structureOf(workflow: Pick<Workflow, 'nodes' | 'edges'>): Structure {
  const closing = workflow.edges.filter((edge) => edge.closes !== null);
  const bodies = loopBodies(
    workflow.edges.filter((edge) => edge.closes === null),
    closing,
  );
  const loops = workflow.nodes.flatMap(({ id }) => {
    const body = bodies.get(id);
    if (body === undefined) return [];
    return {
      header: id,
      body,
      closing: closing.filter((edge) => edge.to === id),
      parent: null as Loop | null,
    };
  });
  const bySize = loops.toSorted((a, b) => a.body.size - b.body.size);
  const loopOf = new Map<string, Loop>();
  for (const loop of bySize) {
    loop.parent =
      bySize.find((other) => other.body.size > loop.body.size && other.body.has(loop.header)) ?? null;
    for (const id of loop.body) if (!loopOf.has(id)) loopOf.set(id, loop);
  }
  return { loops, loopOf };
}

/**
 * By header: "the body is every node that is on a way from the header back to that edge", and loops with the same header
 * are one. A way may lead through the closing edges of loops that begin after the header, not of those around it.
 */
export function loopBodies(forward: Edges, closing: Edges): Map<string, Set<string>> {
  const bodies = new Map<string, Set<string>>();
  for (const header of new Set(closing.map((edge) => edge.to))) {
    const ahead = reachable(header, forward);
    const ways = [...forward, ...closing.filter((edge) => edge.to !== header && ahead.has(edge.to))];
    const backwards = ways.map((edge) => ({ from: edge.to, to: edge.from }));
    const sources = closing.filter((edge) => edge.to === header).map((edge) => edge.from);
    const before = new Set(sources.flatMap((source) => [...reachable(source, backwards)]));
    bodies.set(header, new Set([header, ...[...reachable(header, ways)].filter((id) => before.has(id))]));
  }
  return bodies;
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

/** The smallest loop around a member of a group, to which a loop is the one thing that its header stands for. */
export function loopAroundMember(member: string | undefined, loopOf: Structure['loopOf']): Loop | null {
  const loop = member === undefined ? undefined : loopOf.get(member);
  return (loop?.header === member ? loop?.parent : loop) ?? null;
}

/** Every node that `member` alone leads to, itself included: without it, no way from a root gets there. */
export function branchOf(member: string, ids: readonly string[], edges: Edges): Set<string> {
  const without = edges.filter((edge) => edge.from !== member && edge.to !== member);
  const roots = ids.filter((id) => id !== member && !edges.some((edge) => edge.to === id));
  const others = new Set(roots.flatMap((root) => [...reachable(root, without)]));
  return new Set(ids.filter((id) => !others.has(id)));
}
