import { type AnyEventObject, type AnyStateNode, cancel, raise } from 'xstate';
import type { StepAction, StepInvoke, StepState, StepTransition } from './step-table.js';
import { firstTransition } from './step-transition.js';
import { idInside, invokeId, invokesOf, listOf, type StateConfig, timersOf } from './xstate-config.js';
import { doneActorEvent, doneStateEvent, errorActorEvent } from './xstate-internals.js';

/** What a state needs of the table that it is in. */
interface StateTable {
  /** The first of these actions. */
  actionsOf(actions: readonly unknown[]): StepAction | null;
  nodeOf(state: StepState): AnyStateNode;
  readonly handlers: ReadonlyMap<string, { readonly event: string }>;
}

/** A state as its config has it. What it does is read from there when it is first needed, and kept. */
export class State implements StepState {
  // What each step looks at stands first, and so together.
  readonly type: StepState['type'];
  readonly parent: State | null;
  readonly slot: number;
  #isRead = false;
  #entry: StepAction | null = null;
  #exit: StepAction | null = null;
  #always: StepTransition | null = null;
  #invoke: StepInvoke | null = null;
  #initial: State | null = null;
  #output: unknown;
  #isDoneAwaited: boolean | undefined;
  children: readonly State[] = NO_STATES;
  readonly order: number;
  last: number;
  #doneEvent: AnyEventObject | undefined;
  readonly key: string;
  readonly config: StateConfig;
  readonly table: StateTable;

  constructor(
    table: StateTable,
    config: StateConfig,
    key: string,
    type: StepState['type'],
    parent: State | null,
    order: number,
    slot: number,
  ) {
    this.table = table;
    this.config = config;
    this.key = key;
    this.type = type;
    this.parent = parent;
    this.order = order;
    this.slot = slot;
    this.last = order;
  }

  get id(): string {
    return this.parent === null ? this.key : idInside(this.parent.id, this.key);
  }

  get output(): unknown {
    if (!this.#isRead) this.#read();
    return this.#output;
  }

  get initial(): State | null {
    if (!this.#isRead) this.#read();
    return this.#initial;
  }

  get entry(): StepAction | null {
    if (!this.#isRead) this.#read();
    return this.#entry;
  }

  get exit(): StepAction | null {
    if (!this.#isRead) this.#read();
    return this.#exit;
  }

  get always(): StepTransition | null {
    if (!this.#isRead) this.#read();
    return this.#always;
  }

  get invoke(): StepInvoke | null {
    if (!this.#isRead) this.#read();
    return this.#invoke;
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

  #read(): void {
    const { config, table, type } = this;
    const { entry, exit, always, after } = config;
    const timers = after ? timersOf(config, this.id) : [];
    const raises = timers.map(({ event, delay }) =>
      raise({ type: event }, { id: event, delay: delay as number }),
    );
    const cancels = timers.map(({ event }) => cancel(event));
    this.#entry = table.actionsOf([...listOf(entry), ...raises]);
    this.#exit = table.actionsOf([...listOf(exit), ...cancels]);
    this.#always = always ? firstTransition(this, null, always) : null;
    this.#invoke = config.invoke === undefined ? null : this.#readInvoke();
    this.#initial = type === 'compound' ? this.child(config.initial) : null;
    this.#output = type === 'final' || this.parent === null ? config.output : undefined;
    this.#isRead = true;
  }

  #readInvoke(): StepInvoke | null {
    const [invoke] = invokesOf(this.config);
    if (invoke === undefined) return null;
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

const NO_STATES: readonly State[] = [];
