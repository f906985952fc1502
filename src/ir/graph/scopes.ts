import { Digraph } from './digraph.js';
import type { LoopTree } from './loop-tree.js';
import type { NaturalLoop } from './natural-loops.js';

/** What stands in a scope: a vertex, or a whole loop, which is one thing to what is around it. */
export type ScopeItem =
  | { readonly kind: 'vertex'; readonly vertex: number }
  | { readonly kind: 'loop'; readonly loop: number; readonly vertex: number };

/** The top (`loop` is -1) or the body of a loop, with each loop in it taken as one item. */
export interface Scope {
  readonly loop: number;
  /** In ascending order of their vertices; a loop's vertex is its header. */
  readonly items: readonly ScopeItem[];
  /** Over the indexes of `items`: what must be over before what begins. */
  readonly graph: Digraph;
}

/** Every scope of a graph; the top is the first, and the body of loop `i` is at `i + 1`. */
export interface Scopes {
  readonly all: readonly Scope[];
  /** The scope of a vertex: the innermost loop around it, -1 for the top. A header stands in its own loop. */
  scopeOf(vertex: number): number;
  /** Index of the item of `scope` (a loop, -1 for the top) that is or holds `vertex`; `undefined` where it is outside. */
  itemOf(scope: number, vertex: number): number | undefined;
}

/** Splits an acyclic graph into its scopes. Each arc counts in the one scope that holds both of its ends; others do not. */
export function splitScopes(forward: Digraph, loops: readonly NaturalLoop[], tree: LoopTree): Scopes {
  const items: ScopeItem[][] = Array.from({ length: loops.length + 1 }, () => []);
  const indexOfVertex = new Int32Array(forward.size);
  const indexOfLoop = new Int32Array(loops.length);
  const loopsByHeader = new Map<number, number>(loops.map((loop, i) => [loop.header, i]));

  for (let v = 0; v < forward.size; v++) {
    const loop = loopsByHeader.get(v);
    if (loop !== undefined) {
      const around = items[(tree.parents[loop] ?? -1) + 1];
      indexOfLoop[loop] = around?.length ?? 0;
      around?.push({ kind: 'loop', loop, vertex: v });
    }
    const scope = items[(tree.innermost[v] ?? -1) + 1];
    indexOfVertex[v] = scope?.length ?? 0;
    scope?.push({ kind: 'vertex', vertex: v });
  }

  const scopeOf = (vertex: number): number => tree.innermost[vertex] ?? -1;
  const parentOf = (loop: number): number => tree.parents[loop] ?? -1;
  const depthOf = (loop: number): number => (loop === -1 ? -1 : (tree.depths[loop] ?? 0));
  const itemOf = (scope: number, vertex: number): number | undefined => {
    let inner = scopeOf(vertex);
    if (inner === scope) return indexOfVertex[vertex];
    while (inner !== -1 && parentOf(inner) !== scope) inner = parentOf(inner);
    return inner === -1 ? undefined : indexOfLoop[inner];
  };
  const commonScope = (left: number, right: number): number => {
    let a = left;
    let b = right;
    while (a !== b) {
      if (depthOf(a) >= depthOf(b)) a = parentOf(a);
      else b = parentOf(b);
    }
    return a;
  };

  const graphs = items.map((list) => new Digraph(list.length));
  for (let from = 0; from < forward.size; from++) {
    for (const to of forward.successors(from)) {
      const scope = commonScope(scopeOf(from), scopeOf(to));
      const source = itemOf(scope, from);
      const target = itemOf(scope, to);
      if (source !== undefined && target !== undefined && source !== target) {
        graphs[scope + 1]?.addArc(source, target);
      }
    }
  }
  const all = graphs.map((graph, i) => ({ loop: i - 1, items: items[i] ?? [], graph }));
  return { all, scopeOf, itemOf };
}
