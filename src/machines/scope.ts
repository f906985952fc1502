import type { AnyStateNodeConfig } from 'xstate';
import type { BranchLayout, RegionLayout, ScopeLayout } from '../ir/workflow.js';
import { groupRegion } from './group.js';
import { loopRegion } from './loop.js';
import { nodeRegion } from './node.js';
import type { NodePlan, Topology } from './topology.js';

/** The regions of one scope by key, and the loops that stand in it: each is a child machine of its own. */
export interface ScopeRegions {
  readonly states: Record<string, AnyStateNodeConfig>;
  readonly nodes: readonly NodePlan[];
  readonly loops: readonly { readonly loop: number; readonly body: ScopeLayout }[];
}

/** Lays out a scope: nodes, groups with their branches nested inside, loops as one region each. */
export function scopeRegions(topology: Topology, scope: ScopeLayout): ScopeRegions {
  const nodes: NodePlan[] = [];
  const loops: { loop: number; body: ScopeLayout }[] = [];

  const regions = (layouts: readonly RegionLayout[]): Record<string, AnyStateNodeConfig> =>
    Object.fromEntries(layouts.map(region));

  const region = (layout: RegionLayout): [string, AnyStateNodeConfig] => {
    switch (layout.kind) {
      case 'node': {
        const plan = topology.nodes[topology.nodeIndex.get(layout.node) ?? -1];
        if (plan === undefined) throw new Error(`The layout names an unknown node ${layout.node}.`);
        nodes.push(plan);
        return [plan.key, nodeRegion(topology, plan)];
      }
      case 'loop': {
        const plan = topology.loops[layout.loop];
        if (plan === undefined) throw new Error(`The layout names an unknown loop ${layout.loop}.`);
        loops.push({ loop: layout.loop, body: layout.body });
        return [plan.key, loopRegion(topology, plan)];
      }
      case 'group':
        return [
          topology.keys.groups[layout.group] ?? '',
          groupRegion(topology, layout.group, Object.fromEntries(layout.branches.map(branch))),
        ];
    }
  };

  /** A branch of a single region is that region; a longer one is a parallel state of its own. */
  const branch = ({ member, regions: inside }: BranchLayout, index: number): [string, AnyStateNodeConfig] => {
    const only = inside.length === 1 ? inside[0] : undefined;
    if (only !== undefined) return region(only);
    const meta = { kind: 'branch', id: member };
    return [`_branch_${index}`, { meta, type: 'parallel', states: regions(inside) } as AnyStateNodeConfig];
  };

  return { states: regions(scope.regions), nodes, loops };
}
