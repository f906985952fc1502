import { onceFor } from '../ir/once-for.js';
import type { RegionLayout } from '../ir/workflow.js';
import type { Topology } from './topology.js';

/**
 * The hierarchical name of a node, as in `report.fetch.branch_1.iteration_0.item_3`: a branch for each group around it and an
 * iteration (from 0) for each loop, both from the outermost, then the item of its batch.
 *
 * @param run what the names of its run begin with: the workflow's id, or the name of the node that runs it
 * @param iterations of the loops around it, outermost first, from 1; 0 for one that was not entered
 */
export function nameOf(
  topology: Topology,
  run: string,
  node: number,
  iterations: readonly number[],
  item: number | null = null,
): string {
  const fixed = `${run}.${fixedNames(topology)[node] ?? ''}`;
  if (iterations.length === 0 && item === null) return fixed;
  const around = iterations.filter((count) => count > 0).map((count) => `.iteration_${count - 1}`);
  const name = `${fixed}${around.join('')}`;
  return item === null ? name : itemName(name, item);
}

/** The name of an item, from 0, in the batch of the node that is called `node`. */
export const itemName = (node: string, item: number): string => `${node}.item_${item}`;

/** By node: its id and the branches around it, which are the same in every run. */
const fixedNames = onceFor((topology: Topology): readonly string[] => {
  const byId = new Map(namesIn(topology.workflow.layout.regions, ''));
  return topology.nodes.map(({ node }) => byId.get(node.id) ?? node.id);
});

function namesIn(regions: readonly RegionLayout[], branches: string): [id: string, name: string][] {
  return regions.flatMap((region): [string, string][] => {
    if (region.kind === 'node') return [[region.node, `${region.node}${branches}`]];
    if (region.kind === 'loop') return namesIn(region.body.regions, branches);
    return region.branches.flatMap((branch, index) => namesIn(branch.regions, `${branches}.branch_${index}`));
  });
}
