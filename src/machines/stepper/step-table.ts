import type { AnyEventObject, AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { doneStateEvent, type ResolvedAction, resolvedAction } from './xstate-internals.js';

/**
 * By name of an action that changes the context: the keys of the regions whose `always` may be decided another way after it, given
 * its parameters. The `always` guards of a machine that declares this look at the context alone. An action that is
 * not in it may change anything.
 */
export type WakeList = ReadonlyMap<string, (params: never) => readonly string[]>;

export interface StepAction {
  /** What it does; `null` where it is looked up by `name`. */
  readonly inline: ResolvedAction | null;
  readonly name: string;
  readonly params: unknown;
  /** Slots of the regions that it wakes; `null` for all there are. */
  readonly wakes: readonly number[] | null;
}

export interface StepTransition {
  readonly definition: AnyTransitionDefinition;
  readonly source: StepState;
  readonly target: StepState | null;
  readonly guard: AnyTransitionDefinition['guard'];
  readonly actions: readonly StepAction[];
}

export interface StepInvoke {
  readonly id: string;
  readonly src: string;
  readonly systemId: string | undefined;
  readonly input: unknown;
  readonly syncSnapshot: boolean;
}

/** A state node as the stepper looks at it. */
export interface StepState {
  readonly node: AnyStateNode;
  readonly type: 'atomic' | 'final' | 'compound' | 'parallel';
  /** Position in document order, and that of the last state inside of it. */
  readonly order: number;
  readonly last: number;
  readonly parent: StepState | null;
  readonly children: readonly StepState[];
  /** The child that a compound state is entered at. */
  readonly initial: StepState | null;
  /** Of a compound state: where a configuration keeps its active child. Of a parallel one: where it counts the children that are done. */
  readonly slot: number;
  readonly entry: readonly StepAction[];
  readonly exit: readonly StepAction[];
  readonly invoke: StepInvoke | null;
  readonly always: readonly StepTransition[];
  /** What is raised when it is done, where that has no output. */
  readonly doneEvent: AnyEventObject;
}

/** A state that has transitions for an event. */
export interface StepHandler {
  readonly state: StepState;
  readonly transitions: readonly StepTransition[];
}

/** A machine by numbers: made once, shared by all machines that differ in their implementations only. */
export interface StepTable {
  readonly root: StepState;
  readonly states: readonly StepState[];
  /** By event: each state after the states inside of it. */
  readonly handlers: ReadonlyMap<string, readonly StepHandler[]>;
  /** By id of the invoked actor. */
  readonly invokers: ReadonlyMap<string, StepState>;
  readonly compounds: number;
  readonly parallels: number;
  /** Whether it is known what wakes an `always`. */
  readonly declaresWakes: boolean;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** @param machine one that is certified @throws Error for a wake list that names a region which is not there */
export function stepTable(machine: AnyStateMachine, wakes: WakeList | null): StepTable {
  const states: Mutable<StepState>[] = [];
  const byNode = new Map<AnyStateNode, Mutable<StepState>>();
  const counts = { compound: 0, parallel: 0 };

  const number = (node: AnyStateNode, parent: StepState | null): StepState => {
    const type = node.type === 'history' ? 'atomic' : node.type;
    const state: Mutable<StepState> = {
      node,
      type,
      order: states.length,
      last: states.length,
      parent,
      children: [],
      initial: null,
      slot: type === 'compound' || type === 'parallel' ? counts[type]++ : -1,
      entry: [],
      exit: [],
      invoke: invokeOf(node),
      always: [],
      doneEvent: doneStateEvent(node.id, undefined),
    };
    states.push(state);
    byNode.set(node, state);
    state.children = Object.values(node.states).map((child) => number(child, state));
    state.last = states.length - 1;
    return state;
  };
  const root = number(machine.root, null);

  const stateOf = (node: AnyStateNode): StepState => {
    const state = byNode.get(node);
    if (state === undefined) throw new Error(`State ${node.id} is not one of the machine.`);
    return state;
  };
  const actionOf = actionReader(wakes, regionsWithAlways(states));
  const transitionOf = (definition: AnyTransitionDefinition): StepTransition => {
    const [target] = definition.target ?? [];
    return {
      definition,
      source: stateOf(definition.source),
      target: target === undefined ? null : stateOf(target),
      guard: definition.guard,
      actions: definition.actions.map(actionOf),
    };
  };
  for (const state of states) {
    const { node } = state;
    if (state.type === 'compound') state.initial = node.initial.target.map(stateOf)[0] ?? null;
    state.entry = node.entry.map(actionOf);
    state.exit = node.exit.map(actionOf);
    state.always = (node.always ?? []).map(transitionOf);
  }

  return {
    root,
    states,
    handlers: handlersIn(root, transitionOf),
    invokers: new Map(states.flatMap((state) => (state.invoke === null ? [] : [[state.invoke.id, state]]))),
    compounds: counts.compound,
    parallels: counts.parallel,
    declaresWakes: wakes !== null,
  };
}

function invokeOf(node: AnyStateNode): StepInvoke | null {
  const [invoke] = node.invoke;
  if (invoke === undefined) return null;
  const { id, src, systemId, input, onSnapshot } = invoke as typeof invoke & { onSnapshot?: unknown };
  return { id, src: src as string, systemId, input, syncSnapshot: onSnapshot !== undefined };
}

/** By key: the slots of the states that have a child with `always`. */
function regionsWithAlways(states: readonly StepState[]): ReadonlyMap<string, readonly number[]> {
  const slots = new Map<string, number[]>();
  for (const { type, node, slot, children } of states) {
    if (type !== 'compound' || !children.some((child) => child.node.always !== undefined)) continue;
    slots.set(node.key, [...(slots.get(node.key) ?? []), slot]);
  }
  return slots;
}

function actionReader(wakes: WakeList | null, regions: ReadonlyMap<string, readonly number[]>) {
  const slotsFor = (name: string, params: unknown): readonly number[] | null => {
    const wakesOf = wakes?.get(name);
    if (wakesOf === undefined || typeof params === 'function') return null;
    return [...new Set(wakesOf(params as never))].flatMap((key) => {
      const slots = regions.get(key);
      if (slots === undefined) throw new Error(`Action ${name} wakes ${key}, which is no region that waits.`);
      return slots;
    });
  };
  return (action: unknown): StepAction => {
    if (typeof action === 'function') {
      return {
        inline: resolvedAction(action),
        name: action.name || '(anonymous)',
        params: undefined,
        wakes: null,
      };
    }
    const { type, params } =
      typeof action === 'string'
        ? { type: action, params: undefined }
        : (action as { type: string; params?: unknown });
    return { inline: null, name: type, params, wakes: slotsFor(type, params) };
  };
}

function handlersIn(
  root: StepState,
  transitionOf: (definition: AnyTransitionDefinition) => StepTransition,
): ReadonlyMap<string, readonly StepHandler[]> {
  const handlers = new Map<string, StepHandler[]>();
  const visit = (state: StepState): void => {
    for (const child of state.children) visit(child);
    for (const [type, definitions] of state.node.transitions) {
      const handler = { state, transitions: definitions.map(transitionOf) };
      const known = handlers.get(type);
      if (known === undefined) handlers.set(type, [handler]);
      else known.push(handler);
    }
  };
  visit(root);
  return handlers;
}
