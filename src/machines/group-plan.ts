import type { RegionLayout, Workflow, WorkflowGroup } from '../ir/workflow.js';
import type { StateKeys } from './keys.js';

/** A parallel group by numbers. */
export interface GroupPlan {
  readonly index: number;
  readonly key: string;
  readonly id: string;
  /** `null` where failures pass as if the group were not there. */
  readonly onError: 'fail_fast' | 'fail_safe' | null;
  /** What its `tolerate` says: how many branches may fail before the failure passes on; `null` for none. */
  readonly tolerates: number | null;
  readonly drains: boolean;
  /** Node indexes by branch, those of inner groups and loops included. */
  readonly branches: readonly (readonly number[])[];
  readonly nodes: ReadonlySet<number>;
}

/** How many branches may fail under a policy, which is the group's own or that of the node that fails. */
export function toleratedBy({ tolerates }: GroupPlan, policy: GroupPlan['onError']): number {
  return tolerates ?? (policy === 'fail_safe' ? Number.POSITIVE_INFINITY : 0);
}

export function planGroup(
  group: WorkflowGroup,
  index: number,
  keys: StateKeys,
  indexOf: (id: string) => number,
): GroupPlan {
  const branches = group.branches.map((branch) => branch.nodes.map(indexOf));
  const onError = group.onError === 'continue' ? null : group.onError;
  const { count = null, percent = null } = group.tolerate ?? {};
  const bounds = [
    ...(count === null ? [] : [count]),
    ...(percent === null ? [] : [Math.floor((percent / 100) * branches.length)]),
  ];
  return {
    index,
    key: keys.groups[index] ?? '',
    id: group.id,
    onError,
    tolerates: bounds.length === 0 ? null : Math.min(...bounds),
    drains: group.cancel === 'drain',
    branches,
    nodes: new Set(branches.flat()),
  };
}

/** Where everything stands in the layout: by node, its innermost loop; by unit, the groups around it in its own scope. */
export function placesIn(workflow: Workflow, indexOf: (id: string) => number) {
  const loopOf: (number | null)[] = workflow.nodes.map(() => null);
  const groupsOf: (readonly number[])[] = [];
  const visit = (regions: readonly RegionLayout[], loop: number | null, groups: readonly number[]): void => {
    for (const region of regions) {
      if (region.kind === 'node') {
        loopOf[indexOf(region.node)] = loop;
        groupsOf[indexOf(region.node)] = groups;
      } else if (region.kind === 'loop') {
        groupsOf[workflow.nodes.length + region.loop] = groups;
        visit(region.body.regions, region.loop, []);
      } else {
        for (const branch of region.branches) visit(branch.regions, loop, [region.group, ...groups]);
      }
    }
  };
  visit(workflow.layout.regions, null, []);
  return { loopOf, groupsOf };
}
