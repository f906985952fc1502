import type { Workflow, WorkflowEdge, WorkflowNode } from '../ir/workflow.js';
import { type GroupPlan, placesIn, planGroup } from './group-plan.js';
import { restsOfJoins } from './joins-ahead.js';
import { allocateKeys, type StateKeys } from './keys.js';

/** Index of a **unit**: a node, or (from `nodes.length` on) a loop, which stands as one thing in the scope around it. */
export type Unit = number;

export interface EdgePlan {
  readonly edge: WorkflowEdge;
  readonly index: number;
  readonly from: number;
  readonly to: number;
  /** The unit that the edge leads to in the scope that decides it: `to`, or the loop that `to` is inside of. */
  readonly target: Unit;
}

export interface NodePlan {
  readonly node: WorkflowNode;
  readonly index: number;
  readonly key: string;
  /** Index of the innermost loop that it is in, `null` at the top. */
  readonly loop: number | null;
  /** Every edge into it but those that close a loop, in order of declaration. */
  readonly incoming: readonly EdgePlan[];
  /** Every edge out of it, those that close a loop included. */
  readonly outgoing: readonly EdgePlan[];
  /** Indexes of the nodes whose outcomes its function may look at, ascending. */
  readonly reads: readonly number[];
  /** The `catch` edges out of it, in the order of their rules. */
  readonly catches: readonly EdgePlan[];
  /** Indexes of the groups around it in its own scope, innermost first. */
  readonly groups: readonly number[];
  /** Indexes of the nodes whose join cancels it when it is satisfied without it. */
  readonly restOf: readonly number[];
  /** Whether it is the header of `loop`, and so entered by the loop's closing edges. */
  readonly isHeader: boolean;
}

export interface LoopPlan {
  readonly index: number;
  readonly unit: Unit;
  readonly key: string;
  readonly id: string;
  /** Index of the node that it is entered at. */
  readonly header: number;
  /** Node indexes, ascending. */
  readonly body: readonly number[];
  readonly closing: readonly EdgePlan[];
  /** Edges into the body from outside of it, in order of declaration. */
  readonly incoming: readonly EdgePlan[];
  /** Indexes of the loops inside of it, at any depth. */
  readonly inner: readonly number[];
  /** As for a node, in the scope around it. */
  readonly groups: readonly number[];
  readonly restOf: readonly number[];
}

/** A workflow by numbers: what the compiler and its guards look things up in. Made once, shared by all runs. */
export interface Topology {
  readonly workflow: Workflow;
  readonly keys: StateKeys;
  readonly nodes: readonly NodePlan[];
  readonly loops: readonly LoopPlan[];
  readonly groups: readonly GroupPlan[];
  readonly nodeIndex: ReadonlyMap<string, number>;
  /** By unit: the edges that are decided when it settles. */
  readonly decides: readonly (readonly EdgePlan[])[];
  /** By unit: the forward edges that lead out of it, to wherever. */
  readonly leaving: readonly (readonly EdgePlan[])[];
  /** By unit: how many edges it waits for in its own scope. */
  readonly awaited: readonly number[];
  /** For a node that forks into a parallel group, the branches' members, in order. */
  readonly branches: ReadonlyMap<number, readonly number[]>;
}

/** @throws never: `workflow` has been checked. */
export function planTopology(workflow: Workflow): Topology {
  const keys = allocateKeys(workflow);
  const nodeIndex = new Map(workflow.nodes.map((node, index) => [node.id, index]));
  const indexOf = (id: string): number => {
    const index = nodeIndex.get(id);
    if (index === undefined) throw new Error(`The checked workflow has no node ${JSON.stringify(id)}.`);
    return index;
  };
  const { loopOf, groupsOf } = placesIn(workflow, indexOf);
  /** The loops around a node, outermost first. */
  const loopsAround = (node: number): number[] => {
    const around: number[] = [];
    for (let loop = loopOf[node] ?? null; loop !== null; loop = workflow.loops[loop]?.parent ?? null)
      around.unshift(loop);
    return around;
  };
  const unitOfLoop = (loop: number): Unit => workflow.nodes.length + loop;

  const decides: EdgePlan[][] = Array.from(
    { length: workflow.nodes.length + workflow.loops.length },
    () => [],
  );
  const awaited: number[] = decides.map(() => 0);
  const incoming: EdgePlan[][] = workflow.nodes.map(() => []);
  const outgoing: EdgePlan[][] = workflow.nodes.map(() => []);
  const closing: EdgePlan[][] = workflow.loops.map(() => []);
  const entering: EdgePlan[][] = workflow.loops.map(() => []);

  workflow.edges.forEach((edge, index) => {
    const from = indexOf(edge.from);
    const to = indexOf(edge.to);
    const around = { from: loopsAround(from), to: loopsAround(to) };
    // The scope that decides an edge is the innermost one that holds both of its ends.
    let shared = 0;
    while (shared < around.from.length && around.from[shared] === around.to[shared]) shared++;
    const sourceLoop = around.from[shared];
    const targetLoop = around.to[shared];
    const target = targetLoop === undefined ? to : unitOfLoop(targetLoop);
    const plan: EdgePlan = { edge, index, from, to, target };
    outgoing[from]?.push(plan);
    if (edge.closes !== null) {
      closing[edge.closes]?.push(plan);
      return;
    }
    incoming[to]?.push(plan);
    decides[sourceLoop === undefined ? from : unitOfLoop(sourceLoop)]?.push(plan);
    awaited[target] = (awaited[target] ?? 0) + 1;
    for (const loop of around.to.slice(shared)) entering[loop]?.push(plan);
  });

  const branches = new Map<number, readonly number[]>();
  for (const group of workflow.groups) {
    if (group.fork === null || branches.has(indexOf(group.fork))) continue;
    branches.set(
      indexOf(group.fork),
      group.branches.map((branch) => indexOf(branch.member)),
    );
  }

  const isForward = ({ edge }: EdgePlan): boolean => edge.closes === null;
  const leaving = [
    ...outgoing.map((edges) => edges.filter(isForward)),
    ...workflow.loops.map((loop) => {
      const body = new Set(loop.body.map(indexOf));
      const leaves = (plan: EdgePlan) => isForward(plan) && !body.has(plan.to);
      return [...body].sort((a, b) => a - b).flatMap((node) => outgoing[node]?.filter(leaves) ?? []);
    }),
  ];
  const restOf = restsOfJoins(workflow, { decides, leaving });

  const nodes = workflow.nodes.map((node, index): NodePlan => {
    const loop = loopOf[index] ?? null;
    const outs = outgoing[index] ?? [];
    const ins = incoming[index] ?? [];
    const reads = new Set(ins.map((plan) => plan.from));
    const { batch } = node;
    const items = batch?.items.kind === 'template' ? batch.items.template.references : [];
    for (const { root } of [...node.params.references, ...items]) {
      const read = nodeIndex.get(root);
      if (read === undefined) continue;
      reads.add(read);
      for (const member of branches.get(read) ?? []) reads.add(member);
    }
    return {
      node,
      index,
      key: keys.nodes[index] ?? '',
      loop,
      incoming: ins,
      outgoing: outs,
      reads: [...reads].sort((a, b) => a - b),
      catches: outs.filter((plan) => plan.edge.catches !== null),
      groups: groupsOf[index] ?? [],
      restOf: restOf[index] ?? [],
      isHeader: loop !== null && workflow.loops[loop]?.header === node.id,
    };
  });

  const inner: number[][] = workflow.loops.map(() => []);
  workflow.loops.forEach((loop, index) => {
    for (let outer = loop.parent; outer !== null; outer = workflow.loops[outer]?.parent ?? null) {
      inner[outer]?.push(index);
    }
  });
  const loops = workflow.loops.map(
    (loop, index): LoopPlan => ({
      index,
      unit: unitOfLoop(index),
      key: keys.loops[index] ?? '',
      id: loop.id,
      header: indexOf(loop.header),
      body: loop.body.map(indexOf).sort((a, b) => a - b),
      closing: closing[index] ?? [],
      incoming: entering[index] ?? [],
      inner: inner[index] ?? [],
      groups: groupsOf[unitOfLoop(index)] ?? [],
      restOf: restOf[unitOfLoop(index)] ?? [],
    }),
  );
  const groups = workflow.groups.map((group, index) => planGroup(group, index, keys, indexOf));

  return { workflow, keys, nodes, loops, groups, nodeIndex, decides, leaving, awaited, branches };
}
