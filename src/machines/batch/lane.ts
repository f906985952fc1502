import { type AnyStateMachine, assign, createMachine, sendParent } from 'xstate';
import type { NodePlan } from '../topology.js';
import {
  ATTEMPTING,
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

/**
 * The machine of one of a batch's lanes: `idle -> queued -> attempting -> idle …`, where `attempting` is `running -> backoff ->
 * queued -> running …`, as for a node. It takes one item after the other and forgets each as it is settled, so that nothing of
 * one can leak into the next.
 */
export function laneMachine(plan: NodePlan): AnyStateMachine {
  const { node } = plan;
  const notice = (type: string) => ({ type: 'publishItem', params: { type } });
  /** Ends the item: the lane is told apart from its next by its context alone. */
  const settle = (status: ItemStatus) => [
    'releasePlace',
    { type: 'publishItem', params: { type: 'item.settled', status } },
    { type: 'report', params: { status } },
    'forgetItem',
  ];
  const queued = (granted: string) => ({
    entry: 'requestPlace',
    on: {
      grant: { target: granted, actions: 'beginAttempt' },
      refuse: { target: '#lane.idle', actions: settle('failed') },
    },
  });
  const attemptFailed = (status: 'failed' | 'timed_out') => [
    ...(node.retry === null
      ? []
      : [
          {
            target: 'backoff',
            guard: 'mayTryAgain',
            actions: ['releasePlace', notice('item.attempt_failed')],
          },
        ]),
    { target: '#lane.idle', actions: [notice('item.attempt_failed'), ...settle(status)] },
  ];
  const stopped = { target: '#lane.idle', actions: settle('cancelled') };
  const after = (ms: number | null, transitions: unknown) =>
    ms === null ? {} : { after: { [ms]: transitions } };

  const config = {
    id: 'lane',
    context: ({ input }: { input: BatchInput & { lane: number } }) => idleLane(input),
    initial: 'idle',
    states: {
      idle: { on: { take: { target: 'queued', actions: 'takeItem' } } },
      queued: {
        ...queued(ATTEMPTING),
        on: { ...queued(ATTEMPTING).on, stop: stopped },
      },
      [ATTEMPTING]: {
        initial: 'running',
        on: { stop: stopped },
        ...after(node.batch?.itemTimeoutMs ?? null, { target: 'idle', actions: settle('timed_out') }),
        states: {
          running: {
            entry: notice('item.started'),
            invoke: {
              id: 'attempt',
              src: node.type,
              input: ({ context }: { context: LaneContext }) => itemAttempt(context),
              onDone: { target: '#lane.idle', actions: settle('succeeded') },
              onError: attemptFailed('failed'),
            },
            ...after(node.attemptTimeoutMs, attemptFailed('timed_out')),
          },
          ...(node.retry === null
            ? {}
            : {
                backoff: { entry: notice('item.backoff'), after: { backoff: 'queued' } },
                queued: queued('running'),
              }),
        },
      },
    },
  };
  return createMachine(config as never).provide({
    guards: { mayTryAgain: ({ context, event }: Step) => itemMayTryAgain(plan, context, event) },
    delays: { backoff: ({ context }: Step) => itemBackoff(plan, context) },
    actions: {
      takeItem: update(withItem),
      beginAttempt: update(withAttempt),
      forgetItem: update(withoutItem),
      report: sendParent((step: unknown, params: unknown) => {
        const { context, event } = step as Step;
        return settledItem(plan, context, event, (params as { status: ItemStatus }).status);
      }),
    },
  } as never);
}

function update(next: (context: LaneContext, event: LaneEvent) => LaneContext) {
  return assign((step: unknown) => {
    const { context, event } = step as Step;
    return next(context, event);
  });
}
