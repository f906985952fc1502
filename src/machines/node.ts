import type { AnyStateNodeConfig } from 'xstate';
import type { Failure } from '../ir/errors.js';
import type { JsonObject, JsonValue } from '../ir/json.js';
import { STOP_FOR_FAILURE } from './abort.js';
import type { ScopeContext } from './context.js';
import type { Outcome } from './outcome.js';
import type { Cause } from './settle.js';
import type { NodePlan, Topology } from './topology.js';

/** What the actor of a node is given: which attempt at what, and the outcomes that it may look at. */
export interface AttemptInput {
  readonly node: number;
  readonly attempt: number;
  /** The iterations of the loops around it, outermost first; empty outside of loops. */
  readonly iterations: readonly number[];
  readonly inputs: JsonObject;
  /** By node index; only those that it reads. */
  readonly outcomes: readonly (readonly [node: number, outcome: Outcome | null])[];
  /** What the `catch` that led here has caught, under the name that it gives it. */
  readonly caught: readonly (readonly [name: string, failure: Failure])[];
  /** What `${state}` is to this node; `null` in a workflow without shared state. */
  readonly state: JsonObject | null;
  /** For an attempt at one item of a batch. */
  readonly item: ItemInput | null;
}

export interface ItemInput {
  /** From 0, in the order of the items. */
  readonly index: number;
  readonly value: JsonValue;
}

/** The event that lets a queued node start; `at` is when, in milliseconds from the run's start. */
export const grantEvent = (key: string): string => `grant:${key}`;
/** The event that says that a queued node can never start, with the `failure` that it has. */
export const refuseEvent = (key: string): string => `refuse:${key}`;
/** The delay of a node's `backoff`. */
export const backoffDelayName = (key: string): string => `backoff:${key}`;

/**
 * The region of one node: `waiting -> queued -> running -> backoff -> queued … -> succeeded | failed | skipped | cancelled |
 * timed_out`. Its join is the guards on leaving `waiting`; `running` invokes the actor that the node's type names.
 */
export function nodeRegion(topology: Topology, plan: NodePlan): AnyStateNodeConfig {
  const { node, index, key } = plan;
  const about = { node: index };
  const publish = (type: string) => ({ type: 'publish', params: { type, ...about } });
  const record = (by: Cause) => ({ type: 'recordOutcome', params: { ...about, by } });

  const cancelled = { target: 'cancelled', actions: record('abort') };
  const failing = (target: 'failed' | 'timed_out', by: Cause, guard?: string) => [
    ...(mayStopRun(topology, plan)
      ? [
          {
            target,
            guard: { type: 'failureStopsRun', params: { ...about, by } },
            actions: [record(by), ...STOP_FOR_FAILURE],
          },
        ]
      : []),
    {
      target,
      ...(guard === undefined ? {} : { guard: { type: guard, params: about } }),
      actions: record(by),
    },
  ];
  const tryingAgain = (by: Cause) =>
    node.retry === null
      ? []
      : [{ target: 'backoff', guard: { type: 'attemptsLeft', params: { ...about, by } } }];
  const attemptFailed = (by: Cause) => ({
    type: 'publish',
    params: { type: 'node.attempt_failed', ...about, by },
  });
  const withNotice = (by: Cause, transitions: readonly object[]) =>
    transitions.map((transition) => ({
      ...transition,
      actions: [attemptFailed(by), ...('actions' in transition ? [transition.actions].flat() : [])],
    }));

  const canBeUndecidable = node.when !== null || plan.incoming.some(({ edge }) => edge.when !== null);
  const skips = [
    ...(plan.incoming.length > 0 ? ['upstreamFailed', 'noEdgeTaken'] : []),
    ...(node.when === null ? [] : ['conditionFalse']),
  ];
  const settled = {
    entry: [{ type: 'decideEdges', params: { unit: index } }, publish('node.settled')],
    type: 'final',
  };

  return {
    meta: { kind: 'node', id: node.id, type: node.type, pointer: node.pointer },
    ...(node.purpose === null ? {} : { description: node.purpose }),
    initial: 'waiting',
    states: {
      waiting: {
        always: [
          ...(canBeUndecidable ? failing('failed', 'join', 'joinUndecidable') : []),
          ...skips.map((guard) => ({
            target: 'skipped',
            guard: { type: guard, params: about },
            actions: record('join'),
          })),
          { target: 'queued', guard: { type: 'joinSatisfied', params: about } },
        ],
        on: {
          abort: [
            {
              target: 'skipped',
              guard: { type: 'dependsOnFailure', params: about },
              actions: record('abort'),
            },
            cancelled,
          ],
        },
      },
      queued: {
        entry: [publish('node.queued'), { type: 'requestPlace', params: about }],
        on: {
          [grantEvent(key)]: 'running',
          abort: { target: 'cancelled', actions: [{ type: 'releasePlace', params: about }, record('abort')] },
        },
      },
      running: {
        entry: [{ type: 'beginAttempt', params: about }, publish('node.started')],
        invoke: {
          id: key,
          src: node.type,
          input: ({ context }: { context: ScopeContext }) => attemptInput(topology, plan, context),
          onDone: [
            ...(closesLoop(plan) ? failing('failed', 'refusal', 'iterationRefused') : []),
            { target: 'succeeded', actions: record('result') },
          ],
          onError: withNotice('thrown', [...tryingAgain('thrown'), ...failing('failed', 'thrown')]),
        },
        ...(node.attemptTimeoutMs === null
          ? {}
          : {
              after: {
                [node.attemptTimeoutMs]: withNotice('timeout', [
                  ...tryingAgain('timeout'),
                  ...failing('timed_out', 'timeout'),
                ]),
              },
            }),
        on: { abort: cancelled },
        exit: { type: 'releasePlace', params: about },
      },
      ...(node.retry === null
        ? {}
        : {
            backoff: {
              entry: publish('node.backoff'),
              after: { [backoffDelayName(key)]: 'queued' },
              on: { abort: cancelled },
            },
          }),
      succeeded: settled,
      failed: settled,
      skipped: settled,
      cancelled: settled,
      ...(node.attemptTimeoutMs === null ? {} : { timed_out: settled }),
    },
  } as AnyStateNodeConfig;
}

/** Whether a failure of the node can be one that nothing handles, in a workflow that stops at the first of these. */
function mayStopRun(topology: Topology, plan: NodePlan): boolean {
  return topology.workflow.onError === 'fail_fast' && plan.node.onError !== 'continue' && !plan.handlesError;
}

const closesLoop = (plan: NodePlan): boolean => plan.outgoing.some(({ edge }) => edge.closes !== null);

function attemptInput(topology: Topology, plan: NodePlan, context: ScopeContext): AttemptInput {
  const iterations: number[] = [];
  for (let loop = plan.loop; loop !== null; loop = topology.workflow.loops[loop]?.parent ?? null) {
    iterations.unshift(context.iterations[loop] ?? 0);
  }
  return {
    node: plan.index,
    attempt: context.attempts[plan.index] ?? 0,
    iterations,
    inputs: context.inputs,
    outcomes: plan.reads.map((read) => [read, context.outcomes[read] ?? null]),
    caught: [],
    state: null,
    item: null,
  };
}
