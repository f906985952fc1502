import { type AnyStateNodeConfig, sendTo } from 'xstate';
import { type AbortEvent, STOP_FOR_FAILURE } from './abort.js';
import type { ScopeContext } from './context.js';
import { iterationContext } from './context.js';
import type { LoopPlan, Topology } from './topology.js';

/** The actor that runs the body of a loop once. */
export const iterationActor = (key: string): string => `forkchart.iteration:${key}`;

/**
 * The region of a loop: `waiting -> iterating -> repeating -> iterating … -> succeeded | failed | skipped | cancelled`. Each
 * iteration is a fresh child machine, whose final context comes back as its output.
 */
export function loopRegion(topology: Topology, plan: LoopPlan): AnyStateNodeConfig {
  const about = { loop: plan.index };
  const guard = (type: string) => ({ type, params: about });
  const action = (type: string) => ({ type, params: about });
  const stopping = topology.workflow.onError === 'fail_fast' ? STOP_FOR_FAILURE : [];

  const settled = { entry: { type: 'decideEdges', params: { unit: plan.unit } }, type: 'final' };
  /** Settles the body's nodes without running any of them. */
  const settleBody = (by: 'entry' | 'defect' | 'abort') => [
    { type: 'recordBody', params: { ...about, by } },
    action('publishBody'),
  ];
  return {
    meta: { kind: 'loop', id: plan.id },
    initial: 'waiting',
    states: {
      waiting: {
        always: [
          ...(stopping.length > 0
            ? [
                {
                  target: 'failed',
                  guard: guard('loopEntryStopsRun'),
                  actions: [...settleBody('entry'), ...stopping],
                },
              ]
            : []),
          { target: 'failed', guard: guard('loopEntryUndecidable'), actions: settleBody('entry') },
          { target: 'skipped', guard: guard('loopSkipped'), actions: settleBody('entry') },
          { target: 'iterating', guard: guard('loopEntered') },
        ],
        on: {
          abort: [
            { target: 'skipped', guard: guard('loopDependsOnFailure'), actions: settleBody('abort') },
            { target: 'cancelled', actions: settleBody('abort') },
          ],
        },
      },
      iterating: {
        entry: [action('beginIteration'), { type: 'publish', params: { type: 'loop.iteration', ...about } }],
        invoke: {
          id: plan.key,
          src: iterationActor(plan.key),
          input: ({ context }: { context: ScopeContext }) => iterationContext(topology, plan, context),
          onDone: [
            { target: 'cancelled', guard: 'stopped', actions: action('mergeIteration') },
            { target: 'repeating', guard: guard('anotherIteration'), actions: action('mergeIteration') },
            { target: 'failed', guard: 'iterationFailed', actions: [action('mergeIteration'), ...stopping] },
            { target: 'succeeded', actions: action('mergeIteration') },
          ],
          onError: { target: 'failed', actions: [...settleBody('defect'), ...stopping] },
        },
        // The body's nodes are cancelled in their own machine, so that each of them leaves its record.
        // This machine may be a loop's body itself, and has to know as well that it was stopped.
        on: {
          abort: {
            actions: ['stopForFailure', sendTo(plan.key, ({ event }: { event: AbortEvent }) => event)],
          },
        },
      },
      repeating: { always: 'iterating' },
      succeeded: settled,
      failed: settled,
      skipped: settled,
      cancelled: settled,
    },
  } as AnyStateNodeConfig;
}
