import type { AnyStateNodeConfig } from 'xstate';
import type { Topology } from './topology.js';

/** The region of a parallel group: a region for each branch inside `open`, whose `onDone` is the group's join, or its failure. */
export function groupRegion(
  topology: Topology,
  group: number,
  branches: Record<string, AnyStateNodeConfig>,
): AnyStateNodeConfig {
  const { id, description } = topology.workflow.groups[group] ?? { id: '', description: null };
  return {
    meta: { kind: 'group', id },
    ...(description === null ? {} : { description }),
    initial: 'open',
    states: {
      open: {
        type: 'parallel',
        states: branches,
        onDone: [
          { target: 'failed', guard: { type: 'groupFailed', params: { group } } },
          { target: 'joined' },
        ],
      },
      joined: { type: 'final', entry: { type: 'publish', params: { type: 'group.joined', group } } },
      failed: { type: 'final', entry: { type: 'publish', params: { type: 'group.failed', group } } },
    },
  } as AnyStateNodeConfig;
}
