import type { AnyStateMachine } from 'xstate';
import {
  idInside,
  idOfMachine,
  invokeId,
  invokesOf,
  listOf,
  type StateConfig,
  stateType,
  type TransitionConfig,
  targetsOf,
  transitionConfigs,
  visitTransitions,
} from './xstate-config.js';
import { type BuiltinAction, builtinAction, isBuiltinGuard } from './xstate-internals.js';

/** Whether a machine is one that the fast stepper steps exactly as XState does, or else why it is not. */
export type Certificate = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const ACTIONS: ReadonlySet<string> = new Set([
  'xstate.assign',
  'xstate.raise',
  'xstate.sendTo',
  'xstate.cancel',
  'xstate.emit',
  'xstate.log',
  'xstate.spawnChild',
]);

/**
 * Looks at all that a machine is made of, as its config has it. The subset: compound and parallel states at any depth; each transition
 * without a target, or from a state to another one beside it, by its key; `always` on atomic states; one invoked actor for each state, by
 * name, and those that actions spawn by name and id, which end with the machine; no history, wildcards, re-entry, routes, built-in guards, or ids
 * of states. What XState would refuse is not in it.
 *
 * @example
 * certify(createMachine({ initial: 'a', states: { a: { on: { '*': 'b' } }, b: {} } })).ok; // false
 */
export function certify({
  config,
  implementations,
}: Pick<AnyStateMachine, 'config' | 'implementations'>): Certificate {
  const root = { config: config as StateConfig, key: idOfMachine(config as StateConfig), parent: null };
  const reason =
    (config.options === undefined ? null : 'The machine has options.') ??
    wrongRoot(root.config) ??
    wrongIn(root, new Set()) ??
    wrongImplementations(implementations);
  return reason === null ? { ok: true } : { ok: false, reason };
}

/** What of the implementations the stepper cannot do: they may be replaced after the states were certified. */
export function wrongImplementations({ guards, actions }: AnyStateMachine['implementations']): string | null {
  for (const [name, guard] of Object.entries(guards ?? {})) {
    const wrong = wrongGuard(guard);
    if (wrong !== null) return `Guard \`${name}\` ${wrong}.`;
  }
  for (const [name, action] of Object.entries(actions ?? {})) {
    const wrong = wrongAction(action);
    if (wrong !== null) return `Action \`${name}\` ${wrong}.`;
  }
  return null;
}

/** A state on the way down. */
interface Place {
  readonly config: StateConfig;
  readonly key: string;
  readonly parent: Place | null;
}

const idOf = ({ key, parent }: Place): string => (parent === null ? key : idInside(idOf(parent), key));

const typeOf = (place: Place | null): string | null => (place === null ? null : stateType(place.config));

function wrongRoot(config: StateConfig): string | null {
  const type = stateType(config);
  if (type !== 'compound' && type !== 'parallel') return 'The machine has no states.';
  return invokesOf(config).length > 0 ? 'The machine invokes an actor itself.' : null;
}

/** @param actors the ids of those that were seen to be invoked */
function wrongIn(place: Place, actors: Set<string>): string | null {
  const found = isObject(place.config) ? wrongState(place, actors) : 'is nothing';
  if (found !== null) return `State \`${idOf(place)}\` ${found}.`;
  const { states } = place.config;
  if (states === undefined) return null;
  for (const key of Object.keys(states)) {
    const inside = wrongIn({ config: states[key] as StateConfig, key, parent: place }, actors);
    if (inside !== null) return inside;
  }
  return null;
}

/** Keys that mean something else to XState where a state is looked up, or that no object has as a key of its own. */
const UNSAFE_KEY = /[.\\]|^#|^__proto__$|^$/;

function wrongState(place: Place, actors: Set<string>): string | null {
  const { config, key, parent } = place;
  const type = stateType(config);
  if (!TYPES.has(type)) return type === 'history' ? 'is a history state' : 'is of a type that is not known';
  if (parent !== null && UNSAFE_KEY.test(key)) return 'has a key that is not a plain name';
  if (parent !== null && config.id !== undefined) return 'has an id of its own';
  if (config.route !== undefined) return 'has a route';
  const wrong = wrongInside(config, type) ?? (type === 'final' ? wrongFinal(place) : null);
  if (wrong !== null) return wrong;
  if (config.always && type !== 'atomic') return 'has `always` and states inside of it';
  return (
    wrongInvoke(place, actors) ??
    first(listOf(config.entry), wrongAction) ??
    first(listOf(config.exit), wrongAction) ??
    wrongTimers(config) ??
    wrongEvents(place) ??
    (config.always ? wrongAlways(place) : null)
  );
}

const TYPES: ReadonlySet<string> = new Set(['atomic', 'final', 'compound', 'parallel']);

function wrongInside({ initial, states }: StateConfig, type: string): string | null {
  if (initial !== undefined && typeof initial !== 'string') return 'has actions on its initial transition';
  if (type === 'compound') {
    return initial !== undefined && isObject(states) && Object.hasOwn(states, initial)
      ? null
      : 'has no state to begin with';
  }
  const isEmpty = states === undefined || (isObject(states) && Object.keys(states).length === 0);
  return type === 'parallel' ? null : isEmpty ? null : `is ${type} and has states inside of it`;
}

function wrongFinal({ config, parent }: Place): string | null {
  if (typeOf(parent) === 'parallel') return 'is final in a parallel state';
  let canBeLeft = Boolean(config.always);
  visitTransitions(config, NO_ID, () => {
    canBeLeft = true;
  });
  return canBeLeft ? 'is final and can be left' : null;
}

const NO_ID = (): string => '';

function wrongInvoke(place: Place, actors: Set<string>): string | null {
  if (place.config.invoke === undefined) return null;
  const [invoke, ...others] = invokesOf(place.config);
  if (invoke === undefined) return null;
  if (others.length > 0) return 'invokes several actors';
  if (typeOf(place.parent) !== 'compound') return 'invokes an actor as a region';
  if (typeof invoke?.src !== 'string') return 'invokes an actor that has no name';
  const id = invokeId(invoke, 0, idOf(place));
  if (actors.has(id)) return `invokes an actor with the id of another, \`${id}\``;
  actors.add(id);
  return null;
}

/** Two ways to write one delay would be one event. */
function wrongTimers({ after }: StateConfig): string | null {
  if (after === undefined) return null;
  for (const delay of Object.keys(after)) {
    if (!Number.isNaN(+delay) && String(+delay) !== delay)
      return 'has a delay that is not written as a number';
    const written = after[delay];
    if (Array.isArray(written) && !written.every(isObject)) return 'has a timer that leads nowhere';
  }
  return null;
}

function wrongEvents(place: Place): string | null {
  const { on } = place.config;
  for (const event of on === undefined ? [] : Object.keys(on)) {
    if (event === '') return 'has a transition for no event';
    if (event.startsWith('xstate.')) return 'has a transition for an event of XState’s own';
  }
  let wrong: string | null = null;
  visitTransitions(
    place.config,
    () => idOf(place),
    (event, written) => {
      wrong ??=
        wrongDescriptor(event) ?? first(transitionConfigs(written), (one) => wrongTransition(one, place));
    },
  );
  return wrong;
}

function wrongAlways(place: Place): string | null {
  return first(transitionConfigs(place.config.always), (always) =>
    isObject(always) && targetsOf(always).length === 0
      ? 'has an `always` without a target'
      : wrongTransition(always, place),
  );
}

const wrongDescriptor = (descriptor: string): string | null =>
  descriptor === '*' || descriptor.endsWith('.*') ? 'has a transition for any event' : null;

function wrongTransition(transition: TransitionConfig, { key, parent }: Place): string | null {
  if (!isObject(transition)) return 'has a transition that is nothing';
  const { reenter, guard, actions, cond } = transition;
  if (reenter) return 'has a transition that re-enters';
  if (cond) return 'has a `cond`';
  const wrong = guard === undefined ? null : wrongGuard(guard);
  if (wrong !== null) return `has a guard that ${wrong}`;
  const targets = targetsOf(transition);
  if (targets.length > 1) return 'has a transition to several states';
  if (targets.length === 1) {
    const [target] = targets;
    const beside = typeOf(parent) === 'compound' ? parent?.config.states : undefined;
    const isBeside = typeof target === 'string' && beside !== undefined && Object.hasOwn(beside, target);
    if (!isBeside || target === key) return 'has a transition to a state that is not beside it';
  }
  return first(listOf(actions), wrongAction);
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function wrongGuard(guard: unknown): string | null {
  if (isBuiltinGuard(guard)) return 'is made of other guards';
  if (typeof guard === 'object' && guard !== null && typeof (guard as { type?: unknown }).type !== 'string') {
    return 'has no name';
  }
  return null;
}

function wrongAction(action: unknown): string | null {
  const builtin = builtinAction(action);
  if (builtin === null) return null;
  if (!ACTIONS.has(builtin.type)) return `has the action \`${builtin.type}\``;
  if (builtin.type === 'xstate.spawnChild') return wrongSpawn(builtin);
  return builtin.type === 'xstate.assign' && typeof builtin.assignment !== 'function'
    ? 'assigns each key by itself'
    : null;
}

function wrongSpawn({ src, id, systemId, syncSnapshot }: BuiltinAction): string | null {
  if (typeof src !== 'string') return 'spawns an actor that has no name';
  if (!id) return 'spawns an actor that has no id';
  return systemId === undefined && !syncSnapshot ? null : 'spawns an actor that others can see';
}

function first<T>(things: Iterable<T>, wrong: (thing: T) => string | null): string | null {
  for (const thing of things) {
    const found = wrong(thing);
    if (found !== null) return found;
  }
  return null;
}
