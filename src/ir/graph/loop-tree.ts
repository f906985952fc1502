import type { NaturalLoop } from './natural-loops.js';

/** How the loops of a graph nest. */
export interface LoopTree {
  /** For each loop the index of the loop directly around it, -1 at the top. */
  readonly parents: readonly number[];
  /** For each vertex the index of the innermost loop that holds it, -1 for none. */
  readonly innermost: Int32Array;
  /** For each loop how many are around it. */
  readonly depths: readonly number[];
  /** Pairs of loops that share vertices although neither holds the other's header. */
  readonly overlaps: readonly (readonly [number, number])[];
}

/** Nests `loops` over `size` vertices. With overlaps the tree is not to be relied on. */
export function nestLoops(size: number, loops: readonly NaturalLoop[]): LoopTree {
  const bySize = loops.map((_, i) => i).sort((a, b) => bodySize(loops, b) - bodySize(loops, a) || a - b);
  const innermost = new Int32Array(size).fill(-1);
  const parents = new Array<number>(loops.length).fill(-1);
  const depths = new Array<number>(loops.length).fill(0);
  const bodies = loops.map((loop) => new Set(loop.body));
  const overlaps = new Map<string, readonly [number, number]>();

  // From the largest to the smallest, so that what is around a loop has been placed before it.
  for (const index of bySize) {
    const loop = loops[index];
    if (loop === undefined) continue;
    const parent = innermost[loop.header] ?? -1;
    parents[index] = parent;
    depths[index] = parent === -1 ? 0 : (depths[parent] ?? 0) + 1;
    for (const v of loop.body) {
      const around = innermost[v] ?? -1;
      if (around !== -1 && !bodies[around]?.has(loop.header)) {
        const pair = [Math.min(around, index), Math.max(around, index)] as const;
        overlaps.set(pair.join(), pair);
      }
      innermost[v] = index;
    }
  }
  return { parents, innermost, depths, overlaps: [...overlaps.values()] };
}

function bodySize(loops: readonly NaturalLoop[], index: number): number {
  return loops[index]?.body.length ?? 0;
}
