import type { State } from './step-state.js';
import type { LateDefinition, StepAction, StepHandler, StepTransition } from './step-table.js';
import { listOf, type TransitionConfig, targetsOf, transitionConfigs } from './xstate-config.js';

/** What is written under one event of a state. */
export class Handler implements StepHandler {
  next: Handler | null = null;
  /** Of the first for its event, if it is not the only one. */
  #last: Handler | null = null;
  /** As it was written, until it is first needed. */
  readonly #written: unknown;
  #transition: StepTransition | null | undefined;

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

  get transition(): StepTransition | null {
    if (this.#transition === undefined)
      this.#transition = firstTransition(this.state, this.event, this.#written);
    return this.#transition;
  }
}

interface NamedGuard {
  readonly type: string;
  readonly params?: unknown;
}

class Transition implements StepTransition {
  readonly source: State;
  readonly target: State | null;
  readonly guard: unknown;
  readonly guardName: string | null;
  readonly guardParams: unknown;
  readonly otherwise: Transition | null;
  #actions: StepAction | null | undefined;
  readonly #written: unknown;
  readonly #event: string | null;
  readonly #place: number;

  /** @param event `null` for an `always` */
  constructor(
    source: State,
    event: string | null,
    place: number,
    config: TransitionConfig,
    otherwise: Transition | null,
  ) {
    const [target] = targetsOf(config);
    this.source = source;
    this.target = target === undefined ? null : (source.parent?.child(target) ?? null);
    const { guard } = config;
    const isNamed = guard !== undefined && guard !== null && typeof guard !== 'function';
    const named = typeof guard === 'string' ? { type: guard } : (guard as NamedGuard | null | undefined);
    this.guard = typeof guard === 'function' ? guard : undefined;
    this.guardName = isNamed ? (named as NamedGuard).type : null;
    this.guardParams = isNamed ? named?.params : undefined;
    this.otherwise = otherwise;
    this.#written = config.actions;
    this.#event = event;
    this.#place = place;
  }

  get actions(): StepAction | null {
    if (this.#actions === undefined) this.#actions = this.source.table.actionsOf(listOf(this.#written));
    return this.#actions;
  }

  get definition(): LateDefinition {
    return () => {
      const { source } = this;
      const { always, transitions } = source.table.nodeOf(source);
      const written = this.#event === null ? always : transitions.get(this.#event);
      const definition = written?.[this.#place];
      if (definition === undefined) {
        throw new Error(`State ${source.id} has no transition for ${this.#event}.`);
      }
      return definition;
    };
  }
}

/** The first of the transitions that are written under an event, or as `always`. */
export function firstTransition(source: State, event: string | null, written: unknown): Transition | null {
  return transitionConfigs(written).reduceRight<Transition | null>(
    (otherwise, config, place) => new Transition(source, event, place, config, otherwise),
    null,
  );
}
