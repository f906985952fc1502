import type { Workflow, WorkflowNode } from '../ir/workflow.js';
import type { GroupPlan } from './group-plan.js';
import type { EdgePlan, Topology, Unit } from './topology.js';

/** Where a workflow's units lead to: what is needed of a topology, also while it is made. */
type Ways = Pick<Topology, 'decides' | 'leaving'>;

/** Whether a join starts without some of the nodes before it. */
const doesWithout = (node: WorkflowNode | undefined): boolean =>
  node !== undefined && ['all_done', 'one_success', 'quorum'].includes(node.join.policy);

const known = new WeakMap<Topology, Map<GroupPlan | null, ReadonlySet<Unit>>>();

/**
 * Whether every way forward from a unit, in its own scope, leads to a join that does without it.
 *
 * @param inside where these joins have to be: in a group, or anywhere (`null`)
 */
export function joinsHandle(topology: Topology, unit: Unit, inside: GroupPlan | null): boolean {
  let bySet = known.get(topology);
  if (bySet === undefined) {
    bySet = new Map();
    known.set(topology, bySet);
  }
  let handled = bySet.get(inside);
  if (handled === undefined) {
    // What a rule does not catch goes another way.
    handled = unitsBefore(topology, goalsIn(topology, inside), ({ edge }) => edge.catches === null);
    bySet.set(inside, handled);
  }
  return handled.has(unit);
}

function goalsIn(topology: Topology, inside: GroupPlan | null): readonly Unit[] {
  const units = [...topology.decides.keys()];
  return units.filter((unit) => {
    // A loop is entered as its header says, wherever an edge leads in it.
    const join = topology.loops[unit - topology.nodes.length]?.header ?? unit;
    return doesWithout(topology.nodes[join]?.node) && (inside?.nodes.has(join) ?? true);
  });
}

/** By unit: the nodes, with a join that has `cancel_rest`, to which every way forward from it leads. */
export function restsOfJoins(workflow: Workflow, ways: Ways): readonly (readonly number[])[] {
  const restOf: number[][] = ways.decides.map(() => []);
  workflow.nodes.forEach(({ join }, index) => {
    if (!join.cancelRest) return;
    for (const unit of unitsBefore(ways, [index])) restOf[unit]?.push(index);
  });
  return restOf;
}

/** The units from which every way forward, in their own scope, leads to a goal. Takes no longer than there is to look at before the goals. */
function unitsBefore(
  ways: Ways,
  goals: readonly Unit[],
  isWay: (edge: EdgePlan) => boolean = () => true,
): ReadonlySet<Unit> {
  const into = waysInto(ways);
  const before = new Set<Unit>();
  const reached = new Set(goals);
  /** By unit: how many of its ways are not known to lead to a goal. */
  const missing = new Map<Unit, number>();
  const pending = [...goals];
  for (let target = pending.pop(); target !== undefined; target = pending.pop()) {
    for (const { edge, unit } of into[target] ?? []) {
      if (!isWay(edge)) continue;
      const ahead = missing.get(unit) ?? countOf(ways.decides[unit], isWay);
      missing.set(unit, ahead - 1);
      if (ahead > 1) continue;
      // An edge that leaves the loop around a unit is decided by the loop, and leads away from what is inside of it.
      if (countOf(ways.decides[unit], isWay) < countOf(ways.leaving[unit], isWay)) continue;
      before.add(unit);
      if (reached.has(unit)) continue;
      reached.add(unit);
      pending.push(unit);
    }
  }
  return before;
}

const countOf = (edges: readonly EdgePlan[] = [], isWay: (edge: EdgePlan) => boolean): number =>
  edges.reduce((count, edge) => (isWay(edge) ? count + 1 : count), 0);

interface WayInto {
  readonly edge: EdgePlan;
  /** Whose settling decides it. */
  readonly unit: Unit;
}

const knownWays = new WeakMap<Ways['decides'], readonly (readonly WayInto[])[]>();

/** By unit: the edges that lead to it. */
function waysInto({ decides }: Ways): readonly (readonly WayInto[])[] {
  const known = knownWays.get(decides);
  if (known !== undefined) return known;
  const into: WayInto[][] = decides.map(() => []);
  decides.forEach((edges, unit) => {
    for (const edge of edges) into[edge.target]?.push({ edge, unit });
  });
  knownWays.set(decides, into);
  return into;
}
