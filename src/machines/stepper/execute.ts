import {
  type AnyActorLogic,
  type AnyActorRef,
  type AnyActorScope,
  type AnyEventObject,
  type AnyStateMachine,
  createActor,
} from 'xstate';
import { ActionInfo, AssignmentInfo } from './action-info.js';
import type { Awake } from './awake.js';
import { beginOf } from './one-shot.js';
import { OneShotActor } from './one-shot-actor.js';
import { isPlainSend, sendPlainly } from './plain-send.js';
import { setOrClear } from './plain-timer.js';
import { replacesContext } from './replace-context.js';
import type { StepAction, StepInvoke } from './step-table.js';
import {
  type BuiltinAction,
  ProcessingStatus,
  type ResolvedAction,
  resolvedAction,
  type SnapshotView,
  startInvoked,
  statusOf,
  stopInvoked,
} from './xstate-internals.js';

function makeActor(
  logic: AnyActorLogic,
  invoke: StepInvoke,
  parent: AnyActorRef,
  input: unknown,
): AnyActorRef {
  const { id, src, systemId, syncSnapshot } = invoke;
  const begin = systemId === undefined && !syncSnapshot ? beginOf(logic) : null;
  return begin === null
    ? createActor(logic, { id, src, parent, syncSnapshot, systemId, input } as never)
    : (new OneShotActor(logic, begin, invoke, parent, input) as unknown as AnyActorRef);
}

/** A machine with its actions as they are run. */
export type SteppedMachine = AnyStateMachine & {
  readonly resolvedActions: ReadonlyMap<string, ResolvedAction>;
};

export function resolveActions({
  actions,
}: AnyStateMachine['implementations']): ReadonlyMap<string, ResolvedAction> {
  return new Map(Object.entries(actions ?? {}).map(([name, action]) => [name, resolvedAction(action)]));
}

/** The actors of a machine in the middle of a step. */
export interface Children {
  /** By id, in the order in which they began. */
  readonly children: Record<string, AnyActorRef>;
  /** One of them, found without looking at the others. */
  actorNamed(id: string): AnyActorRef | undefined;
  /** Takes in one that an action has spawned. */
  spawned(id: string, actor: AnyActorRef): void;
}

/** Runs the actions of one macrostep, and keeps what becomes of the context. */
export class Executor {
  context: unknown;
  /** What was raised at once, for the microsteps after this one. */
  readonly raised: AnyEventObject[] = [];
  /** Whether actions are executed here: the actor runs, and nobody is to be told of them. */
  readonly #isDirect: boolean;

  constructor(
    readonly machine: SteppedMachine,
    readonly scope: AnyActorScope,
    context: unknown,
    private readonly awake: Awake,
    isWatched: boolean,
    private readonly children: Children,
  ) {
    this.context = context;
    this.#isDirect = !isWatched && statusOf(scope.self) === ProcessingStatus.Running;
  }

  /**
   * Runs an action, and those after it.
   *
   * @param own the id of the actor that the state is about to invoke: what is sent to it waits until it is there
   */
  run(first: StepAction | null, event: AnyEventObject, own: string | null = null): Unsent {
    let unsent = ALL_SENT;
    for (let action = first; action !== null; action = action.next) {
      const { machine, scope, context } = this;
      if (action.timer !== null && this.#isDirect) {
        setOrClear(scope, action.timer);
        continue;
      }
      const { execute, builtin } = action.inline ?? machine.resolvedActions.get(action.name) ?? UNKNOWN;
      const params = typeof action.params === 'function' ? action.params({ context, event }) : action.params;
      if (builtin?.type === 'xstate.assign') {
        this.#assign(builtin, event, params);
        this.awake.changed(action.wakes);
        continue;
      }
      const info = new ActionInfo(context, event, scope);
      if (builtin?.type === 'xstate.spawnChild') {
        this.#spawnChild(builtin as SpawnAction, info);
      } else if (builtin === null) {
        if (!this.#isDirect) {
          scope.actionExecutor({ type: action.name, info, params, exec: execute } as never);
        } else if (execute !== undefined) {
          (execute as Execute)(info, params);
        }
      } else {
        const sent = this.#send(builtin, info, params, own);
        if (own !== null && builtin.retryResolve !== undefined) unsent = [...unsent, [builtin, sent]];
      }
    }
    return unsent;
  }

  /** Sends what waited for the actor that its state has invoked. */
  sendLate(unsent: Unsent): void {
    for (const [builtin, params] of unsent) builtin.retryResolve?.(this.scope, this.#view(), params);
  }

  spawn(invoke: StepInvoke, event: AnyEventObject): AnyActorRef | undefined {
    const { id, src, systemId, input } = invoke;
    const { scope, context } = this;
    const { self } = scope;
    const logic = this.machine.implementations.actors?.[src];
    const given = typeof input === 'function' ? input({ context, event, self }) : input;
    const actorRef = logic === undefined ? undefined : makeActor(logic as AnyActorLogic, invoke, self, given);
    if (this.#isDirect) {
      startSoon(scope, actorRef);
    } else {
      const params = { id, systemId, actorRef, src, input: logic === undefined ? undefined : given };
      this.#tellOfStart(params, new ActionInfo(context, event, scope));
    }
    return actorRef;
  }

  /** As XState's own action does, which would look at all states to make a snapshot of them. */
  #spawnChild({ src, id, input }: SpawnAction, info: ActionInfo): void {
    const { context, event, self } = info;
    const logic = this.machine.implementations.actors?.[src] as AnyActorLogic | undefined;
    const given = typeof input === 'function' ? input({ context, event, self }) : input;
    const known = typeof id === 'function' ? id(info) : id;
    const options = { id: known, src, parent: self, syncSnapshot: false, input: given };
    const actorRef = logic === undefined ? undefined : createActor(logic, options as never);
    if (actorRef !== undefined) this.children.spawned(known as string, actorRef);
    if (this.#isDirect) startSoon(this.scope, actorRef);
    else this.#tellOfStart({ id, systemId: undefined, actorRef, src, input: given }, info);
  }

  #tellOfStart(params: ActorParams, info: ActionInfo): void {
    const { scope } = this;
    const exec = () => startInvoked(scope, params);
    scope.actionExecutor({ type: 'xstate.spawnChild', info, params, exec } as never);
  }

  stop(child: AnyActorRef | undefined, event: AnyEventObject): void {
    const { scope, context } = this;
    if (this.#isDirect) {
      // One that has ended by itself, as most have, is out of the system already.
      if (child !== undefined && statusOf(child) !== ProcessingStatus.Stopped) stopInvoked(scope, child);
      return;
    }
    scope.actionExecutor({
      type: 'xstate.stopChild',
      info: new ActionInfo(context, event, scope),
      params: child,
      exec: () => stopInvoked(scope, child),
    } as never);
  }

  #assign({ assignment }: BuiltinAction, event: AnyEventObject, params: unknown): void {
    const { context, scope } = this;
    const next = (assignment as Assignment)(new AssignmentInfo(context, event, scope), params);
    this.context = replacesContext(assignment as object) ? next : { ...(context as object), ...next };
  }

  /** Any other built-in action; returns what it is executed with. */
  #send(builtin: BuiltinAction, info: ActionInfo, params: unknown, own: string | null): unknown {
    const { scope } = this;
    if (this.#isDirect && own === null && isPlainSend(builtin)) {
      sendPlainly(builtin, scope, this.machine.id, this.children, info, params);
      return undefined;
    }
    const [, resolved] = builtin.resolve(scope, this.#view(), info, params, builtin, {
      internalQueue: this.raised,
      deferredActorIds: own === null ? undefined : [own],
    });
    const { type, execute } = builtin;
    if (execute !== undefined) {
      scope.actionExecutor({ type, info, params: resolved, exec: () => execute(scope, resolved) } as never);
    }
    return resolved;
  }

  #view(): SnapshotView {
    return new View(this.machine, this.context, this.children);
  }
}

class View implements SnapshotView {
  readonly #children: Children;

  constructor(
    readonly machine: SteppedMachine,
    readonly context: unknown,
    children: Children,
  ) {
    this.#children = children;
  }

  get children(): Record<string, AnyActorRef> {
    return this.#children.children;
  }
}

/** As `startInvoked`, without what is made for XState's own function. */
function startSoon(scope: AnyActorScope, actor: AnyActorRef | undefined): void {
  if (actor === undefined) return;
  scope.defer(() => {
    if (statusOf(actor) !== ProcessingStatus.Stopped) actor.start();
  });
}

/** What XState says of an actor that begins. */
interface ActorParams {
  readonly id: unknown;
  readonly systemId: string | undefined;
  readonly actorRef: AnyActorRef | undefined;
  readonly src: string;
  readonly input: unknown;
}

/** `spawnChild` as far as it is certified. */
interface SpawnAction {
  readonly src: string;
  readonly id: string | ((info: ActionInfo) => string) | undefined;
  readonly input: unknown;
}

type Execute = (info: object, params: unknown) => void;
type Assignment = (step: object, params: unknown) => object | undefined;

export type Unsent = readonly (readonly [BuiltinAction, unknown])[];

const ALL_SENT: Unsent = [];

/** An action without an implementation does nothing. */
const UNKNOWN: ResolvedAction = { execute: undefined, builtin: null };
