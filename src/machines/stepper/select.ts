import type { AnyEventObject } from 'xstate';
import { type ActiveChild, isActive } from './configuration.js';
import type { SteppedMachine } from './execute.js';
import type { StepHandler, StepState, StepTransition } from './step-table.js';
import type { Vector } from './vector.js';

/** What a transition is selected by. To guards, which are given it, it is a context and an event. */
export class Occasion {
  readonly #machine: SteppedMachine;
  readonly #active: Vector<ActiveChild | null>;

  constructor(
    readonly context: unknown,
    readonly event: AnyEventObject,
    machine: SteppedMachine,
    active: Vector<ActiveChild | null>,
  ) {
    this.#machine = machine;
    this.#active = active;
  }

  /** Which states are active. */
  get active(): Vector<ActiveChild | null> {
    return this.#active;
  }

  /** What stands under a name among the machine's guards. */
  guardNamed(name: string): unknown {
    return this.#machine.implementations.guards?.[name];
  }
}

/**
 * The transitions that an event enables, in document order. A state is asked only where no state inside of it has one. No two
 * of them leave the same state, as each leads to a state beside its own.
 */
export function enabledBy(first: StepHandler, occasion: Occasion): readonly StepTransition[] {
  const enabled: StepTransition[] = [];
  // What is inside of a handler comes right before it.
  let last: StepState | null = null;
  for (let handler: StepHandler | null = first; handler !== null; handler = handler.next) {
    const { state }: StepHandler = handler;
    if (last !== null && last.order > state.order && last.order <= state.last) continue;
    const transition = enabledIn(handler, occasion);
    if (transition === null) continue;
    enabled.push(transition);
    last = state;
  }
  return enabled;
}

/** The transition that an event enables in one state. */
export function enabledIn(handler: StepHandler, occasion: Occasion): StepTransition | null {
  return isActive(occasion.active, handler.state) ? firstEnabled(occasion, handler) : null;
}

/** The transitions of `always` that are enabled in the states given, in the order in which XState looks at them. */
export function enabledAlways(occasion: Occasion, states: readonly StepState[]): readonly StepTransition[] {
  let enabled: StepTransition[] | null = null;
  for (const state of states.length > 1 ? inOrderOfEntry(occasion.active, states) : states) {
    let transition = state.always;
    while (transition !== null && !passes(occasion, transition)) transition = transition.otherwise;
    if (transition === null) continue;
    enabled ??= [];
    enabled.push(transition);
  }
  return enabled ?? NONE;
}

/** The transitions that lead somewhere, by where they come from. */
export function inDocumentOrder(transitions: readonly StepTransition[]): readonly StepTransition[] {
  if (transitions.length === 1) return transitions[0]?.target === null ? NONE : transitions;
  const moves = transitions.filter(({ target }) => target !== null);
  return moves.length < 2 ? moves : moves.sort((a, b) => a.source.order - b.source.order);
}

const NONE: readonly StepTransition[] = [];

function inOrderOfEntry(active: Vector<ActiveChild | null>, states: readonly StepState[]): StepState[] {
  const entered = ({ parent }: StepState): number =>
    (parent?.type === 'compound' ? active.get(parent.slot)?.entered : 0) ?? 0;
  return [...new Set(states)].sort((a, b) => entered(a) - entered(b) || a.order - b.order);
}

function firstEnabled(occasion: Occasion, { state, transition: first }: StepHandler): StepTransition | null {
  let transition = first;
  while (transition !== null && !passesIn(state, occasion, transition)) {
    transition = transition.otherwise;
  }
  return transition;
}

function passesIn(state: StepState, occasion: Occasion, transition: StepTransition): boolean {
  try {
    return passes(occasion, transition);
  } catch (error) {
    const { guardName: name } = transition;
    const says = (error as Error).message;
    throw new Error(
      `Unable to evaluate guard ${typeof name === 'string' ? `'${name}' ` : ''}in transition for event '${occasion.event.type}' in state node '${state.id}':\n${says}`,
    );
  }
}

type Predicate = (step: { context: unknown; event: AnyEventObject }, params: unknown) => boolean;

function passes(occasion: Occasion, { guard, guardName, guardParams }: StepTransition): boolean {
  if (guardName !== null) return holds(occasion, guardName, guardParams);
  return guard === null || (guard as Predicate)(occasion, undefined);
}

/** Whether a guard with a name holds, which may stand for another name. */
function holds(occasion: Occasion, name: string, params: unknown): boolean {
  const known = occasion.guardNamed(name);
  // The words are XState's, stray quote included: what fails under one stepper fails alike under the other.
  if (known === undefined) throw new Error(`Guard '${name}' is not implemented.'.`);
  if (typeof known === 'string') return holds(occasion, known, undefined);
  if (typeof known === 'object') {
    const { type, params: own } = known as { readonly type: string; readonly params?: unknown };
    return holds(occasion, type, own);
  }
  return (known as Predicate)(occasion, typeof params === 'function' ? params(occasion) : params);
}
