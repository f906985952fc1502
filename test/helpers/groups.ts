import { echo } from './sketch.js';

/** A node that fails. */
export const fail = (id: string, more: object = {}) => ({
  id,
  type: 'fail',
  params: { message: 'no' },
  ...more,
});
/** Edges that fork to the members of a group. */
export const forkTo = (from: string, group: string, ...members: readonly string[]) =>
  members.map((to) => ({ from, to, parallel_group: group }));

/** `fork` leads to the members of the group `g`, each of which leads to `join`. */
export const grouped = (
  options: object,
  members: readonly { id: string }[],
  more: { nodes?: object[]; edges?: object[] } = {},
) => ({
  on_error: 'fail_safe',
  nodes: [echo('fork'), ...members, echo('join', 'joined'), ...(more.nodes ?? [])],
  edges: [
    ...forkTo('fork', 'g', ...members.map(({ id }) => id)),
    ...members.map(({ id }) => ({ from: id, to: 'join' })),
    ...(more.edges ?? []),
  ],
  parallel_groups: { g: options },
});

/** A node that fails after so many milliseconds. */
export const delayedFailure = (id: string, ms: number) => ({
  id,
  type: 'fail',
  params: { times: 2, message: 'no' },
  retry: { max_attempts: 2, initial_ms: ms },
});
