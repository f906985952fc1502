import {
  type AnyActorLogic,
  type AnyActorRef,
  type AnyEventObject,
  type AnyStateMachine,
  fromPromise,
  raise,
} from 'xstate';
import type { Failure } from '../../ir/errors.js';
import type { BatchPolicy } from '../../ir/workflow.js';
import type { NodePlan } from '../topology.js';
import { batchMachine, hasProgress, LANE } from './batch.js';
import type { BatchContext } from './context.js';
import type { LaneContext, LaneEvent } from './item.js';
import {
  type AboutItem,
  aboutItem,
  aboutNode,
  type BatchEvent,
  describeItem,
  describeProgress,
  type ItemNotice,
} from './item-event.js';
import { laneMachine } from './lane.js';
import { BATCH_DATA } from './protocol.js';

type System = AnyActorRef['system'];

interface Holder {
  readonly node: number;
  readonly item: number;
}

interface Request extends Holder {
  readonly about: () => Omit<AboutItem, 'index'>;
  readonly grant: () => void;
  readonly refuse: (failure: Failure) => void;
}

/** What a batch does to the world: of what the runtime gives a chart, what it needs. */
export interface BatchBindings {
  readonly actors: ReadonlyMap<string, AnyActorLogic>;
  readonly batchData: AnyActorLogic;
  isObserved(run: System): boolean;
  publish(run: System, event: BatchEvent, node: null): void;
  now(run: System): number;
  requestPlace(run: System, request: Request): void;
  releasePlace(run: System, holder: Holder): void;
}

/** The machine of a node's batch, and that of its lanes, with nothing bound to them. */
export interface CompiledBatch {
  readonly plan: NodePlan;
  readonly machine: AnyStateMachine;
  /** The same machine, its actors and effects bound. */
  bind(bindings: BatchBindings): AnyStateMachine;
}

const unbound = (name: string) =>
  fromPromise(() => Promise.reject(new Error(`Nothing is bound to \`${name}\`: use \`bind\`, or a runner.`)));

export function compileBatch(plan: NodePlan, policy: BatchPolicy): CompiledBatch {
  const { type } = plan.node;
  const lane = laneMachine(plan).provide({
    actors: { [type]: unbound(type) },
    actions: {
      publishItem: () => {},
      releasePlace: () => {},
      requestPlace: raise((): AnyEventObject => ({ type: 'grant', at: 0 })),
    },
  } as never);
  const machine = batchMachine(policy, lane).provide({
    actors: { [BATCH_DATA]: unbound(BATCH_DATA) },
    actions: { publishProgress: () => {} },
  } as never);
  const bind = (bindings: BatchBindings) =>
    machine.provide({
      actors: { [BATCH_DATA]: bindings.batchData, [LANE]: bindLane(lane, plan, bindings) },
      actions: {
        publishProgress: ({ context, system }: { context: BatchContext; system: System }) => {
          if (!bindings.isObserved(system) || !hasProgress(context)) return;
          bindings.publish(system, describeProgress(plan, context), null);
        },
      },
    } as never);
  return { plan, machine, bind };
}

interface Executed {
  readonly context: LaneContext;
  readonly event: LaneEvent;
  readonly self: { send(event: { type: string; [field: string]: unknown }): void };
  readonly system: System;
}

function bindLane(lane: AnyStateMachine, plan: NodePlan, bindings: BatchBindings): AnyStateMachine {
  const { type } = plan.node;
  const indexOf = ({ item }: LaneContext): number => item?.index ?? 0;
  return lane.provide({
    actors: { [type]: bindings.actors.get(type) ?? unbound(type) },
    actions: {
      publishItem: ({ context, event, system }: Executed, notice: ItemNotice) => {
        // Run as it is, the node has no items to speak of.
        if (context.whole || !bindings.isObserved(system)) return;
        bindings.publish(system, describeItem(plan, context, event, notice), null);
      },
      requestPlace: ({ context, self, system }: Executed) =>
        bindings.requestPlace(system, {
          node: plan.index,
          item: indexOf(context),
          // Run as it is, the node has no items to speak of.
          about: () => (context.whole ? aboutNode(plan, context.base) : aboutItem(plan, context)),
          grant: () => self.send({ type: 'grant', at: bindings.now(system) }),
          refuse: (failure) => self.send({ type: 'refuse', failure }),
        }),
      releasePlace: ({ context, system }: Executed) =>
        bindings.releasePlace(system, { node: plan.index, item: indexOf(context) }),
    },
  } as never);
}
