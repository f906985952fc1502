import { type AnyStateNodeConfig, cancel, raise } from 'xstate';
import type { JsonObject, JsonValue } from '../ir/json.js';
import { ABORT, cancelRest, DRAIN, stopAfterOthers, stopEventsFor, stopTransitions } from './abort.js';
import { type BatchInput, batchActor } from './batch/protocol.js';
import { streamsFrom } from './batch/streams.js';
import { iterationsAround, type ScopeContext } from './context.js';
import { wayOfNode } from './failure.js';
import { caughtFor } from './join.js';
import { nameOf } from './names.js';
import type { Outcome } from './outcome.js';
import { nth } from './pages.js';
import type { Cause } from './settle.js';
import { stateFor, usesState } from './state.js';
import type { NodePlan, Topology } from './topology.js';

/** What the actor of a node is given: which attempt at what, and the outcomes that it may look at. */
export interface AttemptInput {
  readonly node: number;
  /** The node's hierarchical name, without an item. */
  readonly name: string;
  readonly attempt: number;
  /** The iterations of the loops around it, outermost first; empty outside of loops. */
  readonly iterations: readonly number[];
  readonly inputs: JsonObject;
  /** By node index; only those that it reads. */
  readonly outcomes: readonly (readonly [node: number, outcome: Outcome | null])[];
  /** What the `catch` that led here has caught, under the name that it gives it. */
  readonly caught: readonly (readonly [name: string, failure: JsonValue])[];
  /** What `${state}` is to this node; `null` for one that has nothing to do with shared state. */
  readonly state: JsonObject | null;
  /** For an attempt at one item of a batch. */
  readonly item: ItemInput | null;
}

export interface ItemInput {
  /** From 0, in the order of the items. */
  readonly index: number;
  readonly value: JsonValue;
  /** The parameter that it stands in for; `null` where it is there under its name alone. */
  readonly parameter: string | null;
}

/** The event that lets a queued node start; `at` is when, in milliseconds from the run's start. */
export const grantEvent = (key: string): string => `grant:${key}`;
/** The event that says that a queued node can never start, with the `failure` that it has. */
export const refuseEvent = (key: string): string => `refuse:${key}`;
/** The delay of a node's `backoff`. */
export const backoffDelayName = (key: string): string => `backoff:${key}`;
/** The event at the end of `timeout.total_ms`, which is sent when the first attempt begins; also its id. */
const totalTimeoutEvent = (key: string): string => `total_timeout:${key}`;

/**
 * The region of one node: `waiting -> queued -> running -> backoff -> queued … -> succeeded | failed | skipped | cancelled |
 * timed_out`. Its join is the guards on leaving `waiting`; `running` invokes the actor that the node's type names.
 */
export function nodeRegion(topology: Topology, plan: NodePlan): AnyStateNodeConfig {
  const { node, index, key } = plan;
  // The items of a batch are tried again, each on its own; the batch as a whole is not.
  const { retry, attemptTimeoutMs } = node.batch === null ? node : { retry: null, attemptTimeoutMs: null };
  const about = { node: index };
  const publish = (type: string) => ({ type: 'publish', params: { type, ...about } });
  const record = (by: Cause) => ({ type: 'recordOutcome', params: { ...about, by } });
  const guarded = (guard: string) => ({ guard: { type: guard, params: about } });

  const failing = failures(topology, plan);
  /** The end of an attempt, in this order: another one, the fallback, a failure. */
  const attemptFailed = (target: 'failed' | 'timed_out', by: Cause) => [
    ...(retry === null
      ? []
      : [{ target: 'backoff', guard: { type: 'attemptsLeft', params: { ...about, by } } }]),
    ...failing(target, by),
  ];
  const withNotice = (by: Cause, transitions: readonly object[], first: readonly object[] = []) =>
    transitions.map((transition) => ({
      ...transition,
      actions: [
        ...first,
        { type: 'publish', params: { type: 'node.attempt_failed', ...about, by } },
        ...('actions' in transition ? [transition.actions].flat() : []),
      ],
    }));
  /** What the region does where it was told to stop; while its group drains, what runs may end its attempt. */
  const told = (transitions: unknown, isRunning = false) => ({
    [ABORT]: transitions,
    // A loop's machine does not know the groups around the loop: there, a stopped scope is what keeps an attempt the last.
    ...(plan.loop === null ? {} : { [DRAIN]: isRunning ? { actions: 'stopForFailure' } : transitions }),
    ...Object.fromEntries(
      stopEventsFor(topology, plan).map(({ type, drains }) => [type, drains && isRunning ? {} : transitions]),
    ),
  });
  const cancelled = { target: 'cancelled', actions: record('abort') };
  const release = { type: 'releasePlace', params: about };
  const overInTotal = (first: readonly object[] = []) =>
    node.totalTimeoutMs === null
      ? {}
      : { [totalTimeoutEvent(key)]: withNotice('total', failing('timed_out', 'total'), first) };

  const canFailAtJoin =
    node.join.count > 0 || node.when !== null || plan.incoming.some(({ edge }) => edge.when !== null);
  const skips = [
    ...(plan.incoming.length > 0 ? ['upstreamFailed', 'noEdgeTaken'] : []),
    ...(node.when === null ? [] : ['conditionFalse']),
  ];
  const settled = {
    entry: [
      ...(node.totalTimeoutMs === null ? [] : [cancel(totalTimeoutEvent(key))]),
      { type: 'decideEdges', params: { unit: index } },
      publish('node.settled'),
    ],
    type: 'final',
  };

  return {
    meta: { kind: 'node', id: node.id, type: node.type, pointer: node.pointer },
    ...(node.purpose === null ? {} : { description: node.purpose }),
    initial: 'waiting',
    states: {
      waiting: {
        always: [
          ...(canFailAtJoin ? failing('failed', 'join', 'joinFails') : []),
          ...skips.map((guard) => ({ target: 'skipped', ...guarded(guard), actions: record('join') })),
          {
            target: 'queued',
            ...guarded('joinSatisfied'),
            ...(node.join.cancelRest ? { actions: cancelRest(index, key, node.id) } : {}),
          },
        ],
        on: told([
          { target: 'skipped', ...guarded('dependsOnFailure'), actions: record('abort') },
          cancelled,
        ]),
      },
      queued: {
        entry: [publish('node.queued'), { type: 'requestPlace', params: about }],
        on: {
          [grantEvent(key)]: [
            ...(node.totalTimeoutMs === null
              ? []
              : [
                  {
                    target: 'running',
                    ...guarded('firstAttempt'),
                    actions: raise(
                      { type: totalTimeoutEvent(key) },
                      { id: totalTimeoutEvent(key), delay: node.totalTimeoutMs },
                    ),
                  },
                ]),
            { target: 'running' },
          ],
          [refuseEvent(key)]: failing('failed', 'refused'),
          ...told({ target: 'cancelled', actions: [release, record('abort')] }),
          ...overInTotal([release]),
        },
      },
      running: {
        entry: [
          { type: 'beginAttempt', params: about },
          publish('node.started'),
          ...(streamsFrom(topology, index).length === 0 ? [] : [{ type: 'takeStreams', params: about }]),
        ],
        invoke: {
          id: key,
          src: node.batch === null ? node.type : batchActor(key),
          input: ({ context }: { context: ScopeContext }): AttemptInput | BatchInput => {
            const input = attemptInput(topology, plan, context);
            return node.batch === null ? input : { base: input, seed: context.seed };
          },
          onDone: [
            ...(closesLoop(plan) ? failing('failed', 'refusal', 'iterationRefused') : []),
            { target: 'succeeded', actions: record('result') },
          ],
          onError: withNotice('thrown', attemptFailed('failed', 'thrown')),
        },
        ...(attemptTimeoutMs === null
          ? {}
          : {
              after: {
                [attemptTimeoutMs]: withNotice('timeout', attemptFailed('timed_out', 'timeout')),
              },
            }),
        on: { ...told(cancelled, true), ...overInTotal() },
        exit: release,
      },
      ...(retry === null
        ? {}
        : {
            backoff: {
              entry: publish('node.backoff'),
              after: { [backoffDelayName(key)]: 'queued' },
              on: { ...told(cancelled), ...overInTotal() },
            },
          }),
      succeeded: settled,
      failed: settled,
      skipped: settled,
      cancelled: settled,
      ...(attemptTimeoutMs === null && node.totalTimeoutMs === null ? {} : { timed_out: settled }),
    },
  } as AnyStateNodeConfig;
}

/**
 * The transitions of a failure that is not tried again: to its fallback; or into `target`, ending on the way the scope or the
 * groups that it ends. `guard` says whether there is a failure at all.
 */
function failures(topology: Topology, plan: NodePlan) {
  const { node, index, groups } = plan;
  return (target: 'failed' | 'timed_out', by: Cause, guard?: string) => {
    const params = { node: index, by };
    const record = { type: 'recordOutcome', params };
    const hasFallback = node.fallback !== null && by !== 'join';
    const canStop = node.onError !== 'continue' && node.onError !== 'fail_safe';
    return [
      ...(hasFallback
        ? [
            {
              target: 'succeeded',
              guard: { type: 'fallbackGiven', params },
              actions: { type: 'recordFallback', params },
            },
          ]
        : []),
      ...(canStop
        ? stopTransitions(topology, {
            target,
            actions: [record],
            failing: {
              node: () => plan,
              groups,
              loop: plan.loop,
              ends: ({ context }) => wayOfNode(topology, context as ScopeContext, plan).stopsGroups,
            },
            guards: { stopsScope: 'failureStopsScope', stopsGroup: 'failureStopsGroup' },
            params,
          })
        : []),
      {
        target,
        ...(guard === undefined ? {} : { guard: { type: guard, params: { node: index } } }),
        actions: canStop && by === 'join' ? [record, ...stopAfterOthers(topology, plan)] : record,
      },
    ];
  };
}

const closesLoop = (plan: NodePlan): boolean => plan.outgoing.some(({ edge }) => edge.closes !== null);

function attemptInput(topology: Topology, plan: NodePlan, context: ScopeContext): AttemptInput {
  const iterations = iterationsAround(topology, context, plan);
  return {
    node: plan.index,
    name: nameOf(topology, context.name, plan.index, iterations),
    attempt: nth(context.attempts, plan.index) ?? 0,
    iterations,
    inputs: context.inputs,
    outcomes: plan.reads.map((read) => [read, nth(context.outcomes, read) ?? null]),
    caught: [...caughtFor(context, plan)],
    state: usesState(topology, plan.node)
      ? stateFor(topology, context, { node: plan.index, own: 'before' })
      : null,
    item: null,
  };
}
