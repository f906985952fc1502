import { endingOfNode, stopAfterOthers, stopTransitions } from './ending.js';
import { list } from './list.js';
import type { Cause } from './settle.js';
import type { NodePlan, Topology } from './topology.js';

/** What the guards and actions of a node's region are given at least. */
export interface About {
  readonly node: number;
}

/**
 * The transitions of a failure that is not tried again: to its fallback; or into `target`, ending on the way the scope or the
 * groups that it ends. `guard` says whether there is a failure at all, and `first` what is done before anything else.
 */
export type Failures = (
  target: 'failed' | 'timed_out',
  by: Cause,
  more?: { readonly guard?: string; readonly first?: readonly object[] },
) => readonly object[];

const NOTHING: readonly object[] = [];

export function failures(topology: Topology, plan: NodePlan, about: About): Failures {
  const { node, index } = plan;
  const canStop = node.onError !== 'continue' && node.onError !== 'fail_safe';
  const ending = endingOfNode(plan);
  return (target, by, { guard, first = NOTHING } = {}) => {
    const params = { node: index, by };
    const actions = list(first, [{ type: 'recordOutcome', params }]);
    const fallback = {
      target: 'succeeded',
      guard: { type: 'fallbackGiven', params },
      actions: list(first, [{ type: 'recordFallback', params }]),
    };
    return list<object>(
      node.fallback !== null && by !== 'join' && [fallback],
      canStop &&
        stopTransitions({
          target,
          actions,
          ending,
          guards: { stopsScope: 'failureStopsScope', stopsGroup: 'failureStopsGroup' },
          params,
        }),
      [
        {
          target,
          ...(guard === undefined ? {} : { guard: { type: guard, params: about } }),
          actions: list(actions, canStop && by === 'join' && stopAfterOthers(topology, plan)),
        },
      ],
    );
  };
}
