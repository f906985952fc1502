import { type AnyEventObject, type AnyStateNode, cancel, raise } from 'xstate';
import type { LateTree } from './late-tree.js';
import type {
  LateDefinition,
  StepAction,
  StepHandler,
  StepInvoke,
  StepState,
  StepTable,
  StepTransition,
  WakeList,
} from './step-table.js';
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
  timersOf,
  transitionConfigs,
  visitTransitions,
} from './xstate-config.js';
import { doneActorEvent, doneStateEvent, errorActorEvent, resolvedAction } from './xstate-internals.js';

/**
 * Numbers the states of a machine. What a state does is read from its config as it is needed: most states of a chart are never entered.
 *
 * @param config of a machine that is certified
 */
export function makeTable(config: StateConfig, wakes: WakeList | null, tree: LateTree): StepTable {
  return new Table(config, wakes, tree);
}

class Table implements StepTable {
  readonly root: State;
  readonly states: State[] = [];
  readonly handlers = new Map<string, Handler[]>();
  compounds = 0;
  parallels = 0;
  readonly declaresWakes: boolean;
  readonly #wakes: WakeList | null;
  readonly #tree: LateTree;
  #invokers: ReadonlyMap<string, State> | undefined;
  #regions: ReadonlyMap<string, readonly number[]> | undefined;

  constructor(config: StateConfig, wakes: WakeList | null, tree: LateTree) {
    this.declaresWakes = wakes !== null;
    this.#wakes = wakes;
    this.#tree = tree;
    this.root = this.#number(config, idOfMachine(config), null);
  }

  nodeOf({ id }: StepState): AnyStateNode {
    return this.#tree.node(id);
  }

  get invokers(): ReadonlyMap<string, State> {
    this.#invokers ??= new Map(
      this.states.flatMap((state) => (state.invoke === null ? [] : [[state.invoke.id, state]])),
    );
    return this.#invokers;
  }

  /** @throws Error where its wakes name a region which is not there */
  actionOf(action: unknown): StepAction {
    if (typeof action === 'function') {
      const name = action.name || '(anonymous)';
      return { inline: resolvedAction(action), name, params: undefined, wakes: null };
    }
    if (typeof action === 'string') {
      return { inline: null, name: action, params: undefined, wakes: this.#wokenBy(action, undefined) };
    }
    const { type, params } = action as { type: string; params?: unknown };
    return { inline: null, name: type, params, wakes: this.#wokenBy(type, params) };
  }

  #number(config: StateConfig, key: string, parent: State | null): State {
    const type = stateType(config) as StepState['type'];
    const slot = type === 'compound' ? this.compounds++ : type === 'parallel' ? this.parallels++ : -1;
    const state = new State(this, config, key, type, parent, this.states.length, slot);
    this.states.push(state);
    const { states } = config;
    if (states !== undefined) {
      state.children = Object.keys(states).map((name) =>
        this.#number(states[name] as StateConfig, name, state),
      );
      state.last = this.states.length - 1;
    }
    const id = () => state.id;
    visitTransitions(config, id, (event, written) => {
      const handler = new Handler(state, event, written);
      const known = this.handlers.get(event);
      if (known === undefined) this.handlers.set(event, [handler]);
      else known.push(handler);
    });
    return state;
  }

  #wokenBy(name: string, params: unknown): readonly number[] | null {
    const wakesOf = this.#wakes?.get(name);
    if (wakesOf === undefined || typeof params === 'function') return null;
    this.#regions ??= regionsWithAlways(this.states);
    const slots: number[] = [];
    for (const key of new Set(wakesOf(params as never))) {
      const known = this.#regions.get(key);
      if (known === undefined) throw new Error(`Action ${name} wakes ${key}, which is no region that waits.`);
      slots.push(...known);
    }
    return slots;
  }
}

/** By key: the slots of the states that have a child with `always`. */
function regionsWithAlways(states: readonly State[]): ReadonlyMap<string, readonly number[]> {
  const slots = new Map<string, number[]>();
  for (const { type, key, slot, children } of states) {
    if (type !== 'compound' || !children.some(({ config }) => config.always)) continue;
    const known = slots.get(key);
    if (known === undefined) slots.set(key, [slot]);
    else known.push(slot);
  }
  return slots;
}

class State implements StepState {
  children: readonly State[] = NO_STATES;
  last: number;
  #entry: readonly StepAction[] | undefined;
  #exit: readonly StepAction[] | undefined;
  #always: readonly StepTransition[] | undefined;
  #invoke: StepInvoke | undefined;
  #doneEvent: AnyEventObject | undefined;

  constructor(
    readonly table: Table,
    readonly config: StateConfig,
    readonly key: string,
    readonly type: StepState['type'],
    readonly parent: State | null,
    readonly order: number,
    readonly slot: number,
  ) {
    this.last = order;
  }

  get node(): this {
    return this;
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
      done: doneActorEvent(actor),
      error: errorActorEvent(actor),
    };
  }
}

class Handler implements StepHandler {
  readonly #event: string;
  /** As it was written, until it is first needed. */
  readonly #written: unknown;
  #transitions: readonly StepTransition[] | undefined;

  constructor(
    readonly state: State,
    event: string,
    written: unknown,
  ) {
    this.#event = event;
    this.#written = written;
  }

  get transitions(): readonly StepTransition[] {
    this.#transitions ??= transitionsOf(this.state, this.#event, this.#written);
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
