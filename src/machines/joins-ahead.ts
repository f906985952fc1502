import { Digraph } from '../ir/graph/digraph.js';
import { topologicalOrder } from '../ir/graph/topological-order.js';
import type { Workflow, WorkflowNode } from '../ir/workflow.js';
import type { EdgePlan, Unit } from './topology.js';

/** Whether a join starts without some of the nodes before it. */
const doesWithout = (node: WorkflowNode | undefined): boolean =>
  node !== undefined && ['all_done', 'one_success', 'quorum'].includes(node.join.policy);

/** The nodes from which every way forward inside of their loop leads to a join that does without them. */
export function handledByJoins(
  workflow: Workflow,
  outgoing: readonly (readonly EdgePlan[])[],
): ReadonlySet<number> {
  const handled = new Set<number>();
  if (!workflow.nodes.some(doesWithout)) return handled;
  const bodies = workflow.loops.map(({ body }) => new Set(body));
  const forward = outgoing.flat().filter(({ edge }) => edge.closes === null);
  const order = fromEndToStart(
    workflow.nodes.length,
    forward.map(({ from, to }): Arc => [from, to]),
  );
  const leavesLoop = ({ edge }: EdgePlan) => bodies.some((body) => body.has(edge.from) && !body.has(edge.to));
  for (const node of order) {
    const ahead = (outgoing[node] ?? []).filter(({ edge }) => edge.closes === null);
    const isSafe = (plan: EdgePlan) =>
      !leavesLoop(plan) && (doesWithout(workflow.nodes[plan.to]) || handled.has(plan.to));
    if (ahead.length > 0 && ahead.every(isSafe)) handled.add(node);
  }
  return handled;
}

/**
 * By unit: the nodes, with a join that has `cancel_rest`, to which every way forward from it leads.
 *
 * @param decides by unit, the edges that are decided when it settles
 * @param outgoing by node, every edge out of it
 */
export function restsOfJoins(
  workflow: Workflow,
  decides: readonly (readonly EdgePlan[])[],
  outgoing: readonly (readonly EdgePlan[])[],
): readonly (readonly number[])[] {
  const restOf: number[][] = decides.map(() => []);
  const joins = workflow.nodes.flatMap(({ join }, index) => (join.cancelRest ? [index] : []));
  if (joins.length === 0) return restOf;
  const arcs = decides.flatMap((edges, unit) => edges.map(({ target }): Arc => [unit, target]));
  const order = fromEndToStart(decides.length, arcs);
  for (const join of joins) {
    const rest = new Set<Unit>([join]);
    for (const unit of order) {
      const ahead = decides[unit] ?? [];
      // An edge that leaves the loop around a node is decided by the loop, and leads away from a join inside of it.
      const leaves = (outgoing[unit] ?? []).filter(({ edge }) => edge.closes === null);
      if (ahead.length === 0 || leaves.length > ahead.length) continue;
      if (unit !== join && ahead.every(({ target }) => rest.has(target))) {
        rest.add(unit);
        restOf[unit]?.push(join);
      }
    }
  }
  return restOf;
}

type Arc = readonly [from: number, to: number];

function fromEndToStart(size: number, arcs: readonly Arc[]): readonly number[] {
  return (topologicalOrder(new Digraph(size, arcs)) ?? []).reverse();
}
