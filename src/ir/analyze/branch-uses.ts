import type { DraftGroup } from './groups.js';
import type { DataUse } from './references.js';

const BRANCH = /^branch_(0|[1-9]\d{0,5})$/;

/**
 * Adds what references to branches need: `${fork.branch_1.output}` needs the second member of the group that forks there, and
 * `${fork[*].output}` all of them, unless it stands in one of them: then it means the items of the fork's own output.
 */
export function expandBranches(uses: readonly DataUse[], groups: readonly DraftGroup[]): readonly DataUse[] {
  const members = new Map<number, readonly number[]>();
  for (const group of groups) {
    if (group.fork !== null && !members.has(group.fork)) members.set(group.fork, group.members);
  }
  if (members.size === 0) return uses;

  return uses.flatMap((use) => {
    const [first] = use.reference.segments;
    const forked = members.get(use.producer);
    if (first === undefined || forked === undefined) return [use];
    const all = first.kind === 'each' && !forked.includes(use.consumer) ? forked : [];
    const branch = first.kind === 'field' ? forked[Number(BRANCH.exec(first.name)?.[1] ?? -1)] : undefined;
    return [use, ...(branch === undefined ? all : [branch]).map((producer) => ({ ...use, producer }))];
  });
}
