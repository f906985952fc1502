import { type ActiveChildren, activeStates, isActive } from './configuration.js';
import type { StepState, StepTable } from './step-table.js';

/** Which active states have an `always` that may be taken now though it could not be before. */
export class Awake {
  #all: boolean;
  #states: StepState[] | null = null;
  #slots: readonly number[] = NO_SLOTS;

  /** @param atRest whether none of them could be taken as the step began */
  constructor(
    private readonly table: StepTable,
    atRest: boolean,
  ) {
    this.#all = !atRest || !table.declaresWakes;
  }

  /** A state was entered. */
  entered(state: StepState): void {
    if (state.always === null) return;
    this.#states ??= [];
    this.#states.push(state);
  }

  /** The context was changed, of which these regions may see something; `null` for any region. */
  changed(slots: readonly number[] | null): void {
    if (slots === null) this.#all = true;
    else if (slots.length > 0) this.#slots = this.#slots.length === 0 ? slots : [...this.#slots, ...slots];
  }

  /** Those states, in any order and perhaps more than once: nobody is told of them again. */
  take(active: ActiveChildren): readonly StepState[] {
    const all = this.#all;
    const states = this.#states;
    const slots = this.#slots;
    this.#all = !this.table.declaresWakes;
    this.#states = null;
    this.#slots = NO_SLOTS;
    if (all) return activeStates(active, this.table.root).filter(({ always }) => always !== null);
    if (slots.length === 0) return states ?? NONE;
    const woken = states ?? [];
    for (const slot of slots) {
      const state = active.get(slot)?.state;
      if (state !== undefined && state.always !== null && isActive(active, state)) woken.push(state);
    }
    return woken;
  }
}

const NONE: readonly StepState[] = [];
const NO_SLOTS: readonly number[] = [];
