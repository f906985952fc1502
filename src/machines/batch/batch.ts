import { type AnyEventObject, type AnyStateMachine, fromPromise, raise, sendTo, spawnChild } from 'xstate';
import type { BatchPolicy } from '../../ir/workflow.js';
import { createFastMachine } from '../stepper/fast-machine.js';
import { replaceContext } from '../stepper/replace-context.js';
import type { WakeList } from '../stepper/step-table.js';
import {
  allItemsSettled,
  type BatchContext,
  endsBatch,
  initialBatchContext,
  itemsDone,
  itemsUnderWay,
  toleratedItems,
  tooManyFailed,
  withBegun,
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

/** What is said to, or by, one of the lanes. */
interface OfLane {
  readonly type: string;
  readonly lane: number;
}

const DATA = 'data';
const REJECTION = 'rejection';
/** The state in which the batch has its data, and may have items under way. */
const OPEN = 'open';

const request = <Event = AnyEventObject>(ask: (step: Step<Event>) => BatchRequest) =>
  sendTo(DATA, (step: unknown) => ask(step as Step<Event>) as AnyEventObject);

const laneOf = ({ event }: Step<OfLane>): string => laneId(event.lane);
const tellLane = <Event extends OfLane>(what: (step: Step<Event>) => AnyEventObject) =>
  sendTo(laneOf as never, what as never);

const update = <Event = AnyEventObject>(next: (context: BatchContext, event: Event) => BatchContext) =>
  replaceContext(({ context, event }: Step<Event>) => next(context, event));

/** What changes the context of a batch. */
const CHANGES = {
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
  countBegun: update(withBegun),
  countLane: update((context) => ({ ...context, lanes: context.lanes + 1 })),
};

/** Only what is inside of that state is ever left by itself. */
const WAKES: WakeList = new Map(Object.keys(CHANGES).map((name) => [name, () => [OPEN]]));

/**
 * The machine of a batch: `opening -> working -> finishing -> succeeded`, or by way of `stopping` or `explaining` to `failed`. To
 * the region of its node it is one actor, which ends as an attempt does. It keeps at most `maxConcurrent` lanes alive and hands
 * them one item after the other, so that neither its context nor its children grow with the number of items.
 */
export function batchMachine(policy: BatchPolicy, lane: AnyStateMachine): AnyStateMachine {
  const config = {
    id: 'batch',
    context: ({ input }: { input: BatchInput }) => initialBatchContext(input),
    initial: OPEN,
    output: ({ context }: { context: BatchContext }) => context.result,
    states: {
      [OPEN]: {
        invoke: {
          id: DATA,
          src: BATCH_DATA,
          input: ({ context }: { context: BatchContext }) => context.base,
          onError: { target: 'failed', actions: 'noteDefect' },
        },
        on: {
          finished: { target: 'succeeded', actions: 'noteResult' },
          explained: { target: 'failed', actions: 'noteExplained' },
          broken: { target: 'failed', actions: 'noteBroken' },
        },
        onDone: 'failed',
        initial: 'opening',
        states: {
          opening: { on: { opened: { target: 'working', actions: ['noteItems', 'pullFirst'] } } },
          working: {
            always: [
              { target: 'ended', guard: 'sourceBroke' },
              { target: 'explaining', guard: 'tooManyFailed' },
              { target: 'finishing', guard: 'allItemsSettled' },
            ],
            on: {
              item: [
                { guard: 'laneIsAlive', actions: ['countBegun', 'handItem'] },
                { guard: 'laneIsLast', actions: ['countBegun', 'countLane', 'spawnLane', 'handItem'] },
                { actions: ['countBegun', 'countLane', 'spawnLane', 'handItem', 'pullFurther'] },
              ],
              exhausted: { actions: 'noteExhausted' },
              // What has begun is finished all the same.
              broken: { actions: ['noteExhausted', 'noteBroken'] },
              'item.settled': [
                {
                  target: 'stopping',
                  guard: 'endsBatch',
                  actions: ['countItem', 'keepItem', 'publishProgress', 'noteFailure'],
                },
                { actions: ['countItem', 'keepItemAndPull', 'publishProgress'] },
              ],
            },
          },
          stopping: {
            entry: 'stopFirstLane',
            always: { target: 'ended', guard: 'nothingUnderWay' },
            on: {
              stop_lane: { guard: 'laneIsAlive', actions: ['stopLane', 'stopNextLane'] },
              'item.settled': { actions: ['countItem', 'keepItem'] },
            },
          },
          finishing: { entry: 'askForResult' },
          explaining: { entry: 'askForFailure' },
          ended: { type: 'final' },
        },
      },
      succeeded: { type: 'final' },
      // An error that nothing here answers is what the machine as a whole rejects with.
      failed: {
        invoke: { src: REJECTION, input: ({ context }: { context: BatchContext }) => context.failure },
      },
    },
  };
  const implementations = {
    actors: {
      [LANE]: lane,
      [REJECTION]: fromPromise(({ input }) => Promise.reject(input)),
    },
    guards: {
      sourceBroke: ({ context }: Step) => allItemsSettled(context) && context.failure !== null,
      tooManyFailed: ({ context }: Step) => allItemsSettled(context) && tooManyFailed(policy, context),
      allItemsSettled: ({ context }: Step) => allItemsSettled(context),
      endsBatch: ({ context, event }: Step<ItemSettled>) => endsBatch(policy, context, event),
      nothingUnderWay: ({ context }: Step) => itemsUnderWay(context) === 0,
      laneIsAlive: ({ context, event }: Step<OfLane>) => event.lane < context.lanes,
      laneIsLast: ({ event }: Step<OfLane>) => event.lane + 1 === policy.maxConcurrent,
    },
    actions: {
      ...CHANGES,
      keepItem: request(({ event }: Step<ItemSettled>) => ({ type: 'keep', settled: event, pulls: false })),
      keepItemAndPull: request(({ event }: Step<ItemSettled>) => ({
        type: 'keep',
        settled: event,
        pulls: true,
      })),
      pullFirst: request(() => ({ type: 'pull', lane: 0 })),
      pullFurther: request(({ event }: Step<OfLane>) => ({ type: 'pull', lane: event.lane + 1 })),
      askForResult: request(() => ({ type: 'finish' })),
      askForFailure: request(({ context }) => ({
        type: 'explain',
        tolerated: toleratedItems(policy, context),
      })),
      spawnLane: spawnChild(LANE, {
        id: laneOf,
        input: ({ context: { base, seed }, event }: Step<OfLane>) => ({ base, seed, lane: event.lane }),
      } as never),
      handItem: tellLane(({ context, event }: Step<Reply<'item'>>) => ({
        type: 'take',
        item: event.item,
        whole: context.whole,
      })),
      stopLane: tellLane(() => ({ type: 'stop' })),
      stopFirstLane: raise({ type: 'stop_lane', lane: 0 } as AnyEventObject),
      stopNextLane: raise(
        (step: unknown): AnyEventObject => ({
          type: 'stop_lane',
          lane: (step as Step<OfLane>).event.lane + 1,
        }),
      ),
    },
  };
  return createFastMachine(config, implementations, WAKES);
}

/** Whether a notice of how far a batch is would say something new. */
export const hasProgress = (context: BatchContext): boolean =>
  isProgressDue(itemsDone(context), context.total);
