import type { BranchLayout, RegionLayout, ScopeLayout } from '../workflow.js';
import type { BranchRef, PlacedGroup, PlacedGroups } from './branches.js';
import type { Scopes } from './scopes.js';

/** A region with the vertex that decides where it stands among its neighbours. */
type Positioned = readonly [vertex: number, region: RegionLayout];

/**
 * The tree of regions that the chart is made of. Regions stand in ascending order of their vertices: a group where its first
 * member stands, a loop where its header does. Every vertex is in it exactly once, whatever the nesting; groups in conflict are
 * left out and their members stand where they would without the group.
 *
 * Recursion goes as deep as loops and groups nest, so that has to be bounded before.
 */
export function layOut(scopes: Scopes, groups: PlacedGroups, name: (vertex: number) => string): ScopeLayout {
  const placed = new Set(groups.placed.map(({ group }) => group));
  // Innermost groups first: what a group's branches hold has to be complete when it is put into the one around it.
  const byScope: PlacedGroup[][] = scopes.all.map(() => []);
  for (const group of [...groups.placed].sort((a, b) => b.depth - a.depth))
    byScope[group.scope + 1]?.push(group);
  const keyOf = (place: BranchRef | null): string =>
    place === null || !placed.has(place.group) ? '' : `${place.group}:${place.branch}`;

  const layOutScope = (loop: number): ScopeLayout => {
    const contents = new Map<string, Positioned[]>();
    const put = (place: BranchRef | null, entry: Positioned): void => {
      const key = keyOf(place);
      const list = contents.get(key);
      if (list === undefined) contents.set(key, [entry]);
      else list.push(entry);
    };
    const regionsOf = (place: BranchRef | null): RegionLayout[] =>
      (contents.get(keyOf(place)) ?? []).sort((a, b) => a[0] - b[0]).map(([, region]) => region);

    scopes.all[loop + 1]?.items.forEach((item, i) => {
      const region: RegionLayout =
        item.kind === 'loop'
          ? { kind: 'loop', loop: item.loop, body: layOutScope(item.loop) }
          : { kind: 'node', node: name(item.vertex) };
      put(groups.places[loop + 1]?.[i] ?? null, [item.vertex, region]);
    });
    for (const { group, branches, container } of byScope[loop + 1] ?? []) {
      const layouts: BranchLayout[] = branches.map(({ member }, branch) => ({
        member: name(member),
        regions: regionsOf({ group, branch }),
      }));
      put(container, [branches[0]?.member ?? 0, { kind: 'group', group, branches: layouts }]);
    }
    return { loop: loop === -1 ? null : loop, regions: regionsOf(null) };
  };
  return layOutScope(-1);
}
