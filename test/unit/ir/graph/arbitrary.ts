import fc from 'fast-check';
import { Digraph } from '../../../../src/ir/graph/digraph.js';

/** Small graphs as lists of arcs: any arcs, or only such as lead to a higher number. */
export function arcsOf(
  kind: 'any' | 'acyclic',
  maxSize = 9,
): fc.Arbitrary<{ size: number; arcs: [number, number][] }> {
  return fc.integer({ min: 1, max: maxSize }).chain((size) => {
    const vertex = fc.integer({ min: 0, max: size - 1 });
    return fc.array(fc.tuple(vertex, vertex), { maxLength: size * 2 }).map((pairs) => ({
      size,
      arcs:
        kind === 'any'
          ? pairs
          : pairs.filter(([a, b]) => a !== b).map(([a, b]): [number, number] => (a < b ? [a, b] : [b, a])),
    }));
  });
}

/** A path `0 -> 1 -> … -> size - 1`. */
export function chain(size: number): Digraph {
  return new Digraph(
    size,
    Array.from({ length: size - 1 }, (_, i): [number, number] => [i, i + 1]),
  );
}

/** Whether a walk leads from one vertex to another, by definition; `without` names a vertex that may not be passed. */
export function reachesNaively(
  arcs: readonly (readonly [number, number])[],
  from: number,
  to: number,
  without = -1,
): boolean {
  if (from === without || to === without) return false;
  const reached = new Set([from]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const [a, b] of arcs) {
      if (reached.has(a) && b !== without && !reached.has(b)) {
        reached.add(b);
        grew = true;
      }
    }
  }
  return reached.has(to);
}
