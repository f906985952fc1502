import type { GroupState, RunState } from './run-state.js';

/** A failure that was beyond what a group under `fail_fast` tolerates. */
export interface GroupEffect {
  readonly group: GroupState;
  readonly node: string;
}

/** `fails`: it passes the failure on, and stops what is in it. */
type Answer = { readonly kind: 'handles' | 'passes' | 'fails' };

/** What a group does about a failure that nothing in it has handled: "Groups". It takes note of the branch that fails. */
export function groupAnswers(run: RunState, state: GroupState, id: string): Answer {
  const { group, failed } = state;
  const own = run.node(id).node.onError;
  // "A node's own `fail_fast` inside of a group is the innermost group's for its failure."
  const isOwn = own === 'fail_fast' && run.groupsAround(id)[0] === state;
  const isTransparent = group.onError === null && group.tolerate === null;
  if (isTransparent && !isOwn) return { kind: 'passes' };
  const isFailFast = isOwn || group.onError === 'fail_fast';
  const branch = group.branches.find(({ nodes }) => nodes.includes(id));
  if (branch !== undefined) failed.add(branch.member);
  if (failed.size <= tolerated(state, isFailFast)) return { kind: 'handles' };
  return { kind: isFailFast && own !== 'fail_safe' ? 'fails' : 'passes' };
}

/** How many branches may fail. */
function tolerated({ group }: GroupState, isFailFast: boolean): number {
  const { tolerate, branches } = group;
  if (tolerate === null) return isFailFast ? 0 : branches.length;
  const count = tolerate.count ?? Number.POSITIVE_INFINITY;
  const percent = tolerate.percent ?? 100;
  return Math.min(count, Math.floor((percent / 100) * branches.length));
}
