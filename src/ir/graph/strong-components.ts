import type { Digraph } from './digraph.js';

/**
 * For each vertex the number of its strongly connected component (Tarjan's algorithm with a stack of its own, linear).
 * Two vertices have the same number exactly when each can be reached from the other.
 */
export function strongComponents(graph: Digraph): Int32Array {
  const component = new Int32Array(graph.size).fill(-1);
  const visited = new Int32Array(graph.size).fill(-1);
  const low = new Int32Array(graph.size);
  const open: number[] = [];
  const path: { readonly vertex: number; next: number }[] = [];
  let visits = 0;
  let components = 0;

  const enter = (v: number): void => {
    visited[v] = low[v] = visits++;
    open.push(v);
    path.push({ vertex: v, next: 0 });
  };
  const lower = (v: number, to: number | undefined): void => {
    low[v] = Math.min(low[v] ?? 0, to ?? 0);
  };

  for (let start = 0; start < graph.size; start++) {
    if (visited[start] !== -1) continue;
    enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const v = top.vertex;
      const next = graph.successors(v)[top.next++];
      if (next !== undefined) {
        if (visited[next] === -1) enter(next);
        else if (component[next] === -1) lower(v, visited[next]);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) lower(parent.vertex, low[v]);
      if (low[v] !== visited[v]) continue;
      for (let member = open.pop(); member !== undefined; member = open.pop()) {
        component[member] = components;
        if (member === v) break;
      }
      components++;
    }
  }
  return component;
}
