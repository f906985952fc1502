import {
  type AnyActorRef,
  type AnyActorScope,
  type AnyEventObject,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyStateNode,
  type AnyTransitionDefinition,
  spawnChild,
  stopChild,
} from 'xstate';
import { lightenTimers, type TimedSystem } from './timers.js';

/*
 * Everything that the stepper knows of XState beyond what XState documents. It holds for the one version that package.json pins.
 */

/** The events that XState itself sends to a machine. */
export const INIT = 'xstate.init';
export const STOP = 'xstate.stop';
export const isActorError = ({ type }: AnyEventObject): boolean => type.startsWith('xstate.error.actor');
export const doneActorEvent = (id: string): string => `xstate.done.actor.${id}`;
export const errorActorEvent = (id: string): string => `xstate.error.actor.${id}`;
export const doneStateEvent = (id: string, output: unknown): AnyEventObject => ({
  type: `xstate.done.state.${id}`,
  output,
});

/** What `assign(…)`, `raise(…)` and the like return: a function that carries what it does. */
export interface BuiltinAction {
  readonly type: string;
  readonly assignment?: unknown;
  /** Of \`spawnChild\`. */
  readonly src?: unknown;
  readonly id?: unknown;
  readonly input?: unknown;
  readonly systemId?: unknown;
  readonly syncSnapshot?: unknown;
  /** Says what is to be executed: `[snapshot, params]`. An immediate `raise` is put into `extra.internalQueue`. */
  resolve(
    scope: AnyActorScope,
    snapshot: SnapshotView,
    info: object,
    params: unknown,
    action: unknown,
    extra: {
      readonly internalQueue: AnyEventObject[];
      readonly deferredActorIds: readonly string[] | undefined;
    },
  ): readonly [unknown, unknown];
  /** Puts the actors that were only named into `params`, once they are there. */
  retryResolve?(scope: AnyActorScope, snapshot: SnapshotView, params: unknown): void;
  execute?(scope: AnyActorScope, params: unknown): void;
}

/** What builtin actions look at in a snapshot. */
export interface SnapshotView {
  readonly machine: AnyStateMachine;
  readonly context: unknown;
  readonly children: Readonly<Record<string, AnyActorRef>>;
}

export function builtinAction(resolved: unknown): BuiltinAction | null {
  return typeof resolved === 'function' && 'resolve' in resolved
    ? (resolved as unknown as BuiltinAction)
    : null;
}

/** An action by what it is: made once, as telling that apart takes longer than much of what actions do. */
export interface ResolvedAction {
  /** What is executed; `null` for a built-in action. */
  readonly execute: unknown;
  readonly builtin: BuiltinAction | null;
}

export function resolvedAction(resolved: unknown): ResolvedAction {
  return { execute: resolved, builtin: builtinAction(resolved) };
}

/** Whether a guard is one of `and`, `or`, `not` and `stateIn`. */
export const isBuiltinGuard = (guard: unknown): boolean => typeof guard === 'function' && 'check' in guard;

const executeSpawn = builtinAction(spawnChild(''))?.execute;
const executeStop = builtinAction(stopChild(''))?.execute;

/** What `invoke` does as its state is entered. */
export function startInvoked(
  scope: AnyActorScope,
  params: { readonly actorRef: AnyActorRef | undefined },
): void {
  executeSpawn?.(scope, params);
}

/** What `invoke` does as its state is left. */
export function stopInvoked(scope: AnyActorScope, child: AnyActorRef | undefined): void {
  executeStop?.(scope, child);
}

/** All active state nodes, in the order in which they were entered. */
export const activeNodes = (snapshot: AnyMachineSnapshot): readonly AnyStateNode[] => snapshot._nodes;

/** What a system of actors does for the actors in it. */
export type ActorSystem = AnyActorRef['system'] & {
  _bookId(): string;
  _relay(source: unknown, target: AnyActorRef, event: AnyEventObject): void;
  _sendInspectionEvent(event: object): void;
};

/** How far an actor is, as XState numbers it. */
export const ProcessingStatus = { NotStarted: 0, Running: 1, Stopped: 2 } as const;
export type ProcessingStatus = (typeof ProcessingStatus)[keyof typeof ProcessingStatus];

/** How far an actor is. */
export const statusOf = (actor: AnyActorRef): ProcessingStatus =>
  (actor as unknown as { readonly _processingStatus: ProcessingStatus })._processingStatus;

const WATCHED = Symbol('watched');
/** XState copies an event for those who inspect a system, if there are any: this one cannot be copied, and so is given to nobody. */
const PROBE = Object.freeze({
  get type(): never {
    throw WATCHED;
  },
});

/** Whether somebody inspects a system: what nobody sees need not be said. */
export function isWatched(system: AnyActorRef['system']): boolean {
  try {
    (system as ActorSystem)._sendInspectionEvent(PROBE);
    return false;
  } catch (thrown) {
    if (thrown !== WATCHED) throw thrown;
    return true;
  }
}

export function inspectMicrostep(
  { self, system }: AnyActorScope,
  event: AnyEventObject,
  snapshot: unknown,
  transitions: readonly { readonly definition: () => AnyTransitionDefinition }[],
): void {
  (system as unknown as ActorSystem)._sendInspectionEvent({
    type: '@xstate.microstep',
    actorRef: self,
    event,
    snapshot,
    // Read only where somebody inspects.
    get _transitions() {
      return transitions.map(({ definition }) => definition());
    },
  });
}

/** Puts another snapshot in place of the one that an actor holds: what is thrown next, the actor notes on a copy of that. */
export function replaceSnapshot({ self }: AnyActorScope, held: unknown, snapshot: unknown): void {
  const actor = self as unknown as { _snapshot: unknown };
  if (actor._snapshot === held) actor._snapshot = snapshot;
}

const BOUND = [
  'transition',
  'getInitialSnapshot',
  'getPersistedSnapshot',
  'restoreSnapshot',
  'start',
] as const;

/**
 * The same machine with other implementations. XState's own `provide` makes all state nodes anew, which costs as much as
 * compiling the chart did; they know nothing of implementations, so that they can be shared.
 */
export function withImplementations<Machine extends AnyStateMachine>(
  machine: Machine,
  changes: Partial<Machine>,
): Machine {
  const copy = Object.assign(Object.create(Object.getPrototypeOf(machine)), machine, changes);
  for (const name of BOUND) copy[name] = Object.getPrototypeOf(machine)[name].bind(copy);
  return copy;
}

/** What an actor is about to execute, first in, first out: XState's own is an array, which takes its length to be shifted. */
class EffectQueue {
  /** Kept as it has grown once: it is filled and emptied at each step. */
  readonly #effects: ((() => void) | undefined)[] = [];
  #next = 0;
  #end = 0;

  push(effect: () => void): void {
    this.#effects[this.#end++] = effect;
  }

  shift(): (() => void) | undefined {
    if (this.#next === this.#end) {
      this.#next = 0;
      this.#end = 0;
      return undefined;
    }
    const effect = this.#effects[this.#next];
    this.#effects[this.#next++] = undefined;
    return effect;
  }

  /** XState sets it to 0. */
  set length(_: number) {
    this.#effects.length = 0;
    this.#next = 0;
    this.#end = 0;
  }
}

/**
 * Makes two things of an actor that is being made take constant time, which XState does in the time of all that there is: executing the next
 * effect, and cancelling the timers of another actor that ends.
 */
export function unburden(scope: AnyActorScope): void {
  (scope.self as unknown as { _deferred: EffectQueue })._deferred = new EffectQueue();
  lightenTimers(scope.system as unknown as TimedSystem);
}
