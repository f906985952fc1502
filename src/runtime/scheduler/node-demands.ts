import { remainingPath, UNKNOWN_ESTIMATE } from '../../ir/graph/remaining-path.js';
import type { ResourceUse, Workflow, WorkflowNode } from '../../ir/workflow.js';

/** What a node asks for each time that it is to run. */
export interface NodeDemand {
  readonly id: string;
  readonly pointer: string;
  /** Its index alone: where it stands among the nodes of a run. */
  readonly order: readonly number[];
  readonly priority: number;
  /** The estimated way from its start to the workflow's end; 0 where the way does not count. */
  readonly rank: number;
  /** Its own part of `rank`. */
  readonly ownRank: number;
  readonly uses: readonly ResourceUse[];
  /** Whether it runs by the work of others, which ask for themselves: nodes of type `wait` and `workflow`. */
  readonly isIdle: boolean;
  /** Whether its items ask, and not the node itself. */
  readonly isBatch: boolean;
  /** Indexes of the groups around it that bound how many run at once. */
  readonly groups: readonly number[];
}

/** By node index. Made once for all runs of a workflow. */
export type NodeDemands = readonly NodeDemand[];

const IDLE_TYPES: ReadonlySet<string> = new Set(['wait', 'workflow']);

export function nodeDemands(workflow: Workflow): NodeDemands {
  const countsWay = workflow.scheduling === 'longest_path';
  const remaining = countsWay ? remainingPath(workflow) : null;
  const groupsOf = new Map<string, number[]>();
  for (const [index, group] of workflow.groups.entries()) {
    if (group.maxConcurrency === null) continue;
    for (const id of group.branches.flatMap(({ nodes }) => nodes)) {
      const groups = groupsOf.get(id);
      if (groups === undefined) groupsOf.set(id, [index]);
      else groups.push(index);
    }
  }
  const demandOf = (node: WorkflowNode, index: number): NodeDemand => ({
    id: node.id,
    pointer: node.pointer,
    order: [index],
    priority: node.priority,
    rank: remaining?.[index] ?? 0,
    ownRank: countsWay ? (node.estimateMs ?? UNKNOWN_ESTIMATE) : 0,
    uses: node.uses,
    isIdle: IDLE_TYPES.has(node.type),
    isBatch: node.batch !== null,
    groups: groupsOf.get(node.id) ?? [],
  });
  return workflow.nodes.map(demandOf);
}
