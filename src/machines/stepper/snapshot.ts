import {
  type AnyActorRef,
  type AnyEventObject,
  type AnyMachineSnapshot,
  type AnyStateNode,
  matchesState,
  type SnapshotStatus,
  type StateValue,
} from 'xstate';
import type { Configuration } from './configuration.js';
import type { SteppedMachine } from './execute.js';

const NO_HISTORY = Object.freeze({});

/** What the outside reads of a snapshot that is worked out only when it is read. */
const WORKED_OUT = ['value', '_nodes', 'tags', 'children'] as const;
const METHODS = ['matches', 'hasTag', 'can', 'getMeta', 'toJSON'] as const;

/**
 * A machine's snapshot with all that XState's own has, made in constant time: what depends on the number of states is worked out from
 * its configuration when it is read.
 */
export class FastSnapshot {
  readonly historyValue = NO_HISTORY;
  readonly #configuration: Configuration;

  constructor(
    readonly machine: SteppedMachine,
    configuration: Configuration,
    readonly context: unknown,
    readonly status: SnapshotStatus,
    readonly output: unknown,
    readonly error: unknown,
  ) {
    this.#configuration = configuration;
  }

  /** The configuration of a snapshot; `null` of one that the fast stepper has not made. */
  static configurationOf(snapshot: object): Configuration | null {
    return #configuration in snapshot ? snapshot.#configuration : null;
  }

  get value(): StateValue {
    return this.#configuration.value;
  }

  get _nodes(): AnyStateNode[] {
    return this.#configuration.nodes;
  }

  get children(): Record<string, AnyActorRef> {
    return this.#configuration.children;
  }

  get tags(): Set<string> {
    return new Set(this._nodes.flatMap((node) => node.tags));
  }

  matches(value: StateValue): boolean {
    return matchesState(value, this.value);
  }

  hasTag(tag: string): boolean {
    return this.tags.has(tag);
  }

  can(event: AnyEventObject): boolean {
    const transitions = this.machine.getTransitionData(this as unknown as AnyMachineSnapshot, event);
    return transitions.some(({ target, actions }) => target !== undefined || actions.length > 0);
  }

  getMeta(): Record<string, unknown> {
    const withMeta = this._nodes.filter(({ meta }) => meta !== undefined);
    return Object.fromEntries(withMeta.map(({ id, meta }) => [id, meta]));
  }

  toJSON(): object {
    const { status, output, error, context, value, children, historyValue } = this;
    return { status, output, error, context, value, children, historyValue, tags: [...this.tags] };
  }
}

/** What XState takes for one of its own snapshots. */
export const asMachineSnapshot = (snapshot: FastSnapshot): AnyMachineSnapshot =>
  snapshot as unknown as AnyMachineSnapshot;

/**
 * The same snapshot, all of it its own properties: XState copies a snapshot by spreading it where what is to be executed at the very
 * start of an actor throws.
 */
export function spreadable(snapshot: FastSnapshot): FastSnapshot {
  return Object.defineProperties(snapshot, OWN);
}

/**
 * One function for all snapshots: V8 keeps an accessor in the hidden class of what has it, where one that knew its snapshot would keep the
 * whole run from being collected until the next full collection.
 */
const workedOut = (name: (typeof WORKED_OUT)[number]): PropertyDescriptor & ThisType<FastSnapshot> => ({
  enumerable: true,
  configurable: true,
  get() {
    return Reflect.get(FastSnapshot.prototype, name, this);
  },
});

const OWN: PropertyDescriptorMap = Object.fromEntries([
  ...WORKED_OUT.map((name) => [name, workedOut(name)] as const),
  ...METHODS.map((name) => [name, { enumerable: true, value: FastSnapshot.prototype[name] }] as const),
]);

/** A snapshot as XState would have made it. */
export function stockSnapshot(snapshot: FastSnapshot): AnyMachineSnapshot {
  const { status, output, error, machine, context, _nodes, value, tags, children, historyValue } = snapshot;
  const { matches, hasTag, can, getMeta, toJSON } = snapshot;
  const parts = { status, output, error, machine, context, _nodes, value, tags, children, historyValue };
  return { ...parts, matches, hasTag, can, getMeta, toJSON } as unknown as AnyMachineSnapshot;
}
