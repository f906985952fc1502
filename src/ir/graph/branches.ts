import { immediateDominators, undominated, VIRTUAL_ROOT } from './dominators.js';
import type { LoopTree } from './loop-tree.js';
import type { NaturalLoop } from './natural-loops.js';
import type { Scope, Scopes } from './scopes.js';
import { topologicalOrder } from './topological-order.js';

/** Where something stands between groups: in a branch of one. */
export interface BranchRef {
  readonly group: number;
  readonly branch: number;
}

/** A group of vertices that fork together, placed. */
export interface PlacedGroup {
  /** Index into the groups that were asked for. */
  readonly group: number;
  /** The loop in whose body it stands, -1 for the top. */
  readonly scope: number;
  /** The branch of another group around it, `null` for none in this scope. */
  readonly container: BranchRef | null;
  /** How many groups of the same scope are around it. */
  readonly depth: number;
  /** In ascending order of their members; vertices ascending. */
  readonly branches: readonly { readonly member: number; readonly vertices: readonly number[] }[];
}

/** Why a group cannot stand anywhere; for `overlap`, why it stands further out than some of its members would. */
export type GroupConflict =
  | { readonly kind: 'scopes'; readonly group: number; readonly members: readonly [number, number] }
  | { readonly kind: 'shared'; readonly group: number; readonly other: number; readonly member: number }
  | {
      readonly kind: 'overlap';
      readonly group: number;
      readonly other: number;
      readonly members: readonly [number, number];
    }
  | { readonly kind: 'depth'; readonly group: number };

export interface PlacedGroups {
  readonly placed: readonly PlacedGroup[];
  readonly conflicts: readonly GroupConflict[];
  /** For each scope (top first) and item of it, the innermost branch that holds it. */
  readonly places: readonly (readonly (BranchRef | null)[])[];
}

/** The members of one group that stand in one scope: item index to vertex. */
type Members = Map<number, number>;

/**
 * Finds the branches of groups. A branch is a member and what it dominates in its scope, loops taken whole; a member that
 * another one dominates belongs to that one's branch. Groups of a scope nest or are disjoint: where a member stands inside a
 * branch that others of its group are outside of, it and what it dominates are taken out of that branch.
 *
 * @param groups the members of each group, without repeats.
 * @param maxDepth how many groups of a scope may stand inside one another.
 */
export function placeGroups(
  scopes: Scopes,
  loops: readonly NaturalLoop[],
  tree: LoopTree,
  groups: readonly (readonly number[])[],
  maxDepth = Number.POSITIVE_INFINITY,
): PlacedGroups {
  const headers = new Map(loops.map((loop, i) => [loop.header, i]));
  // To a group, a loop is the one thing that its header stands for.
  const homeOf = (v: number): number => {
    const loop = headers.get(v);
    return loop === undefined ? scopes.scopeOf(v) : (tree.parents[loop] ?? -1);
  };

  const conflicts: GroupConflict[] = [];
  const perScope = new Map<number, Map<number, Members>>();
  groups.forEach((members, group) => {
    const first = members[0];
    if (first === undefined) return;
    const home = homeOf(first);
    const stray = members.find((m) => homeOf(m) !== home);
    if (stray !== undefined) {
      conflicts.push({ kind: 'scopes', group, members: [first, stray] });
      return;
    }
    const here = perScope.get(home) ?? new Map<number, Members>();
    perScope.set(home, here);
    here.set(group, new Map(members.map((m) => [scopes.itemOf(home, m) ?? -1, m])));
  });

  const placed: PlacedGroup[] = [];
  const places = scopes.all.map((scope) => {
    const here = perScope.get(scope.loop);
    if (here === undefined) return scope.items.map(() => null);
    const result = placeInScope(scope, loops, here, maxDepth);
    placed.push(...result.placed);
    conflicts.push(...result.conflicts);
    return result.places;
  });
  placed.sort((a, b) => a.group - b.group);
  return { placed, conflicts, places };
}

function placeInScope(
  scope: Scope,
  loops: readonly NaturalLoop[],
  groups: ReadonlyMap<number, Members>,
  maxDepth: number,
): {
  readonly placed: PlacedGroup[];
  readonly conflicts: GroupConflict[];
  readonly places: (BranchRef | null)[];
} {
  const { graph, items } = scope;
  const conflicts: GroupConflict[] = [];
  const dominators = immediateDominators(graph, graph.roots());
  const dominatorOf = (item: number): number => dominators[item] ?? VIRTUAL_ROOT;
  const order = topologicalOrder(graph) ?? [];
  const leadersOf = undominated(dominators, order);

  const memberOf = new Map<number, BranchRef>();
  const leading = new Map<number, readonly (readonly [item: number, vertex: number])[]>();
  for (const [group, members] of groups) {
    const own = leadersOf(members.keys()).map((item) => [item, members.get(item) ?? 0] as const);
    own.sort((a, b) => a[1] - b[1]);
    const shared = own.find(([item]) => memberOf.has(item));
    const other = shared === undefined ? undefined : memberOf.get(shared[0])?.group;
    if (shared !== undefined && other !== undefined) {
      conflicts.push({ kind: 'shared', group, other, member: shared[1] });
      continue;
    }
    own.forEach(([item], branch) => {
      memberOf.set(item, { group, branch });
    });
    leading.set(group, own);
  }

  const places: (BranchRef | null)[] = items.map(() => null);
  const around = (item: number): BranchRef | null => places[dominatorOf(item)] ?? null;
  for (const item of order) places[item] = memberOf.get(item) ?? around(item);

  const containers = new Map<number, BranchRef | null>();
  /**
   * The innermost branch around all members; those that stand further in are taken out of the branches between. Yields the groups
   * that have to be placed before: there may be too many inside one another for calls.
   */
  function* placeGroup(group: number): Generator<number, void> {
    // What is asked for while it is being found holds itself: it can only stand outside.
    containers.set(group, null);
    const [first, ...others] = leading.get(group) ?? [];
    if (first === undefined) return;
    const place = around(first[0]);
    if (others.every(([item]) => around(item) === place)) {
      if (place !== null && !containers.has(place.group)) yield place.group;
      containers.set(group, place);
      return;
    }
    let common = yield* chainOf(place);
    for (const [item, vertex] of others) {
      const chain = yield* chainOf(around(item));
      const inner = firstOf(common, (ref) => !chain.has(ref)) ?? firstOf(chain, (ref) => !common.has(ref));
      if (inner === undefined) continue;
      conflicts.push({ kind: 'overlap', group, other: inner.group, members: [first[1], vertex] });
      common = new Set([...common].filter((ref) => chain.has(ref)));
    }
    const [innermost = null] = common;
    containers.set(group, innermost);
  }
  /** The branches around a place, innermost first. There is one reference to each branch. */
  function* chainOf(place: BranchRef | null): Generator<number, ReadonlySet<BranchRef>> {
    const chain = new Set<BranchRef>();
    for (let at = place; at !== null && !chain.has(at); at = containers.get(at.group) ?? null) {
      chain.add(at);
      if (!containers.has(at.group)) yield at.group;
    }
    return chain;
  }
  for (const group of leading.keys()) {
    const open = containers.has(group) ? [] : [placeGroup(group)];
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const { done, value } = top.next();
      if (done) open.pop();
      else open.push(placeGroup(value));
    }
  }

  const depths = depthsOf(containers);
  for (const [group, depth] of depths) {
    if (depth < maxDepth) continue;
    conflicts.push({ kind: 'depth', group });
    containers.delete(group);
  }

  const holdersOf = (place: BranchRef | null): BranchRef[] => {
    const holders: BranchRef[] = [];
    for (let at = place; at !== null; at = containers.get(at.group) ?? null) holders.push(at);
    return holders;
  };
  const vertices = new Map<number, number[][]>();
  for (const [group, own] of leading)
    vertices.set(
      group,
      own.map(() => []),
    );
  items.forEach((item, i) => {
    const inside = item.kind === 'loop' ? (loops[item.loop]?.body ?? []) : [item.vertex];
    for (const { group, branch } of holdersOf(places[i] ?? null)) {
      const list = vertices.get(group)?.[branch];
      for (const v of inside) list?.push(v);
    }
  });

  const placed = [...containers].map(([group, container]) => ({
    group,
    scope: scope.loop,
    container,
    depth: depths.get(group) ?? 0,
    branches: (leading.get(group) ?? []).map(([, member], branch) => ({
      member,
      vertices: (vertices.get(group)?.[branch] ?? []).sort((a, b) => a - b),
    })),
  }));
  return { placed, conflicts, places };
}

/** How many groups are around each; a group without a container of its own counts as none. */
function depthsOf(containers: ReadonlyMap<number, BranchRef | null>): Map<number, number> {
  const depths = new Map<number, number>();
  for (const start of containers.keys()) {
    const path: number[] = [];
    let group: number | undefined = start;
    while (group !== undefined && containers.has(group) && !depths.has(group)) {
      path.push(group);
      group = containers.get(group)?.group;
    }
    let depth = group === undefined ? -1 : (depths.get(group) ?? -1);
    for (const inner of path.reverse()) depths.set(inner, ++depth);
  }
  return depths;
}

function firstOf<T>(values: Iterable<T>, fits: (value: T) => boolean): T | undefined {
  for (const value of values) if (fits(value)) return value;
  return undefined;
}
