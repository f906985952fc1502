import { type AnyStateNodeConfig, sendTo } from 'xstate';
import { ABORT, DRAIN, type StopEvent, stopEventsFor } from './abort.js';
import { at } from './at.js';
import { iterationContext, type ScopeContext } from './context.js';
import { endingOf, type Failing, stopScope, stopTransitions } from './ending.js';
import { failedIn, wayOfLoop } from './failure.js';
import { decideLoopEntry } from './join.js';
import type { LoopPlan, Topology } from './topology.js';

/** The names of the guards that say whether a loop fails, and what ends with it. */
interface Guards {
  readonly fails: string;
  readonly stopsScope: string;
  readonly stopsGroup: string;
}

const ENTRY: Guards = {
  fails: 'loopEntryFails',
  stopsScope: 'loopEntryStopsScope',
  stopsGroup: 'loopEntryStopsGroup',
};
const ITERATION: Guards = {
  fails: 'iterationFailed',
  stopsScope: 'iterationStopsScope',
  stopsGroup: 'iterationStopsGroup',
};

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
  const failingAt = (node: Failing['node']): Failing => ({
    node,
    groups: plan.groups,
    loop: topology.workflow.loops[plan.index]?.parent ?? null,
    ends: (step) => wayOfLoop(topology, step.context as ScopeContext, plan, node(step)).stopsGroups,
  });
  const header = at(topology.nodes, plan.header);
  /** The transition of a failure of the loop, first where it ends what is around it. */
  const failing = (guards: Guards, actions: readonly object[], node: Failing['node']) => [
    ...stopTransitions({
      target: 'failed',
      actions,
      ending: endingOf(topology, failingAt(node)),
      guards,
      params: about,
    }),
    { target: 'failed', guard: guard(guards.fails), actions },
  ];

  const settled = { entry: { type: 'decideEdges', params: { unit: plan.unit } }, type: 'final' };
  /** Settles the body's nodes without running any of them. */
  const settleBody = (by: 'entry' | 'defect' | 'abort') => [
    { type: 'recordBody', params: { ...about, by } },
    action('publishBody'),
  ];
  /** What the region does where it was told to stop while it waits. */
  const told = (transitions: unknown) =>
    Object.fromEntries(
      [{ type: ABORT }, { type: DRAIN }, ...stopEventsFor(topology, plan)].map(({ type }) => [
        type,
        transitions,
      ]),
    );
  const passOn = (type: string) => [
    sendTo(plan.key, ({ event }: { event: StopEvent }) => ({ ...event, type })),
  ];
  return {
    meta: { kind: 'loop', id: plan.id },
    initial: 'waiting',
    states: {
      waiting: {
        always: [
          ...failing(ENTRY, settleBody('entry'), ({ context }) => {
            const decision = decideLoopEntry(topology, context as ScopeContext, plan);
            return decision.kind === 'fail' ? at(topology.nodes, decision.node) : header;
          }),
          { target: 'skipped', guard: guard('loopSkipped'), actions: settleBody('entry') },
          { target: 'iterating', guard: guard('loopEntered') },
        ],
        on: told([
          { target: 'skipped', guard: guard('loopDependsOnFailure'), actions: settleBody('abort') },
          { target: 'cancelled', actions: settleBody('abort') },
        ]),
      },
      iterating: {
        entry: [action('beginIteration'), { type: 'publish', params: { type: 'loop.iteration', ...about } }],
        invoke: {
          id: plan.key,
          src: iterationActor(plan.key),
          input: ({ context }: { context: ScopeContext }) => iterationContext(topology, plan, context),
          onDone: [
            {
              target: 'cancelled',
              guard: guard('loopStopped'),
              actions: [action('mergeIteration'), action('publishHandled')],
            },
            { target: 'repeating', guard: guard('anotherIteration'), actions: action('mergeIteration') },
            ...failing(ITERATION, [action('mergeIteration'), action('publishHandled')], ({ event }) => {
              return failedIn(topology, plan, (event as { output: ScopeContext }).output) ?? header;
            }),
            { target: 'succeeded', actions: action('mergeIteration') },
          ],
          onError: {
            target: 'failed',
            actions: [
              ...settleBody('defect'),
              ...stopScope(
                topology,
                failingAt(() => header),
              ),
            ],
          },
        },
        // The body's nodes are cancelled in their own machine, so that each of them leaves its record.
        // This machine may be a loop's body itself, and has to know as well that it was stopped.
        on: {
          ...Object.fromEntries(
            stopEventsFor(topology, plan).map(({ type, drains }) => [
              type,
              { actions: passOn(drains ? DRAIN : ABORT) },
            ]),
          ),
          [DRAIN]: { actions: ['stopForFailure', ...passOn(DRAIN)] },
          [ABORT]: { actions: ['stopForFailure', ...passOn(ABORT)] },
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
