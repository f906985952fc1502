import { precedenceOf } from '../ir/graph/precedence.js';
import type { Reducer, Workflow, WorkflowEdge } from '../ir/workflow.js';
import {
  type PlannedBranch,
  type PlannedGroup,
  type PlannedPolicies,
  plannedGroup,
  policiesOf,
} from './planned-policies.js';

/**
 * What will run when, known before anything runs. Plain JSON: what `plan --json` prints.
 *
 * A step holds the nodes that may start together if all that went before took equally long. It is a way to read the
 * workflow, not a barrier: a node waits for what `waits_for` names and for nothing else (P3).
 */
export interface Plan {
  readonly workflow: string;
  readonly hash: string;
  readonly description: string | null;
  readonly on_error: 'fail_fast' | 'fail_safe';
  /** 1 for a sequential workflow, `null` for no bound. */
  readonly max_concurrency: number | null;
  readonly timeout_ms: number | null;
  readonly steps: readonly PlannedStep[];
  readonly groups: readonly PlannedGroup[];
  readonly resources: readonly PlannedResource[];
  /** Keys that nodes share. */
  readonly state: readonly { readonly key: string; readonly reducer: Reducer }[];
  readonly loops: readonly PlannedLoop[];
}

export interface PlannedStep {
  /** From 1. */
  readonly step: number;
  /** In order of declaration. */
  readonly nodes: readonly PlannedNode[];
}

export interface PlannedResource {
  readonly name: string;
  readonly concurrency: number | null;
  readonly capacity: number | 'auto' | null;
  readonly rate: { readonly limit: number; readonly per_ms: number } | null;
}

export interface PlannedNode extends PlannedPolicies {
  readonly id: string;
  readonly type: string;
  readonly purpose: string | null;
  readonly waits_for: readonly PlannedDependency[];
  /** Condition on the node itself. */
  readonly when: string | null;
  /** Id of the group and of the member whose branch it is in. */
  readonly group: string | null;
  readonly branch: string | null;
  /** Id of the innermost loop that it is in. */
  readonly loop: string | null;
  /** Milliseconds that one attempt is expected to take. */
  readonly estimate_ms: number | null;
  /** What a node of the type `workflow` runs, where it is written inside of it. */
  readonly inline: Plan | null;
}

/** One edge that has to be decided before a node can start. */
export interface PlannedDependency {
  readonly node: string;
  /** The action that takes the edge; `null` for any. */
  readonly action: string | null;
  readonly when: string | null;
  readonly origin: WorkflowEdge['origin'];
  /** For a `catch`, which failures take it. */
  readonly catches: string | null;
  /** It does not wait for the end: it works on the results while they come in. */
  readonly streams: boolean;
}

export interface PlannedLoop {
  readonly id: string;
  readonly header: string;
  readonly nodes: readonly string[];
  /** The edges that ask for another iteration. */
  readonly repeats: readonly {
    readonly from: string;
    readonly action: string | null;
    readonly when: string | null;
    readonly max_iterations: number | null;
  }[];
}

/**
 * Works out the steps of a workflow: which nodes may start together, and what each waits for.
 *
 * @example
 * planWorkflow(workflow).steps.map((step) => step.nodes.map((node) => node.id)); // [['fetch'], ['analyze', 'draw'], ['report']]
 */
export function planWorkflow(workflow: Workflow): Plan {
  const incoming = new Map<string, WorkflowEdge[]>(workflow.nodes.map((node) => [node.id, []]));
  const outgoing = new Map<string, WorkflowEdge[]>(workflow.nodes.map((node) => [node.id, []]));
  for (const edge of workflow.edges) {
    outgoing.get(edge.from)?.push(edge);
    if (edge.closes === null) incoming.get(edge.to)?.push(edge);
  }

  // Of groups inside of one another, and of loops, the innermost is the smallest.
  const branchOf = new Map<string, { readonly group: string; readonly branch: PlannedBranch }>();
  for (const group of workflow.groups) {
    for (const branch of group.branches) {
      for (const id of branch.nodes) {
        const current = branchOf.get(id)?.branch;
        if (current === undefined || branch.nodes.length < current.nodes.length) {
          branchOf.set(id, { group: group.id, branch });
        }
      }
    }
  }
  const loopOf = new Map<string, Workflow['loops'][number]>();
  for (const loop of workflow.loops) {
    for (const id of loop.body) {
      const current = loopOf.get(id);
      if (current === undefined || loop.body.length < current.body.length) loopOf.set(id, loop);
    }
  }

  const steps: PlannedNode[][] = [];
  const depths = depthsOf(workflow);
  workflow.nodes.forEach((node, index) => {
    const around = branchOf.get(node.id);
    const depth = depths[index] ?? 1;
    while (steps.length < depth) steps.push([]);
    steps[depth - 1]?.push({
      id: node.id,
      type: node.type,
      purpose: node.purpose,
      waits_for: (incoming.get(node.id) ?? []).map((edge) => ({
        node: edge.from,
        action: edge.action,
        when: edge.when?.source ?? null,
        origin: edge.origin,
        catches: edge.catches?.match ?? null,
        streams: edge.streams,
      })),
      when: node.when?.source ?? null,
      group: around?.group ?? null,
      branch: around?.branch.member ?? null,
      loop: loopOf.get(node.id)?.id ?? null,
      estimate_ms: node.estimateMs,
      inline: node.inline === null ? null : planWorkflow(node.inline),
      ...policiesOf(node, outgoing.get(node.id) ?? []),
    });
  });

  return {
    workflow: workflow.id,
    hash: workflow.hash,
    description: workflow.description,
    on_error: workflow.onError,
    max_concurrency: workflow.maxConcurrency,
    timeout_ms: workflow.timeoutMs,
    steps: steps.map((nodes, index) => ({ step: index + 1, nodes })),
    groups: workflow.groups.map(plannedGroup),
    resources: workflow.resources.map(({ name, concurrency, capacity, rate }) => ({
      name,
      concurrency,
      capacity,
      rate: rate === null ? null : { limit: rate.limit, per_ms: rate.perMs },
    })),
    state: workflow.state.map(({ name, reducer }) => ({ key: name, reducer })),
    loops: workflow.loops.map((loop, index) => ({
      id: loop.id,
      header: loop.header,
      nodes: loop.body,
      repeats: workflow.edges
        .filter((edge) => edge.closes === index)
        .map((edge) => ({
          from: edge.from,
          action: edge.action,
          when: edge.when?.source ?? null,
          max_iterations: edge.maxIterations,
        })),
    })),
  };
}

/** By node: the length in nodes of the longest chain that ends with it. */
function depthsOf(workflow: Workflow): Int32Array {
  const { before, order, points } = precedenceOf(workflow);
  const depths = new Int32Array(points);
  for (const point of order) {
    let depth = 0;
    for (const source of before[point] ?? []) depth = Math.max(depth, depths[source] ?? 0);
    depths[point] = point < workflow.nodes.length ? depth + 1 : depth;
  }
  return depths;
}
