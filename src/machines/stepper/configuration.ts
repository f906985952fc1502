import type { AnyActorRef, AnyStateNode, StateValue } from 'xstate';
import type { StepState, StepTable } from './step-table.js';
import { Vector } from './vector.js';

/** The active child of a compound state. */
export class ActiveChild {
  constructor(
    readonly state: StepState,
    /** When it was entered, by the number of the microstep. */
    readonly entered: number,
    /** The actor that it has invoked. */
    readonly actor: AnyActorRef | undefined,
    /** As `entered`, for the actor. */
    readonly spawned: number,
  ) {}

  /** The same, its actor stopped. */
  alone(): ActiveChild {
    return new ActiveChild(this.state, this.entered, undefined, this.spawned);
  }
}

/** An actor that an action has spawned. */
export interface SpawnedActor {
  readonly actor: AnyActorRef;
  /** When that was, by the number of the microstep. */
  readonly spawned: number;
}

/** By id. */
export type SpawnedActors = ReadonlyMap<string, SpawnedActor>;

const NONE_SPAWNED: SpawnedActors = new Map();

/** By slot of a compound state. What is in one that is not active itself means nothing. */
export type ActiveChildren = Vector<ActiveChild | null>;

export function isActive(active: ActiveChildren, state: StepState): boolean {
  for (let inner = state, outer = state.parent; outer !== null; inner = outer, outer = outer.parent) {
    if (outer.type === 'compound' && active.get(outer.slot)?.state !== inner) return false;
  }
  return true;
}

/** The states inside of `state` that are active if it is, one level down. */
export function activeChildren(active: ActiveChildren, state: StepState): readonly StepState[] {
  if (state.type !== 'compound') return state.children;
  const child = active.get(state.slot)?.state;
  return child === undefined ? [] : [child];
}

/** The actor with that id: of two, the later one. */
export function actorNamed(
  { invokers }: StepTable,
  active: ActiveChildren,
  spawned: SpawnedActors,
  id: string,
): AnyActorRef | undefined {
  const other = spawned.get(id);
  const state = invokers.get(id);
  if (state?.parent?.type !== 'compound' || !isActive(active, state)) return other?.actor;
  const invoked = active.get(state.parent.slot);
  if (invoked?.actor === undefined) return other?.actor;
  return other !== undefined && other.spawned > invoked.spawned ? other.actor : invoked.actor;
}

/** Which states of a machine are active, and which actors it has. Never changed; what is asked seldom is made when asked. */
export class Configuration {
  #value: StateValue | undefined;
  #nodes: AnyStateNode[] | undefined;
  #children: Record<string, AnyActorRef> | undefined;

  constructor(
    readonly table: StepTable,
    readonly active: ActiveChildren,
    /** By slot of a parallel state: how many of its children are done. */
    readonly done: Vector<number>,
    /** The number of the last microstep; 0 where the configuration comes from elsewhere. */
    readonly time: number,
    readonly spawned: SpawnedActors = NONE_SPAWNED,
  ) {}

  /**
   * The one after this.
   *
   * @param sameActors whether it has the same actors
   */
  next(
    active: ActiveChildren,
    done: Vector<number>,
    time: number,
    spawned: SpawnedActors,
    sameActors: boolean,
  ): Configuration {
    const next = new Configuration(this.table, active, done, time, spawned);
    if (sameActors) next.#children = this.#children;
    return next;
  }

  /** That of a machine which has entered nothing yet. */
  static empty(table: StepTable): Configuration {
    return new Configuration(
      table,
      Vector.filled(table.compounds, null),
      Vector.filled(table.parallels, 0),
      0,
    );
  }

  /**
   * That of a snapshot which something else has made.
   *
   * @param nodes the active state nodes, in the order in which they were entered
   * @param children an actor that none of these states invokes was spawned
   */
  static of(
    table: StepTable,
    nodes: readonly AnyStateNode[],
    children: Readonly<Record<string, AnyActorRef | undefined>>,
  ): Configuration {
    let { active, done } = Configuration.empty(table);
    nodes.forEach(({ order }, index) => {
      const state = table.states[order];
      if (state?.parent?.type !== 'compound') return;
      const entered = index - nodes.length;
      active = active.set(state.parent.slot, new ActiveChild(state, entered, undefined, 0));
    });
    const actors = Object.entries(children);
    const others = new Map<string, SpawnedActor>();
    actors.forEach(([id, actor], index) => {
      const state = table.invokers.get(id);
      const slot = state?.parent?.slot;
      const child = slot === undefined ? null : active.get(slot);
      const spawned = index - actors.length;
      if (slot !== undefined && child !== null && child.state === state) {
        active = active.set(slot, new ActiveChild(child.state, child.entered, actor, spawned));
      } else if (actor !== undefined) {
        others.set(id, { actor, spawned });
      }
    });
    for (const { type, slot, children: inside } of table.states) {
      if (type === 'parallel') done = done.set(slot, inside.filter((child) => isDone(active, child)).length);
    }
    return new Configuration(table, active, done, 0, others);
  }

  get value(): StateValue {
    this.#value ??= stateValue(this.active, this.table.root);
    return this.#value;
  }

  /** In document order. */
  get nodes(): AnyStateNode[] {
    this.#nodes ??= activeStates(this.active, this.table.root).map((state) => this.table.nodeOf(state));
    return this.#nodes;
  }

  /** In the order in which they began. */
  get children(): Record<string, AnyActorRef> {
    this.#children ??= this.#findChildren();
    return this.#children;
  }

  #findChildren(): Record<string, AnyActorRef> {
    const invoked = this.#invoking().map(({ state, actor, spawned }) => ({
      id: state.invoke?.id ?? '',
      actor: actor as AnyActorRef,
      spawned,
    }));
    // Of those that began at the same time, the spawned one was first.
    const others = [...this.spawned].map(([id, { actor, spawned }]) => ({ id, actor, spawned }));
    const all = [...others, ...invoked].sort((a, b) => a.spawned - b.spawned);
    return Object.fromEntries(all.map(({ id, actor }) => [id, actor]));
  }

  /** Those of the active states that have invoked an actor, outer ones first. */
  #invoking(): readonly ActiveChild[] {
    return activeStates(this.active, this.table.root).flatMap((state) => {
      const child = state.parent?.type === 'compound' ? this.active.get(state.parent.slot) : null;
      return child?.actor === undefined ? [] : [child];
    });
  }

  /** The same states, their actors stopped. */
  withoutActors(): Configuration {
    let { active } = this;
    for (const child of this.#invoking()) {
      active = active.set(child.state.parent?.slot ?? -1, child.alone());
    }
    return new Configuration(this.table, active, this.done, this.time);
  }
}

function isDone(active: ActiveChildren, state: StepState): boolean {
  const children = activeChildren(active, state);
  if (state.type === 'compound') return children.some(({ type }) => type === 'final');
  return state.type === 'parallel' && children.every((child) => isDone(active, child));
}

/** The active states inside of `state`, and it itself, in document order. */
export function activeStates(active: ActiveChildren, state: StepState): StepState[] {
  const found: StepState[] = [];
  const visit = (one: StepState): void => {
    found.push(one);
    for (const child of activeChildren(active, one)) visit(child);
  };
  visit(state);
  return found;
}

/** Of a state that was never entered, as in a machine that broke as it began, what it would begin with. */
function stateValue(active: ActiveChildren, state: StepState): StateValue {
  const { type, slot, initial } = state;
  const only = type === 'compound' ? (active.get(slot)?.state ?? initial) : null;
  if (only !== null && only.children.length === 0) return only.key;
  const children = only === null ? state.children : [only];
  return Object.fromEntries(children.map((child) => [child.key, stateValue(active, child)]));
}
