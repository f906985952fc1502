import { type AnyEventObject, type AnyStateMachine, cancel, raise, sendParent } from 'xstate';
import { list } from '../list.js';
import { createFastMachine } from '../stepper/fast-machine.js';
import { replaceContext } from '../stepper/replace-context.js';
import type { WakeList } from '../stepper/step-table.js';
import type { NodePlan } from '../topology.js';
import {
  ITEM_TIMEOUT,
  idleLane,
  itemAttempt,
  itemBackoff,
  itemMayTryAgain,
  type LaneContext,
  type LaneEvent,
  settledItem,
  withAttempt,
  withItem,
  withoutItem,
} from './item.js';
import type { BatchInput, ItemStatus } from './protocol.js';

interface Step {
  readonly context: LaneContext;
  readonly event: LaneEvent;
}

/** What changes the context of a lane; none of its states is left by itself. */
const CHANGES = {
  takeItem: update(withItem),
  beginAttempt: update(withAttempt),
  forgetItem: update(withoutItem),
};
const WAKE_NOTHING: WakeList = new Map(Object.keys(CHANGES).map((name) => [name, () => []]));

/**
 * The machine of one of a batch's lanes: `idle -> queued -> running -> backoff -> queued -> running … -> idle`, as for a node. It
 * takes one item after the other and forgets each as it is settled, so that nothing of one can leak into the next.
 */
export function laneMachine(plan: NodePlan): AnyStateMachine {
  const { node } = plan;
  const itemTimeoutMs = node.batch?.itemTimeoutMs ?? null;
  const notice = (type: string) => ({ type: 'publishItem', params: { type } });
  /** Ends the item: the lane is told apart from its next by its context alone. */
  const settle = (status: ItemStatus, ...first: readonly unknown[]) => ({
    target: 'idle',
    actions: [
      ...first,
      ...(itemTimeoutMs === null ? [] : [cancel(ITEM_TIMEOUT)]),
      'releasePlace',
      { type: 'publishItem', params: { type: 'item.settled', status } },
      { type: 'report', params: { status } },
      'forgetItem',
    ],
  });
  const attemptFailed = (status: 'failed' | 'timed_out') => {
    const first = notice('item.attempt_failed');
    const again = { target: 'backoff', guard: 'mayTryAgain', actions: ['releasePlace', first] };
    return list<object>(node.retry !== null && [again], [settle(status, first)]);
  };
  const granted = { target: 'running', actions: 'beginAttempt' };
  const startsTimeout = {
    target: 'running',
    guard: 'firstAttempt',
    actions: ['beginAttempt', raise({ type: ITEM_TIMEOUT }, { id: ITEM_TIMEOUT, delay: itemTimeoutMs ?? 0 })],
  };
  const ended = {
    stop: settle('cancelled'),
    ...(itemTimeoutMs === null ? {} : { [ITEM_TIMEOUT]: settle('timed_out') }),
  };

  const config = {
    id: 'lane',
    context: ({ input }: { input: BatchInput & { lane: number } }) => idleLane(input),
    initial: 'idle',
    states: {
      idle: { on: { take: { target: 'queued', actions: 'takeItem' } } },
      queued: {
        entry: 'requestPlace',
        on: {
          ...ended,
          grant: list<object>(itemTimeoutMs !== null && [startsTimeout], [granted]),
          refuse: settle('failed'),
        },
      },
      running: {
        entry: notice('item.started'),
        invoke: {
          id: 'attempt',
          src: node.type,
          input: ({ context }: { context: LaneContext }) => itemAttempt(context),
          onDone: settle('succeeded'),
          onError: attemptFailed('failed'),
        },
        ...(node.attemptTimeoutMs === null
          ? {}
          : { after: { [node.attemptTimeoutMs]: attemptFailed('timed_out') } }),
        on: ended,
      },
      ...(node.retry === null
        ? {}
        : { backoff: { entry: notice('item.backoff'), after: { backoff: 'queued' }, on: ended } }),
    },
  };
  return createFastMachine(
    config,
    {
      guards: {
        mayTryAgain: ({ context, event }: Step) => itemMayTryAgain(plan, context, event),
        firstAttempt: ({ context }: Step) => context.attempt === 0,
      },
      delays: { backoff: ({ context }: Step) => itemBackoff(plan, context) },
      actions: {
        ...CHANGES,
        report: sendParent((step: unknown, params: unknown): AnyEventObject => {
          const { context, event } = step as Step;
          return settledItem(plan, context, event, (params as { status: ItemStatus }).status);
        }),
      },
    },
    WAKE_NOTHING,
  );
}

function update(next: (context: LaneContext, event: LaneEvent) => LaneContext) {
  return replaceContext(({ context, event }: Step) => next(context, event));
}
