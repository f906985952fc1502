import type { AnyEventObject, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import type { PlainTimer } from './plain-timer.js';
import type { ResolvedAction } from './xstate-internals.js';

/**
 * By name of an action that changes the context: the keys of the regions whose `always` may be decided another way after it, given
 * its parameters. The `always` guards of a machine that declares this look at the context alone. An action that is
 * not in it may change anything.
 */
export type WakeList = ReadonlyMap<string, (params: never) => readonly string[]>;

/** What is done one after another is linked, here and below: a list of its own for each would be one more thing to be fetched. */
export interface StepAction {
  /** What it does if that is to set or clear a timer; `null` where it does something else. */
  readonly timer: PlainTimer | null;
  /** What it does; `null` where it is looked up by `name`. */
  readonly inline: ResolvedAction | null;
  readonly name: string;
  readonly params: unknown;
  /** Slots of the regions that it wakes; `null` for all there are. */
  readonly wakes: readonly number[] | null;
  /** What is done after it. */
  readonly next: StepAction | null;
}

/** What XState takes a transition for. To ask makes all of XState's own state nodes, if nobody has before. */
export type LateDefinition = () => AnyTransitionDefinition;

export interface StepTransition {
  readonly definition: LateDefinition;
  readonly source: StepState;
  readonly target: StepState | null;
  /** A function that decides; `null` where there is none, or only one with a name. */
  readonly guard: unknown;
  readonly guardName: string | null;
  readonly guardParams: unknown;
  /** The first of its actions. */
  readonly actions: StepAction | null;
  /** What is tried where its guard does not hold. */
  readonly otherwise: StepTransition | null;
}

export interface StepInvoke {
  readonly id: string;
  readonly src: string;
  readonly systemId: string | undefined;
  readonly input: unknown;
  readonly syncSnapshot: boolean;
  /** The types of the events that say that the actor has ended: one text each, so that it is found quickly. */
  readonly done: string;
  readonly error: string;
}

/** What is said of a state besides where it is. */
export interface StepNode {
  readonly id: string;
  readonly key: string;
  /** Of a final state and of the machine. */
  readonly output: unknown;
}

/** A state as the stepper looks at it. */
export interface StepState extends StepNode {
  readonly type: 'atomic' | 'final' | 'compound' | 'parallel';
  /** Position in document order, and that of the last state inside of it. */
  readonly order: number;
  readonly last: number;
  readonly parent: StepState | null;
  readonly children: readonly StepState[];
  /** The child that a compound state is entered at. */
  readonly initial: StepState | null;
  /** Of a compound state: where a configuration keeps its active child. Of a parallel one: where it counts the children that are done. */
  readonly slot: number;
  /** The first of its actions, each. */
  readonly entry: StepAction | null;
  readonly exit: StepAction | null;
  readonly invoke: StepInvoke | null;
  /** The first that is tried. */
  readonly always: StepTransition | null;
  /** What is raised when it is done, where that has no output. */
  readonly doneEvent: AnyEventObject;
  /** Whether any state has a transition for that. */
  readonly isDoneAwaited: boolean;
}

/** A state that has transitions for an event. */
export interface StepHandler {
  readonly state: StepState;
  /** The first that is tried. */
  readonly transition: StepTransition | null;
  /** The state that is asked after this one, for the same event. */
  readonly next: StepHandler | null;
}

/** A machine by numbers: made once, shared by all machines that differ in their implementations only. */
export interface StepTable {
  readonly root: StepState;
  readonly states: readonly StepState[];
  /** By event, the first state that is asked: each comes after the states inside of it. */
  readonly handlers: ReadonlyMap<string, StepHandler>;
  /** By id of the invoked actor. */
  readonly invokers: ReadonlyMap<string, StepState>;
  readonly compounds: number;
  readonly parallels: number;
  /** Whether it is known what wakes an `always`. */
  readonly declaresWakes: boolean;
  /** What XState takes a state for; as late as `LateDefinition`. */
  nodeOf(state: StepState): AnyStateNode;
}
