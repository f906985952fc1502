import type { AnyStateNode } from 'xstate';
import type { LateTree } from './late-tree.js';
import { plainTimer } from './plain-timer.js';
import { State } from './step-state.js';
import type { StepAction, StepState, StepTable, WakeList } from './step-table.js';
import { Handler } from './step-transition.js';
import { idOfMachine, type StateConfig, stateType, visitTransitions } from './xstate-config.js';
import { resolvedAction } from './xstate-internals.js';

/**
 * Numbers the states of a machine. What a state does is read from its config as it is needed: most states of a chart are never entered.
 *
 * @param config of a machine that is certified
 */
export function makeTable(config: StateConfig, wakes: WakeList | null, tree: LateTree): StepTable {
  return new Table(config, wakes, tree);
}

interface NamedAction {
  readonly type: string;
  readonly params?: unknown;
}

class Table implements StepTable {
  readonly root: State;
  readonly states: State[] = [];
  readonly handlers = new Map<string, Handler>();
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

  /** @throws Error where the wakes of an action name a region which is not there */
  actionsOf(actions: readonly unknown[]): StepAction | null {
    let first: StepAction | null = null;
    for (let index = actions.length - 1; index >= 0; index--) first = this.#actionOf(actions[index], first);
    return first;
  }

  #actionOf(action: unknown, next: StepAction | null): StepAction {
    if (typeof action === 'function') {
      const name = action.name || '(anonymous)';
      const timer = plainTimer(action);
      return { timer, inline: resolvedAction(action), name, params: undefined, wakes: null, next };
    }
    const { type, params } = typeof action === 'string' ? { type: action } : (action as NamedAction);
    return { timer: null, inline: null, name: type, params, wakes: this.#wokenBy(type, params), next };
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
      const first = this.handlers.get(event);
      if (first === undefined) this.handlers.set(event, handler);
      else first.append(handler);
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
