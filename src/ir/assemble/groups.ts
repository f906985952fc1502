import type { SourceWorkflow } from '../schema/source-workflow.js';
import type { WorkflowGroup, WorkflowNode } from '../workflow.js';
import { tolerance } from './batch.js';
import type { Parts } from './parts.js';

export function assembleGroups({ drafts, groups, table }: Parts, source: SourceWorkflow): WorkflowGroup[] {
  const options = source.core.parallel_groups ?? {};
  const placed = new Map(groups.placed.map((group) => [group.group, group]));
  return drafts.map(({ id, description, fork, at }, i) => {
    const own = Object.hasOwn(options, id) ? options[id] : undefined;
    const tolerate = tolerance(own?.tolerate);
    return {
      id,
      description,
      fork: fork === null ? null : table.id(fork),
      onError: own?.on_error ?? (tolerate === null ? null : 'fail_safe'),
      tolerate,
      cancel: own?.cancel ?? 'abort',
      maxConcurrency: own?.max_concurrency ?? null,
      branches: (placed.get(i)?.branches ?? []).map(({ member, vertices }) => ({
        member: table.id(member),
        nodes: vertices.map((v) => table.id(v)),
      })),
      pointer: source.pointerOf(at),
    };
  });
}

/** The nodes that get `continue` from what is around them: the closest group that says `on_error`, or the workflow. */
export function nodesThatContinue(
  groups: readonly WorkflowGroup[],
  source: SourceWorkflow,
): (id: string) => boolean {
  const closest = new Map<string, WorkflowNode['onError']>();
  const sized = groups.map((group) => ({ group, size: group.branches.flatMap(({ nodes }) => nodes).length }));
  // Of two groups around one node the inner one is smaller, as it lacks the outer one's member.
  for (const { group } of sized.sort((a, b) => b.size - a.size)) {
    if (group.onError === null) continue;
    for (const { nodes } of group.branches) for (const id of nodes) closest.set(id, group.onError);
  }
  const otherwise = source.core.on_error ?? null;
  return (id) => (closest.get(id) ?? otherwise) === 'continue';
}
