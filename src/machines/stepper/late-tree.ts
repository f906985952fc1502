import { type AnyStateMachine, type AnyStateNode, StateMachine } from 'xstate';
import type { StateConfig } from './xstate-config.js';

export const StockMachine = StateMachine as unknown as new (
  config: object,
  implementations: object,
) => AnyStateMachine;

/** What XState's constructor makes of a machine's states, one node for each and one object for each transition. */
const OF_THE_TREE = ['root', 'states', 'events', 'idMap'] as const;

/**
 * XState's own nodes for the states of a machine, made the first time that somebody asks: an inspector, what is persisted and
 * restored, a machine that XState steps. To make them takes several times as long as all else that a chart is.
 */
export class LateTree {
  readonly #config: object;
  readonly #implementations: object;
  #grown: AnyStateMachine | undefined;

  constructor(config: object, implementations: object) {
    this.#config = config;
    this.#implementations = implementations;
  }

  /** @throws Error for a config that XState refuses */
  grow(): AnyStateMachine {
    this.#grown ??= new StockMachine(this.#config, this.#implementations);
    return this.#grown;
  }

  /** @throws Error for an id that no state has */
  node(id: string): AnyStateNode {
    const node = (this.grow() as unknown as { idMap: Map<string, AnyStateNode> }).idMap.get(id);
    if (node === undefined) throw new Error(`The machine has no state ${id}.`);
    return node;
  }
}

/** A machine's config without its states, of which XState's constructor makes next to nothing. */
export function withoutStates(config: object): object {
  const { id, version, schemas, options } = config as StateConfig & Record<string, unknown>;
  return { id, version, schemas, options };
}

/** Gives a machine that was constructed without its states those of the tree. Not enumerable, so that a copy does not ask for them. */
export function plant(machine: AnyStateMachine, tree: LateTree): void {
  for (const name of OF_THE_TREE) {
    Object.defineProperty(machine, name, {
      configurable: true,
      enumerable: false,
      get: () => Reflect.get(tree.grow(), name),
    });
  }
}
