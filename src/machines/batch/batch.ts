import {
  type AnyEventObject,
  type AnyStateMachine,
  assign,
  createMachine,
  enqueueActions,
  fromPromise,
  sendTo,
} from 'xstate';
import type { BatchPolicy } from '../../ir/workflow.js';
import {
  allItemsSettled,
  type BatchContext,
  endsBatch,
  initialBatchContext,
  itemsDone,
  itemsUnderWay,
  toleratedItems,
  tooManyFailed,
  withFailure,
  withFailureOfItem,
  withSettled,
} from './context.js';
import { isProgressDue } from './progress.js';
import {
  BATCH_DATA,
  type BatchInput,
  type BatchReply,
  type BatchRequest,
  type ItemSettled,
} from './protocol.js';

/** The source of lanes among the actors of a batch's machine. */
export const LANE = 'lane';

const laneId = (lane: number): string => `${LANE}-${lane}`;

interface Step<Event = AnyEventObject> {
  readonly context: BatchContext;
  readonly event: Event;
}

type Reply<Type extends BatchReply['type']> = Extract<BatchReply, { type: Type }>;

const DATA = 'data';
const REJECTION = 'rejection';
const request = (ask: (step: Step) => BatchRequest) =>
  sendTo(DATA, (step: unknown) => ask(step as Step) as AnyEventObject);
const update = <Event>(next: (context: BatchContext, event: Event) => BatchContext) =>
  assign((step: unknown) => {
    const { context, event } = step as Step<Event>;
    return next(context, event);
  });

/**
 * The machine of a batch: `opening -> working -> finishing -> succeeded`, or by way of `stopping` or `explaining` to `failed`. To
 * the region of its node it is one actor, which ends as an attempt does. It keeps at most `maxConcurrent` lanes alive and hands
 * them one item after the other, so that neither its context nor its children grow with the number of items.
 */
export function batchMachine(policy: BatchPolicy, lane: AnyStateMachine): AnyStateMachine {
  const settled = ['countItem', 'keepItem', 'publishProgress'];
  const config = {
    id: 'batch',
    context: ({ input }: { input: BatchInput }) => initialBatchContext(input),
    initial: 'open',
    output: ({ context }: { context: BatchContext }) => context.result,
    states: {
      open: {
        invoke: {
          id: DATA,
          src: BATCH_DATA,
          input: ({ context }: { context: BatchContext }) => context.base,
          onError: { target: 'failed', actions: 'noteDefect' },
        },
        on: { broken: { target: 'failed', actions: 'noteBroken' } },
        exit: 'stopLanes',
        initial: 'opening',
        states: {
          opening: {
            on: {
              opened: { target: 'working', actions: ['noteItems', 'pullFirst'] },
              finished: { target: '#batch.succeeded', actions: 'noteResult' },
            },
          },
          working: {
            always: [
              { target: '#batch.failed', guard: 'sourceBroke' },
              { target: 'explaining', guard: 'tooManyFailed' },
              { target: 'finishing', guard: 'allItemsSettled' },
            ],
            on: {
              item: { actions: 'beginItem' },
              exhausted: { actions: 'noteExhausted' },
              // What has begun is finished all the same.
              broken: { actions: ['noteExhausted', 'noteBroken'] },
              'item.settled': [
                { target: 'stopping', guard: 'endsBatch', actions: [...settled, 'noteFailure'] },
                { actions: [...settled, 'pullNext'] },
              ],
            },
          },
          stopping: {
            entry: 'tellLanesToStop',
            always: { target: '#batch.failed', guard: 'nothingUnderWay' },
            on: { 'item.settled': { actions: ['countItem', 'keepItem'] } },
          },
          finishing: {
            entry: 'askForResult',
            on: { finished: { target: '#batch.succeeded', actions: 'noteResult' } },
          },
          explaining: {
            entry: 'askForFailure',
            on: { explained: { target: '#batch.failed', actions: 'noteExplained' } },
          },
        },
      },
      succeeded: { type: 'final' },
      // An error that nothing here answers is what the machine as a whole rejects with.
      failed: {
        invoke: { src: REJECTION, input: ({ context }: { context: BatchContext }) => context.failure },
      },
    },
  };
  return createMachine(config as never).provide({
    actors: {
      [LANE]: lane,
      [REJECTION]: fromPromise(({ input }) => Promise.reject(input)),
    },
    guards: {
      sourceBroke: ({ context }: Step) => allItemsSettled(context) && context.failure !== null,
      tooManyFailed: ({ context }: Step) => allItemsSettled(context) && tooManyFailed(policy, context),
      allItemsSettled: ({ context }: Step) => allItemsSettled(context),
      endsBatch: ({ context, event }: Step) => endsBatch(policy, context, event as unknown as ItemSettled),
      nothingUnderWay: ({ context }: Step) => itemsUnderWay(context) === 0,
    },
    actions: {
      noteItems: update<Reply<'opened'>>((context, { total, whole }) => ({ ...context, total, whole })),
      noteExhausted: update((context) => ({ ...context, exhausted: true })),
      noteBroken: update<Reply<'broken'>>(withFailure),
      noteResult: update<Reply<'finished'>>((context, { result }) => ({ ...context, result })),
      noteExplained: update<Reply<'explained'>>(withFailure),
      noteFailure: update<ItemSettled>(withFailureOfItem),
      noteDefect: update<{ error: BatchContext['failure'] }>((context, { error }) =>
        withFailure(context, { failure: error }),
      ),
      countItem: update<ItemSettled>(withSettled),
      keepItem: request(({ event }) => event as unknown as ItemSettled),
      pullFirst: request(() => ({ type: 'pull', lane: 0 })),
      pullNext: request(({ event }) => ({ type: 'pull', lane: (event as unknown as ItemSettled).lane })),
      askForResult: request(() => ({ type: 'finish' })),
      askForFailure: request(({ context }) => ({
        type: 'explain',
        tolerated: toleratedItems(policy, context),
      })),
      beginItem: enqueue<Reply<'item'>>((step, enqueue) => beginItem(policy, step, enqueue)),
      tellLanesToStop: eachLane((enqueue, id) => enqueue.sendTo(id, { type: 'stop' })),
      stopLanes: eachLane((enqueue, id) => enqueue.stopChild(id)),
    },
  } as never);
}

/** What is used of XState's own, whose types want to know every actor there is. */
interface Enqueue {
  assign(next: BatchContext): void;
  spawnChild(src: string, options: { id: string; input: unknown }): void;
  sendTo(id: string, event: AnyEventObject): void;
  stopChild(id: string): void;
}

function enqueue<Event>(collect: (step: Step<Event>, enqueue: Enqueue) => void) {
  return enqueueActions((step: unknown) =>
    collect(step as Step<Event>, (step as { enqueue: Enqueue }).enqueue),
  );
}

/** Hands an item to the lane that has asked for it, a new one if need be; the next new lane asks once this one has work. */
function beginItem(policy: BatchPolicy, { context, event }: Step<Reply<'item'>>, enqueue: Enqueue): void {
  const { lane, item } = event;
  const isNew = lane === context.lanes;
  const { base, seed, whole } = context;
  enqueue.assign({ ...context, begun: context.begun + 1, lanes: context.lanes + (isNew ? 1 : 0) });
  if (isNew) enqueue.spawnChild(LANE, { id: laneId(lane), input: { base, seed, lane } });
  enqueue.sendTo(laneId(lane), { type: 'take', item, whole });
  if (isNew && lane + 1 < policy.maxConcurrent) enqueue.sendTo(DATA, { type: 'pull', lane: lane + 1 });
}

const eachLane = (tell: (enqueue: Enqueue, id: string) => void) =>
  enqueue(({ context }, enqueue) => {
    for (let lane = 0; lane < context.lanes; lane++) tell(enqueue, laneId(lane));
  });

/** Whether a notice of how far a batch is would say something new. */
export const hasProgress = (context: BatchContext): boolean =>
  isProgressDue(itemsDone(context), context.total);
