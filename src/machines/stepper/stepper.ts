import type { AnyActorRef, AnyActorScope, AnyEventObject, SnapshotStatus } from 'xstate';
import { Awake } from './awake.js';
import {
  ActiveChild,
  activeChildren,
  activeStates,
  actorNamed,
  type Configuration,
  type SpawnedActors,
} from './configuration.js';
import { type Children, Executor } from './execute.js';
import { enabledAlways, enabledBy, enabledIn, inDocumentOrder, Occasion } from './select.js';
import { FastSnapshot } from './snapshot.js';
import type { StepHandler, StepState, StepTable, StepTransition } from './step-table.js';
import type { Vector } from './vector.js';
import { doneStateEvent, inspectMicrostep, isActorError, isWatched } from './xstate-internals.js';

/**
 * One macrostep, in the order of XState's own (`macrostep` and `microstep` there). What it does grows with the states that take
 * part in it, not with those that there are.
 */
export class Stepper implements Children {
  readonly #table: StepTable;
  readonly #scope: AnyActorScope;
  readonly #executor: Executor;
  #snapshot: FastSnapshot;
  #configuration: Configuration;
  #active: Vector<ActiveChild | null>;
  #done: Vector<number>;
  #time: number;
  #spawned: SpawnedActors;
  /** Whether actors have begun or ended since `#configuration`. */
  #hasOtherActors = false;
  #status: SnapshotStatus = 'active';
  #output: unknown;
  readonly #awake: Awake;
  readonly #trace: FastSnapshot[] | null;
  /** Whether anybody sees more than the last snapshot. */
  readonly #isWatched: boolean;

  /** @param trace takes the snapshot after each microstep */
  constructor(
    snapshot: FastSnapshot,
    configuration: Configuration,
    scope: AnyActorScope,
    trace: FastSnapshot[] | null = null,
  ) {
    this.#trace = trace;
    this.#table = configuration.table;
    this.#scope = scope;
    this.#snapshot = snapshot;
    this.#configuration = configuration;
    this.#active = configuration.active;
    this.#done = configuration.done;
    this.#time = configuration.time;
    this.#spawned = configuration.spawned;
    this.#status = snapshot.status;
    this.#output = snapshot.output;
    // A snapshot from elsewhere need not be at rest.
    this.#awake = new Awake(this.#table, configuration.time > 0);
    this.#isWatched = trace !== null || isWatched(scope.system);
    this.#executor = new Executor(
      snapshot.machine,
      scope,
      snapshot.context,
      this.#awake,
      this.#isWatched,
      this,
    );
  }

  get children(): Record<string, AnyActorRef> {
    return this.#now().children;
  }

  actorNamed(id: string): AnyActorRef | undefined {
    return actorNamed(this.#table, this.#active, this.#spawned, id);
  }

  /** Counted as a microstep more: what is invoked in the same one was invoked either before or after it. */
  spawned(id: string, actor: AnyActorRef): void {
    const spawned = this.#spawned.get(id)?.spawned ?? ++this.#time;
    this.#spawned = new Map(this.#spawned).set(id, { actor, spawned });
    this.#hasOtherActors = true;
  }

  /** Enters the machine, and goes on until nothing happens by itself. */
  begin(event: AnyEventObject): FastSnapshot {
    this.#time++;
    this.#enter(this.#table.root, event);
    this.#finish(event);
    this.#freeze();
    return this.#settle(event);
  }

  /** Takes one event from outside, and goes on until nothing happens by itself. */
  take(event: AnyEventObject): FastSnapshot {
    if (!this.#handle(event)) {
      if (isActorError(event)) return this.#breakDown(event);
      this.#microstep(NONE, event);
    }
    return this.#settle(event);
  }

  /** Stops all actors, and the machine. */
  stop(event: AnyEventObject): FastSnapshot {
    this.#stopActors(event);
    this.#status = 'stopped';
    return this.#end(event, undefined);
  }

  /** An actor's failure that no state answers is the machine's own. */
  #breakDown(event: AnyEventObject): FastSnapshot {
    this.#stopActors(event);
    this.#status = 'error';
    return this.#end(event, event.error);
  }

  #settle(first: AnyEventObject): FastSnapshot {
    const { raised } = this.#executor;
    let event = first;
    for (let next = 0; this.#status === 'active'; ) {
      const transitions = this.#enabledAlways(event);
      if (transitions.length > 0) {
        this.#microstep(transitions, event);
        continue;
      }
      const following = raised[next++];
      if (following === undefined) break;
      event = following;
      if (!this.#handle(event)) this.#microstep(NONE, event);
    }
    if (this.#status !== 'active') this.#stopActors(event);
    return this.#freeze();
  }

  /** Takes the microstep that an event enables; returns false where it enables none. */
  #handle(event: AnyEventObject): boolean {
    const first = this.#table.handlers.get(event.type);
    if (first === undefined) return false;
    if (first.next === null && !this.#isWatched) return this.#handleIn(first, event);
    const transitions = enabledBy(first, this.#occasion(event));
    if (transitions.length === 0) return false;
    this.#microstep(transitions, event);
    return true;
  }

  /** The same, where only one state may have a transition, as mostly, and nobody sees the microstep. */
  #handleIn(handler: StepHandler, event: AnyEventObject): boolean {
    const transition = enabledIn(handler, this.#occasion(event));
    if (transition === null) return false;
    const { source, target, actions } = transition;
    this.#time++;
    if (target !== null) this.#exit(source, event);
    this.#executor.run(actions, event);
    if (target !== null) this.#enter(target, event);
    this.#finish(event);
    return true;
  }

  #microstep(transitions: readonly StepTransition[], event: AnyEventObject): void {
    if (transitions.length > 0) {
      this.#time++;
      const moves = inDocumentOrder(transitions);
      for (let index = moves.length - 1; index >= 0; index--) this.#exit(moves[index]?.source, event);
      for (const { actions } of transitions) this.#executor.run(actions, event);
      for (const { target } of moves) if (target !== null) this.#enter(target, event);
      this.#finish(event);
    }
    if (!this.#isWatched) return;
    const snapshot = this.#freeze();
    this.#trace?.push(snapshot);
    inspectMicrostep(this.#scope, event, snapshot, transitions);
  }

  /** Leaves a state: the last one inside of it first. */
  #exit(state: StepState | undefined, event: AnyEventObject): void {
    if (state === undefined) return;
    const children = activeChildren(this.#active, state);
    for (let index = children.length - 1; index >= 0; index--) this.#exit(children[index], event);
    this.#executor.run(state.exit, event);
    if (state.invoke === null || state.parent === null) return;
    const { slot } = state.parent;
    const child = this.#active.get(slot);
    this.#executor.stop(child?.actor, event);
    if (child?.actor === undefined) return;
    this.#active = this.#active.set(slot, child.alone());
    this.#hasOtherActors = true;
  }

  /** Enters a state, then what is inside of it. */
  #enter(state: StepState, event: AnyEventObject): void {
    const { parent, invoke } = state;
    const unsent = this.#executor.run(state.entry, event, invoke?.id ?? null);
    const actor = invoke === null ? undefined : this.#executor.spawn(invoke, event);
    if (parent?.type === 'compound') {
      const entered = this.#time;
      this.#active = this.#active.set(parent.slot, new ActiveChild(state, entered, actor, entered));
      if (actor !== undefined) this.#hasOtherActors = true;
    }
    if (unsent.length > 0) this.#executor.sendLate(unsent);
    this.#awake.entered(state);
    if (state.type === 'parallel') this.#done = this.#done.set(state.slot, 0);
    else if (state.type === 'final') this.#complete(state, event);
    if (state.type !== 'compound') for (const child of state.children) this.#enter(child, event);
    else if (state.initial !== null) this.#enter(state.initial, event);
  }

  /** Says what is done now that a final state was entered: its parent, the parallel states that this completes, the machine. */
  #complete(state: StepState, event: AnyEventObject): void {
    const { raised } = this.#executor;
    const { parent } = state;
    if (parent === null) return;
    const output = this.#outputOf(state, event);
    // What nobody waits for need not be raised, unless somebody sees that it was.
    if (this.#isWatched || parent.isDoneAwaited) {
      raised.push(output === undefined ? parent.doneEvent : doneStateEvent(parent.id, output));
    }
    let completed = state;
    let around = parent.parent;
    while (around?.type === 'parallel') {
      const done = this.#done.get(around.slot) + 1;
      this.#done = this.#done.set(around.slot, done);
      if (done < around.children.length) return;
      if (this.#isWatched || around.isDoneAwaited) raised.push(around.doneEvent);
      completed = around;
      around = around.parent;
    }
    if (around !== null) return;
    const { root } = this.#table;
    const own = completed.parent === null ? undefined : this.#outputOf(completed, event);
    this.#status = 'done';
    this.#output = this.#outputOf(root, doneStateEvent(completed.id, own));
  }

  #outputOf({ output }: StepState, event: AnyEventObject): unknown {
    if (typeof output !== 'function') return output;
    return output({ context: this.#executor.context, event, self: this.#scope.self });
  }

  /** What is still active as the machine ends says goodbye, without being left. */
  #finish(event: AnyEventObject): void {
    if (this.#status !== 'done') return;
    const active = activeStates(this.#active, this.#table.root);
    for (const { exit } of active.reverse()) this.#executor.run(exit, event);
  }

  #stopActors(event: AnyEventObject): void {
    for (const actor of Object.values(this.children)) this.#executor.stop(actor, event);
  }

  #end(event: AnyEventObject, error: unknown): FastSnapshot {
    const { machine } = this.#snapshot;
    const configuration = this.#now().withoutActors();
    const { context } = this.#executor;
    this.#snapshot = new FastSnapshot(machine, configuration, context, this.#status, this.#output, error);
    this.#trace?.push(this.#snapshot);
    if (this.#isWatched) inspectMicrostep(this.#scope, event, this.#snapshot, NONE);
    return this.#snapshot;
  }

  #enabledAlways(event: AnyEventObject): readonly StepTransition[] {
    const states = this.#awake.take(this.#active);
    return states.length === 0 ? NONE : enabledAlways(this.#occasion(event), states);
  }

  #occasion(event: AnyEventObject): Occasion {
    const { machine, context } = this.#executor;
    return new Occasion(context, event, machine, this.#active);
  }

  /** The configuration as it is in the middle of a microstep. */
  #now(): Configuration {
    const known = this.#configuration;
    if (this.#active !== known.active || this.#done !== known.done || this.#spawned !== known.spawned) {
      const sameActors = !this.#hasOtherActors;
      this.#configuration = known.next(this.#active, this.#done, this.#time, this.#spawned, sameActors);
      this.#hasOtherActors = false;
    }
    return this.#configuration;
  }

  /** The snapshot of what is now: the last one, where nothing has changed. */
  #freeze(): FastSnapshot {
    const last = this.#snapshot;
    const { machine, context } = this.#executor;
    const configuration = this.#now();
    const isLast =
      configuration === FastSnapshot.configurationOf(last) &&
      context === last.context &&
      this.#status === last.status;
    if (!isLast) {
      this.#snapshot = new FastSnapshot(
        machine,
        configuration,
        context,
        this.#status,
        this.#output,
        last.error,
      );
    }
    return this.#snapshot;
  }
}

const NONE: readonly StepTransition[] = [];
