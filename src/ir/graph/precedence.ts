import { onceFor } from '../once-for.js';
import type { Workflow } from '../workflow.js';
import { Digraph } from './digraph.js';
import { topologicalOrder } from './topological-order.js';

/**
 * What must come before what, as an acyclic graph over points: one for each node (point `i` is node `i`), and two for each
 * loop, as what leads into a loop holds back all of it and what follows a loop waits for all of it.
 */
export interface Precedence {
  readonly points: number;
  readonly nodeIndex: ReadonlyMap<string, number>;
  /** By point: the points that come directly before it, in order of declaration. */
  readonly before: readonly (readonly number[])[];
  /** Every point, each after all those before it. */
  readonly order: readonly number[];
}

/** Made once for a workflow, which never changes. Time: O(nodes x depth of loops + edges). */
export const precedenceOf: (workflow: Workflow) => Precedence = onceFor(findPrecedence);

function findPrecedence(workflow: Workflow): Precedence {
  const { nodes, edges, loops } = workflow;
  const nodeIndex = new Map(nodes.map((node, index) => [node.id, index]));
  const opens = (loop: number) => nodes.length + 2 * loop;
  const ends = (loop: number) => opens(loop) + 1;
  const points = nodes.length + 2 * loops.length;
  const graph = new Digraph(points);

  const innermost: (number | null)[] = nodes.map(() => null);
  loops.forEach((loop, index) => {
    if (loop.parent !== null) {
      graph.addArc(opens(loop.parent), opens(index));
      graph.addArc(ends(index), ends(loop.parent));
    }
    for (const id of loop.body) {
      const node = nodeIndex.get(id);
      if (node === undefined) continue;
      const current = innermost[node] ?? null;
      if (current === null || loop.body.length < (loops[current]?.body.length ?? 0)) innermost[node] = index;
      graph.addArc(opens(index), node);
      graph.addArc(node, ends(index));
    }
  });
  const loopsAround = (node: number): number[] => {
    const around: number[] = [];
    for (let loop = innermost[node] ?? null; loop !== null; loop = loops[loop]?.parent ?? null)
      around.unshift(loop);
    return around;
  };

  for (const edge of edges) {
    const from = nodeIndex.get(edge.from);
    const to = nodeIndex.get(edge.to);
    if (edge.closes !== null || from === undefined || to === undefined) continue;
    const aroundFrom = loopsAround(from);
    const aroundTo = loopsAround(to);
    let shared = 0;
    while (shared < aroundFrom.length && aroundFrom[shared] === aroundTo[shared]) shared++;
    const source = aroundFrom[shared];
    const target = aroundTo[shared];
    graph.addArc(source === undefined ? from : ends(source), target === undefined ? to : opens(target));
  }
  const before = Array.from({ length: points }, (_, point) => graph.predecessors(point));
  return { points, nodeIndex, before, order: topologicalOrder(graph) ?? [] };
}
