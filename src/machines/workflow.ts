import type { AnyStateNodeConfig } from 'xstate';
import { abortRun } from './abort.js';
import { compensationStates } from './compensation.js';
import type { Topology } from './topology.js';

/** The actor that settles once every node function that was told to stop has returned. */
export const DRAIN_ACTOR = 'forkchart.drain';
/** The delay after which a run no longer waits for them. */
export const GRACE_DELAY = 'gracePeriod';

type Regions = Record<string, AnyStateNodeConfig>;

/**
 * The states of the top machine: `running` is parallel, and is left once every region is final. XState enters a parallel
 * state far faster from another state than as its initial one, hence `starting`.
 */
export function workflowStates(topology: Topology, regions: Regions): Record<string, AnyStateNodeConfig> {
  const { workflow } = topology;
  const undoes = workflow.nodes.some(({ compensate }) => compensate !== null);
  const toCompensation = undoes ? [{ target: 'compensating', guard: 'hasToUndo' }] : [];
  const stopping = (end: 'failed' | 'cancelled', announcement: string) => {
    const ended = [...(end === 'failed' ? toCompensation : []), { target: end }];
    return {
      entry: { type: 'publish', params: { type: announcement } },
      invoke: { id: `${DRAIN_ACTOR}.${end}`, src: DRAIN_ACTOR, onDone: ended, onError: ended },
      after: { [GRACE_DELAY]: ended },
    };
  };
  return {
    starting: { always: 'running' },
    running: {
      type: 'parallel',
      states: regions,
      on: { cancel: { actions: abortRun('stopForCancel') } },
      ...(workflow.timeoutMs === null
        ? {}
        : { after: { [workflow.timeoutMs]: { actions: abortRun('stopForTimeout') } } }),
      onDone: [
        { target: 'cancelling', guard: 'runCancelled' },
        { target: 'failing', guard: 'stopped' },
        ...(undoes ? [{ target: 'compensating', guard: 'runFailedAndHasToUndo' }] : []),
        { target: 'failed', guard: 'runFailed' },
        { target: 'succeeded' },
      ],
    },
    cancelling: stopping('cancelled', 'run.cancelling'),
    failing: stopping('failed', 'run.failing'),
    ...(undoes ? compensationStates(topology) : {}),
    succeeded: { type: 'final' },
    failed: { type: 'final' },
    cancelled: { type: 'final' },
  } as Record<string, AnyStateNodeConfig>;
}

/** The states of one iteration of a loop: its regions run once, and its context is its output. */
export function iterationStates(regions: Regions): Record<string, AnyStateNodeConfig> {
  return {
    starting: { always: 'running' },
    running: { type: 'parallel', states: regions, onDone: 'ended' },
    ended: { type: 'final' },
  } as Record<string, AnyStateNodeConfig>;
}
