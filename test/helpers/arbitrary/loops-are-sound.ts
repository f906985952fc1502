import { loopBodies, reachable } from '../reference/structure.js';

interface Arc {
  readonly from: string;
  readonly to: string;
}

/**
 * Whether closing edges make loops that can be run: each source can be reached from its header, any two loops nest or are
 * disjoint, and no two loops wait for each other.
 */
export function loopsAreSound(
  ids: readonly string[],
  order: readonly Arc[],
  closing: readonly Arc[],
): boolean {
  if (!closing.every(({ from, to }) => reachable(to, order).has(from))) return false;
  const all = [...loopBodies(order, closing).values()];
  const nest = (a: Set<string>, b: Set<string>): boolean => {
    const shared = [...a].filter((id) => b.has(id)).length;
    return shared === 0 || (shared === Math.min(a.size, b.size) && a.size !== b.size);
  };
  if (!all.every((a, i) => all.slice(i + 1).every((b) => nest(a, b)))) return false;
  return [null, ...all].every((scope) => isAcyclicFrom(scope, ids, order, all));
}

/** Whether what stands side by side in a scope (the whole, or one body), its inner loops taken as one each, has no cycle. */
function isAcyclicFrom(
  scope: ReadonlySet<string> | null,
  ids: readonly string[],
  order: readonly Arc[],
  bodies: readonly ReadonlySet<string>[],
): boolean {
  const inner = bodies
    .filter(
      (body) => (scope === null || body.size < scope.size) && [...body].every((id) => scope?.has(id) ?? true),
    )
    .toSorted((a, b) => b.size - a.size);
  const unitOf = (id: string): unknown => inner.find((body) => body.has(id)) ?? id;
  const within = ids.filter((id) => scope?.has(id) ?? true);
  const units = new Set(within.map(unitOf));
  const arcs = order
    .filter((arc) => within.includes(arc.from) && within.includes(arc.to))
    .map((arc) => ({ from: unitOf(arc.from), to: unitOf(arc.to) }))
    .filter((arc) => arc.from !== arc.to);
  for (;;) {
    const free = [...units].filter((unit) => !arcs.some((arc) => arc.to === unit && units.has(arc.from)));
    if (free.length === 0) return units.size === 0;
    for (const unit of free) units.delete(unit);
  }
}
