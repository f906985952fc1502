import type { Workflow } from '../ir/workflow.js';

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

/** Time: O(nodes x depth of loops + edges). */
export function precedenceOf(workflow: Workflow): Precedence {
  const { nodes, edges, loops } = workflow;
  const nodeIndex = new Map(nodes.map((node, index) => [node.id, index]));
  const opens = (loop: number) => nodes.length + 2 * loop;
  const ends = (loop: number) => opens(loop) + 1;
  const points = nodes.length + 2 * loops.length;
  const before: number[][] = Array.from({ length: points }, () => []);

  const innermost: (number | null)[] = nodes.map(() => null);
  loops.forEach((loop, index) => {
    if (loop.parent !== null) {
      before[opens(index)]?.push(opens(loop.parent));
      before[ends(loop.parent)]?.push(ends(index));
    }
    for (const id of loop.body) {
      const node = nodeIndex.get(id);
      if (node === undefined) continue;
      const current = innermost[node] ?? null;
      if (current === null || loop.body.length < (loops[current]?.body.length ?? 0)) innermost[node] = index;
      before[node]?.push(opens(index));
      before[ends(index)]?.push(node);
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
    before[target === undefined ? to : opens(target)]?.push(source === undefined ? from : ends(source));
  }
  return { points, nodeIndex, before, order: topologicalOrder(before) };
}

function topologicalOrder(before: readonly (readonly number[])[]): number[] {
  const after: number[][] = before.map(() => []);
  const awaited = before.map((sources, point) => {
    for (const source of sources) after[source]?.push(point);
    return sources.length;
  });
  const order = awaited.flatMap((count, point) => (count === 0 ? [point] : []));
  // `order` grows while it is read: it is the queue as well.
  for (const point of order) {
    for (const next of after[point] ?? []) {
      const left = (awaited[next] ?? 0) - 1;
      awaited[next] = left;
      if (left === 0) order.push(next);
    }
  }
  return order;
}
