import type { Digraph } from './digraph.js';

/**
 * The vertices in an order in which every arc points forward (Kahn's algorithm, linear), or `null` for a graph with a cycle.
 * Among vertices that become free together the lower number comes first.
 */
export function topologicalOrder(graph: Digraph): number[] | null {
  const missing = Int32Array.from({ length: graph.size }, (_, v) => graph.predecessors(v).length);
  const order = graph.roots();
  for (const v of order) {
    for (const next of graph.successors(v)) {
      const left = (missing[next] ?? 0) - 1;
      missing[next] = left;
      if (left === 0) order.push(next);
    }
  }
  return order.length === graph.size ? order : null;
}
