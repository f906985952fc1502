import { type AnyEventObject, type AnyStateNode, cancel, raise } from 'xstate';
import type {
  LateDefinition,
  StepAction,
  StepHandler,
  StepInvoke,
  StepState,
  StepTransition,
} from './step-table.js';
import {
  idInside,
  invokeId,
  invokesOf,
  listOf,
  type StateConfig,
  type TransitionConfig,
  targetsOf,
  timersOf,
  transitionConfigs,
} from './xstate-config.js';
import { doneActorEvent, doneStateEvent, errorActorEvent } from './xstate-internals.js';

/** What a state needs of the table that it is in. */
interface StateTable {
  actionOf(action: unknown): StepAction;
  nodeOf(state: StepState): AnyStateNode;
  readonly handlers: ReadonlyMap<string, { readonly event: string }>;
}

/** A state as its config has it. What it does is read from there when it is first needed, and kept. */
export class State implements StepState {
  children: readonly State[] = NO_STATES;
  last: number;
  #entry: readonly StepAction[] | undefined;
  #exit: readonly StepAction[] | undefined;
  #always: readonly StepTransition[] | undefined;
  #invoke: StepInvoke | undefined;
  #doneEvent: AnyEventObject | undefined;
  #isDoneAwaited: boolean | undefined;

  constructor(
    readonly table: StateTable,
    readonly config: StateConfig,
    readonly key: string,
    readonly type: StepState['type'],
    readonly parent: State | null,
    readonly order: number,
    readonly slot: number,
  ) {
    this.last = order;
  }

  get id(): string {
    return this.parent === null ? this.key : idInside(this.parent.id, this.key);
  }

  get output(): unknown {
    return this.type === 'final' || this.parent === null ? this.config.output : undefined;
  }

  get initial(): State | null {
    return this.type === 'compound' ? this.child(this.config.initial) : null;
  }

  get entry(): readonly StepAction[] {
    this.#entry ??= this.#actions(this.config.entry, ({ event, delay }) =>
      raise({ type: event }, { id: event, delay: delay as number }),
    );
    return this.#entry;
  }

  get exit(): readonly StepAction[] {
    this.#exit ??= this.#actions(this.config.exit, ({ event }) => cancel(event));
    return this.#exit;
  }

  get always(): readonly StepTransition[] {
    const { always } = this.config;
    this.#always ??= always ? transitionsOf(this, null, always) : NO_TRANSITIONS;
    return this.#always;
  }

  get invoke(): StepInvoke | null {
    if (this.config.invoke === undefined) return null;
    this.#invoke ??= this.#readInvoke();
    return this.#invoke ?? null;
  }

  get doneEvent(): AnyEventObject {
    this.#doneEvent ??= doneStateEvent(this.id, undefined);
    return this.#doneEvent;
  }

  get isDoneAwaited(): boolean {
    this.#isDoneAwaited ??= this.table.handlers.has(this.doneEvent.type);
    return this.#isDoneAwaited;
  }

  /** The state with that key inside of it. */
  child(key: unknown): State | null {
    return this.children.find((child) => child.key === key) ?? null;
  }

  #actions(
    written: unknown,
    ofTimer: (timer: ReturnType<typeof timersOf>[number]) => unknown,
  ): readonly StepAction[] {
    const actions = listOf(written);
    const timers = this.config.after ? timersOf(this.config, this.id).map(ofTimer) : actions;
    if (actions.length === 0 && timers.length === 0) return NO_ACTIONS;
    const all = timers === actions ? actions : [...actions, ...timers];
    return all.map((action) => this.table.actionOf(action));
  }

  #readInvoke(): StepInvoke | undefined {
    const [invoke] = invokesOf(this.config);
    if (invoke === undefined) return undefined;
    const { id, src, systemId, input, onSnapshot } = invoke;
    const actor = id ?? invokeId(invoke, 0, this.id);
    return {
      id: actor,
      src: src as string,
      systemId,
      input,
      syncSnapshot: onSnapshot !== undefined,
      done: this.#sameText(doneActorEvent(actor)),
      error: this.#sameText(errorActorEvent(actor)),
    };
  }

  /** The very text that the handlers of an event are found by: it need not be compared letter by letter. */
  #sameText(event: string): string {
    return this.table.handlers.get(event)?.event ?? event;
  }
}

/** What is written under one event of a state. */
export class Handler implements StepHandler {
  next: Handler | null = null;
  /** Of the first for its event, if it is not the only one. */
  #last: Handler | null = null;
  /** As it was written, until it is first needed. */
  readonly #written: unknown;
  #transitions: readonly StepTransition[] | undefined;

  constructor(
    readonly state: State,
    readonly event: string,
    written: unknown,
  ) {
    this.#written = written;
  }

  /** Puts another one after all that come after this. */
  append(handler: Handler): void {
    (this.#last ?? this).next = handler;
    this.#last = handler;
  }

  get transitions(): readonly StepTransition[] {
    this.#transitions ??= transitionsOf(this.state, this.event, this.#written);
    return this.#transitions;
  }
}

class Transition implements StepTransition {
  readonly target: State | null;
  readonly guard: StepTransition['guard'];
  readonly #written: unknown;
  #actions: readonly StepAction[] | undefined;

  constructor(
    readonly source: State,
    /** `null` for an `always`. */
    readonly event: string | null,
    readonly place: number,
    config: TransitionConfig,
  ) {
    const [target] = targetsOf(config);
    this.target = target === undefined ? null : (source.parent?.child(target) ?? null);
    this.guard = config.guard;
    this.#written = config.actions;
  }

  get actions(): readonly StepAction[] {
    this.#actions ??= listOf(this.#written).map((action) => this.source.table.actionOf(action));
    return this.#actions;
  }

  get definition(): LateDefinition {
    return () => {
      const { source, event, place } = this;
      const { always, transitions } = source.table.nodeOf(source);
      const definition = (event === null ? always : transitions.get(event))?.[place];
      if (definition === undefined) throw new Error(`State ${source.id} has no transition for ${event}.`);
      return definition;
    };
  }
}

const transitionsOf = (source: State, event: string | null, written: unknown): readonly StepTransition[] =>
  transitionConfigs(written).map((config, place) => new Transition(source, event, place, config));

const NO_STATES: readonly State[] = [];
const NO_ACTIONS: readonly StepAction[] = [];
const NO_TRANSITIONS: readonly StepTransition[] = [];
