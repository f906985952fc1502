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
  readonly type: string | null;
  readonly params?: unknown;
}

const UNNAMED: NamedGuard = { type: null };

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
    const isInline = guard === undefined || guard === null || typeof guard === 'function';
    const named = isInline ? UNNAMED : typeof guard === 'string' ? { type: guard } : (guard as NamedGuard);
    this.guard = isInline ? (guard ?? null) : null;
    this.guardName = named.type;
    this.guardParams = named.params;
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
