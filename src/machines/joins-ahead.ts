import { Digraph } from '../ir/graph/digraph.js';
import { topologicalOrder } from '../ir/graph/topological-order.js';
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
    const isGoal = ({ target }: EdgePlan): boolean => {
      // A loop is entered as its header says, wherever an edge leads in it.
      const join = topology.loops[target - topology.nodes.length]?.header ?? target;
      return doesWithout(topology.nodes[join]?.node) && (inside?.nodes.has(join) ?? true);
    };
    // What a rule does not catch goes another way.
    handled = unitsBefore(topology, isGoal, ({ edge }) => edge.catches === null);
    bySet.set(inside, handled);
  }
  return handled.has(unit);
}

/** By unit: the nodes, with a join that has `cancel_rest`, to which every way forward from it leads. */
export function restsOfJoins(workflow: Workflow, ways: Ways): readonly (readonly number[])[] {
  const restOf: number[][] = ways.decides.map(() => []);
  workflow.nodes.forEach(({ join }, index) => {
    if (!join.cancelRest) return;
    for (const unit of unitsBefore(ways, ({ target }) => target === index)) restOf[unit]?.push(index);
  });
  return restOf;
}

/** The units from which every way forward, in their own scope, takes an edge that is a goal. */
function unitsBefore(
  ways: Ways,
  isGoal: (edge: EdgePlan) => boolean,
  isWay: (edge: EdgePlan) => boolean = () => true,
): ReadonlySet<Unit> {
  const before = new Set<Unit>();
  const arcs = ways.decides.flatMap((edges, unit) =>
    edges.map(({ target }): readonly [number, number] => [unit, target]),
  );
  const order = topologicalOrder(new Digraph(ways.decides.length, arcs)) ?? [];
  for (const unit of order.reverse()) {
    const ahead = (ways.decides[unit] ?? []).filter(isWay);
    const leaving = (ways.leaving[unit] ?? []).filter(isWay);
    // An edge that leaves the loop around a unit is decided by the loop, and leads away from what is inside of it.
    if (ahead.length === 0 || ahead.length < leaving.length) continue;
    if (ahead.every((edge) => isGoal(edge) || before.has(edge.target))) before.add(unit);
  }
  return before;
}
