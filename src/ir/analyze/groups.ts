import { pointerTo } from '../diagnostics/pointer.js';
import { listOf, quote } from '../diagnostics/wording.js';
import { type GroupConflict, type PlacedGroups, placeGroups } from '../graph/branches.js';
import type { Scopes } from '../graph/scopes.js';
import type { CoreIr } from '../schema/core.js';
import type { DraftEdge } from './draft-edge.js';
import type { NodeTable } from './node-table.js';
import type { Problems } from './problems.js';
import { MAX_NESTING, reportNesting, type Structure } from './structure.js';

/** A parallel group as it is written. */
export interface DraftGroup {
  readonly id: string;
  readonly description: string | null;
  /** Vertices, ascending. */
  readonly members: readonly number[];
  /** The node from which all members fork, if it is one. */
  readonly fork: number | null;
  /** JSON pointer into the core form. */
  readonly at: string;
}

interface Mentions {
  readonly members: Set<number>;
  /** By source: the members to which it has an edge that names the group. */
  readonly forks: Map<number, Set<number>>;
  readonly at: string;
}

/**
 * Reads the groups off the edges and nodes that name them, in the order in which they are first named.
 * FC2002 for options of a group that nothing names; FC2008 (a warning) for members that fork from different nodes.
 */
export function collectGroups(
  core: CoreIr,
  table: NodeTable,
  edges: readonly DraftEdge[],
  problems: Problems,
): DraftGroup[] {
  const mentions = new Map<string, Mentions>();
  const mention = (id: string, member: number, at: string): Mentions => {
    const found = mentions.get(id) ?? { members: new Set(), forks: new Map(), at };
    mentions.set(id, found);
    found.members.add(member);
    return found;
  };
  for (const { from, to, index } of edges) {
    const id = index === null ? undefined : core.edges[index]?.parallel_group;
    if (id === undefined) continue;
    const { forks } = mention(id, to, `/edges/${index}/parallel_group`);
    forks.set(from, (forks.get(from) ?? new Set()).add(to));
  }
  table.nodes.forEach((node, v) => {
    if (node.parallel_group !== undefined) mention(node.parallel_group, v, `/nodes/${v}/parallel_group`);
  });

  const options = core.parallel_groups ?? {};
  for (const id of Object.keys(options)) {
    if (!mentions.has(id)) reportUnusedOptions(id, [...mentions.keys()], problems);
  }
  // Where the edges do not say what forks, it is what leads to every member.
  const unsaid = [...mentions.values()].filter(({ forks }) => forks.size === 0);
  const sources = sourcesOf(new Set(unsaid.flatMap(({ members }) => [...members])), edges);

  return [...mentions].map(([id, { members, forks, at }]) => {
    const sorted = [...members].sort((a, b) => a - b);
    const named = [...forks].find(([, targets]) => targets.size === members.size)?.[0];
    if (forks.size > 1 && named === undefined) reportSplit(id, at, forks, table, problems);
    const own = Object.hasOwn(options, id) ? options[id] : undefined;
    return {
      id,
      description: own?.description ?? null,
      members: sorted,
      fork: named ?? (forks.size === 0 ? commonSource(sorted, sources) : null),
      at: own === undefined ? at : pointerTo(['parallel_groups', id]),
    };
  });
}

/** What leads directly to each of some nodes. */
function sourcesOf(
  vertices: ReadonlySet<number>,
  edges: readonly DraftEdge[],
): ReadonlyMap<number, ReadonlySet<number>> {
  const sources = new Map<number, Set<number>>();
  for (const { from, to } of edges) {
    if (vertices.has(to)) sources.set(to, (sources.get(to) ?? new Set()).add(from));
  }
  return sources;
}

/** The first node that has an edge to every member. */
function commonSource(
  members: readonly number[],
  sources: ReadonlyMap<number, ReadonlySet<number>>,
): number | null {
  const [first, ...others] = members;
  const candidates = [...(first === undefined ? [] : (sources.get(first) ?? []))].sort((a, b) => a - b);
  return candidates.find((from) => others.every((member) => sources.get(member)?.has(from))) ?? null;
}

function reportUnusedOptions(id: string, used: readonly string[], problems: Problems): void {
  const path = pointerTo(['parallel_groups', id]);
  const near = problems.nearest(id, used);
  problems.add({
    code: 'FC2002',
    severity: 'warning',
    at: path,
    message: `\`parallel_groups\` has options for ${quote(id)}, but no edge and no node names that group.`,
    hint:
      near === undefined
        ? `Write "parallel_group": ${JSON.stringify(id)} on the edges that fork, or remove the options.`
        : `Did you mean ${quote(near)}?`,
    fix: [
      near === undefined
        ? { op: 'remove', path }
        : { op: 'move', from: path, path: pointerTo(['parallel_groups', near]) },
    ],
  });
}

function reportSplit(
  id: string,
  at: string,
  forks: ReadonlyMap<number, ReadonlySet<number>>,
  table: NodeTable,
  problems: Problems,
): void {
  const parts = [...forks].slice(0, 4).map(([from, targets]) => {
    return `${listOf([...targets].map((v) => table.id(v)))} from ${quote(table.id(from))}`;
  });
  problems.add({
    code: 'FC2008',
    severity: 'warning',
    at,
    message: `The group ${quote(id)} is split across forks: ${parts.join(', ')}${forks.size > 4 ? ', …' : ''}.`,
    hint: 'Give the edges of each fork a group of their own, or let all of them leave one node.',
  });
}

/** FC2008, FC1006: finds the branches of groups, each in the body of one loop. */
export function checkGroups(
  groups: readonly DraftGroup[],
  scopes: Scopes,
  { loops, tree }: Structure,
  table: NodeTable,
  problems: Problems,
): PlacedGroups {
  const placed = placeGroups(
    scopes,
    loops,
    tree,
    groups.map(({ members }) => members),
    MAX_NESTING,
  );
  const loopOf = (v: number): string => {
    const loop = loops[scopes.scopeOf(v)];
    return loop === undefined || loop.header === v
      ? 'in no loop'
      : `in the loop of ${quote(table.id(loop.header))}`;
  };
  const name = (group: number): string => quote(groups[group]?.id ?? '');
  const explain = (conflict: Exclude<GroupConflict, { kind: 'depth' }>): string => {
    const members = 'members' in conflict ? conflict.members : [conflict.member, conflict.member];
    const [a, b] = [quote(table.id(members[0] ?? 0)), quote(table.id(members[1] ?? 0))];
    if (conflict.kind === 'shared')
      return `${a} is a member of ${name(conflict.group)} and of ${name(conflict.other)}.`;
    if (conflict.kind === 'overlap') {
      return `The group ${name(conflict.group)} is split across branches: ${a} and ${b} are not in the same branch of ${name(conflict.other)}.`;
    }
    const [first, second] = [loopOf(members[0] ?? 0), loopOf(members[1] ?? 0)];
    const where =
      first === second ? `only one of ${a} and ${b} begins the loop` : `${a} is ${first}, ${b} is ${second}`;
    return `The group ${name(conflict.group)} is split across loops: ${where}.`;
  };
  let deep = false;
  for (const conflict of placed.conflicts) {
    const at = groups[conflict.group]?.at ?? '/edges';
    if (conflict.kind === 'depth') {
      if (!deep) reportNesting('Groups are', at, problems);
      deep = true;
      continue;
    }
    problems.add({
      code: 'FC2008',
      severity: conflict.kind === 'overlap' ? 'warning' : 'error',
      at,
      message: explain(conflict),
      hint: 'A group is a set of nodes that fork together: give what forks elsewhere another `parallel_group`, or none.',
    });
  }
  return placed;
}
