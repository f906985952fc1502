import type { AnyTransitionDefinition } from 'xstate';
import { doneStateEvent } from './xstate-internals.js';

/*
 * How XState reads the config of a machine: what it makes of the short forms, and the ids and types of events that it makes up. As with
 * `xstate-internals.ts`, it holds for the one version that package.json pins.
 */

export interface TransitionConfig {
  readonly target?: unknown;
  readonly guard?: AnyTransitionDefinition['guard'];
  readonly actions?: unknown;
  readonly reenter?: unknown;
  readonly cond?: unknown;
}

export interface InvokeConfig {
  readonly id?: string;
  readonly src?: unknown;
  readonly systemId?: string;
  readonly input?: unknown;
  readonly onDone?: unknown;
  readonly onError?: unknown;
  readonly onSnapshot?: unknown;
}

/** A state as it was written, before XState has made a node of it. */
export interface StateConfig {
  readonly id?: string;
  readonly type?: string;
  readonly history?: unknown;
  readonly route?: unknown;
  readonly initial?: unknown;
  readonly states?: { readonly [key: string]: StateConfig };
  readonly entry?: unknown;
  readonly exit?: unknown;
  readonly invoke?: unknown;
  readonly always?: unknown;
  readonly on?: { readonly [event: string]: unknown };
  readonly after?: { readonly [delay: string]: unknown };
  readonly onDone?: unknown;
  readonly output?: unknown;
}

/** What a machine is called that has no `id`. */
export const idOfMachine = ({ id }: StateConfig): string => id || '(machine)';

export const idInside = (parent: string, key: string): string => `${parent}.${key}`;

/** What XState takes a state for; a text of its own that is no type stays what it is. */
export function stateType({ type, states, history }: StateConfig): string {
  if (type) return type;
  if (states && Object.keys(states).length > 0) return 'compound';
  return history ? 'history' : 'atomic';
}

/** A thing, a list of them, or nothing, as a list. */
export const listOf = (value: unknown): readonly unknown[] => {
  if (value === undefined) return NONE;
  return Array.isArray(value) ? value : [value];
};

const NONE: readonly never[] = [];

/** The transitions that are written under one event: nothing is one that forbids those of the states around. */
export function transitionConfigs(value: unknown): readonly TransitionConfig[] {
  if (Array.isArray(value)) return value.some(isShort) ? value.map(spelledOut) : value;
  return [spelledOut(value)];
}

const isShort = (value: unknown): boolean => value === undefined || typeof value === 'string';

const spelledOut = (value: unknown): TransitionConfig =>
  isShort(value) ? { target: value } : (value as TransitionConfig);

/** Where a transition leads, as written; empty for one that leads nowhere. */
export const targetsOf = ({ target }: TransitionConfig): readonly unknown[] =>
  target === '' ? NONE : listOf(target);

export const invokesOf = ({ invoke }: StateConfig): readonly InvokeConfig[] =>
  listOf(invoke) as readonly InvokeConfig[];

export const invokeId = ({ id }: InvokeConfig, index: number, state: string): string =>
  id ?? `${index}.${state}`;

/** A timer of a state: raised as that is entered, cancelled as it is left. */
export interface Timer {
  /** The type of its event, and its id. */
  readonly event: string;
  /** Milliseconds, or the name of a delay. */
  readonly delay: number | string;
}

/** @param id the state's */
export const timersOf = ({ after }: StateConfig, id: string): readonly Timer[] =>
  after ? Object.keys(after).map((written) => timer(written, id)) : NONE;

function timer(written: string, id: string): Timer {
  const delay = Number.isNaN(+written) ? written : +written;
  return { event: `xstate.after.${delay}.${id}`, delay };
}

/**
 * Shows each event that a state has transitions for, in XState's order, and what is written under it.
 *
 * @param id gives the id of the state
 */
export function visitTransitions(
  config: StateConfig,
  id: () => string,
  visit: (event: string, transitions: unknown) => void,
): void {
  const { on, onDone, after } = config;
  if (on) for (const event of Object.keys(on)) visit(event, on[event]);
  if (onDone) visit(doneStateEvent(id(), undefined).type, onDone);
  if (config.invoke !== undefined) {
    invokesOf(config).forEach((invoke, index) => {
      const actor = invokeId(invoke, index, invoke.id === undefined ? id() : '');
      if (invoke.onDone) visit(`xstate.done.actor.${actor}`, invoke.onDone);
      if (invoke.onError) visit(`xstate.error.actor.${actor}`, invoke.onError);
      if (invoke.onSnapshot) visit(`xstate.snapshot.${actor}`, invoke.onSnapshot);
    });
  }
  if (after) {
    for (const written of Object.keys(after)) visit(timer(written, id()).event, after[written] ?? NONE);
  }
}
