import { type AnyStateNodeConfig, cancel, raise } from 'xstate';
import type { JsonObject, JsonValue } from '../ir/json.js';
import { ABORT, cancelRest, DRAIN, stopEventsFor } from './abort.js';
import { type BatchInput, batchActor } from './batch/protocol.js';
import { streamsFrom } from './batch/streams.js';
import { attemptsAt, iterationsAround, type ScopeContext } from './context.js';
import { caughtFor } from './join.js';
import { list } from './list.js';
import { nameOf } from './names.js';
import { type About, type Failures, failures } from './node-failures.js';
import type { Outcome } from './outcome.js';
import { nth } from './pages.js';
import { plain } from './plain.js';
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

const published = (type: string, { node }: About) => ({ type: 'publish', params: { type, node } });
const recorded = (by: Cause, { node }: About) => ({ type: 'recordOutcome', params: { node, by } });

/**
 * The region of one node: `waiting -> queued -> running -> backoff -> queued … -> succeeded | failed | skipped | cancelled |
 * timed_out`. Its join is the guards on leaving `waiting`; `running` invokes the actor that the node's type names.
 */
export function nodeRegion(topology: Topology, plan: NodePlan): AnyStateNodeConfig {
  const { node, index, key } = plan;
  // The items of a batch are tried again, each on its own; the batch as a whole is not.
  const { retry, attemptTimeoutMs } = node.batch === null ? node : { retry: null, attemptTimeoutMs: null };
  const about: About = { node: index };
  const guarded = (guard: string) => ({ type: guard, params: about });

  const failing = failures(topology, plan, about);
  /** The end of an attempt, in this order: another one, the fallback, a failure. */
  const attemptFailed = (target: 'failed' | 'timed_out', by: Cause) => {
    const first = [{ type: 'publish', params: { type: 'node.attempt_failed', ...about, by } }];
    const failed = failing(target, by, { first });
    if (retry === null) return failed;
    const again = {
      target: 'backoff',
      guard: { type: 'attemptsLeft', params: { ...about, by } },
      actions: first,
    };
    return list([again], failed);
  };
  const release = { type: 'releasePlace', params: about };
  const recordAbort = recorded('abort', about);
  const cancelled = { target: 'cancelled', actions: recordAbort };
  const stops = stopEventsFor(topology, plan);
  /** What the region does where it was told to stop; while its group drains, what runs may end its attempt. */
  const told = (on: Handlers, transitions: object | readonly object[], isRunning = false): Handlers => {
    on[ABORT] = transitions;
    // A loop's machine does not know the groups around the loop: there, a stopped scope is what keeps an attempt the last.
    if (plan.loop !== null) on[DRAIN] = isRunning ? { actions: 'stopForFailure' } : transitions;
    for (const { type, drains } of stops) on[type] = drains && isRunning ? {} : transitions;
    return on;
  };
  const total = totalTimeoutEvent(key);
  const endOfTotal = (first: readonly object[]) =>
    failing('timed_out', 'total', {
      first: list(first, [
        { type: 'publish', params: { type: 'node.attempt_failed', ...about, by: 'total' } },
      ]),
    });
  const whileRunning = node.totalTimeoutMs === null ? null : endOfTotal([]);
  const overInTotal = (on: Handlers, transitions: readonly object[] | null): Handlers => {
    if (transitions !== null) on[total] = transitions;
    return on;
  };
  const settled = {
    entry: list<object>(node.totalTimeoutMs !== null && [cancel(total)], [
      { type: 'decideEdges', params: { unit: index } },
      published('node.settled', about),
    ]),
    type: 'final',
  };
  const queuedOn: Handlers = Object.create(null);
  queuedOn[grantEvent(key)] =
    node.totalTimeoutMs === null ? GRANTED : list([timedGrant(key, node.totalTimeoutMs, about)], GRANTED);
  queuedOn[refuseEvent(key)] = failing('failed', 'refused');

  return {
    meta: { kind: 'node', id: node.id, type: node.type, pointer: node.pointer },
    ...(node.purpose === null ? {} : { description: node.purpose }),
    initial: 'waiting',
    states: {
      waiting: {
        always: joinTransitions(plan, failing, about),
        on: told(handlers(node), [
          { target: 'skipped', guard: guarded('dependsOnFailure'), actions: recordAbort },
          cancelled,
        ]),
      },
      queued: {
        entry: [published('node.queued', about), { type: 'requestPlace', params: about }],
        on: overInTotal(
          told(queuedOn, { target: 'cancelled', actions: [release, recordAbort] }),
          node.totalTimeoutMs === null ? null : endOfTotal([release]),
        ),
      },
      running: {
        entry: list(
          [{ type: 'beginAttempt', params: about }, published('node.started', about)],
          streamsFrom(topology, index).length > 0 && [{ type: 'takeStreams', params: about }],
        ),
        invoke: {
          id: key,
          src: node.batch === null ? node.type : batchActor(key),
          input: inputFor(topology, plan),
          onDone: list(closesLoop(plan) && failing('failed', 'refusal', { guard: 'iterationRefused' }), [
            { target: 'succeeded', actions: recorded('result', about) },
          ]),
          onError: attemptFailed('failed', 'thrown'),
        },
        ...(attemptTimeoutMs === null
          ? {}
          : { after: { [attemptTimeoutMs]: attemptFailed('timed_out', 'timeout') } }),
        on: overInTotal(told(handlers(node), cancelled, true), whileRunning),
        exit: release,
      },
      ...(retry === null
        ? {}
        : {
            backoff: {
              entry: published('node.backoff', about),
              after: { __proto__: null, [backoffDelayName(key)]: 'queued' },
              on: overInTotal(told(handlers(node), cancelled), whileRunning),
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

type Handlers = Record<string, object | readonly object[]>;

/**
 * For events of which some have the key of the node in their names: without a prototype, as each such object would otherwise have a
 * hidden class to itself, which weighs more than it.
 */
const handlers = ({ totalTimeoutMs }: NodePlan['node']): Handlers =>
  totalTimeoutMs === null ? {} : Object.create(null);

const GRANTED: readonly object[] = [{ target: 'running' }];

/** The first attempt starts the time that all of them have. */
const timedGrant = (key: string, totalMs: number, about: About) => ({
  target: 'running',
  guard: { type: 'firstAttempt', params: about },
  actions: raise({ type: totalTimeoutEvent(key) }, { id: totalTimeoutEvent(key), delay: totalMs }),
});

/** Made where it holds on to nothing else of how the region is made. */
const inputFor =
  (topology: Topology, plan: NodePlan) =>
  ({ context }: { context: ScopeContext }): AttemptInput | BatchInput => {
    const input = new NodeAttemptInput(topology, plan, context);
    return plan.node.batch === null ? input : { base: input, seed: context.seed };
  };

/** The ways out of `waiting`: the rules of a join, in their order. */
function joinTransitions(plan: NodePlan, failing: Failures, about: About): readonly object[] {
  const { node, index, key, incoming } = plan;
  const canFail =
    node.join.count > 0 || node.when !== null || incoming.some(({ edge }) => edge.when !== null);
  const skipped = (guard: string) => ({ target: 'skipped', guard: { type: guard, params: about }, actions });
  const actions = recorded('join', about);
  return list(
    canFail && failing('failed', 'join', { guard: 'joinFails' }),
    incoming.length > 0 && [skipped('upstreamFailed'), skipped('noEdgeTaken')],
    node.when !== null && [skipped('conditionFalse')],
    [
      {
        target: 'queued',
        guard: { type: 'joinSatisfied', params: about },
        ...(node.join.cancelRest ? { actions: cancelRest(index, key, node.id) } : {}),
      },
    ],
  );
}

const closesLoop = (plan: NodePlan): boolean => plan.outgoing.some(({ edge }) => edge.closes !== null);

const NOTHING_CAUGHT: AttemptInput['caught'] = [];

const NodeAttemptInput = plain<AttemptInput, [topology: Topology, plan: NodePlan, context: ScopeContext]>(
  function (topology, plan, context) {
    const { index } = plan;
    const caught = caughtFor(context, plan);
    const iterations = iterationsAround(topology, context, plan);
    this.node = index;
    this.name = nameOf(topology, context.name, index, iterations);
    this.attempt = attemptsAt(context, index);
    this.iterations = iterations;
    this.inputs = context.inputs;
    this.outcomes = plan.reads.map((read) => [read, nth(context.outcomes, read) ?? null]);
    this.caught = caught.size === 0 ? NOTHING_CAUGHT : [...caught];
    this.state = usesState(topology, plan.node)
      ? stateFor(topology, context, { node: index, own: 'before' })
      : null;
    this.item = null;
  },
);
