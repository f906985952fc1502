import type { AnyEventObject, AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { isFast } from '../../../src/machines/stepper/fast-machine.js';
import {
  attempt,
  begun,
  expectSame,
  persistedBy,
  type Side,
  seen,
  shownOf,
  statesIn,
  takes,
} from './side.js';

/** One thing that happens to a machine: which of those that could, and what it says. */
export interface Happening {
  readonly pick: number;
  /**
   * `event`: one that an active state answers; `stale`: one that any state does; `restore`: it goes on from what is persisted; `adopt`: the
   * fast machine goes on from the snapshot of the other; `rewind`: both go back to an earlier snapshot; `stop`: it is stopped.
   */
  readonly kind: 'event' | 'stale' | 'restore' | 'adopt' | 'rewind' | 'stop';
  readonly output: unknown;
  readonly action: string;
  readonly code: string;
  readonly terminal: boolean;
  /** Milliseconds, where the event says when. */
  readonly at: number;
}

export interface PairOptions {
  readonly input?: unknown;
  /** Whether an inspector sees the microsteps; true if left out. */
  readonly isWatched?: boolean;
  /** Names that an event may give as that of the node whose failure is its cause. */
  readonly ids?: readonly string[];
  /** Is told each thing that happens. */
  readonly note?: (step: string) => void;
}

/** Events that end more than one node. */
const ENDS_MUCH =
  /^(cancel$|abort$|drain$|cancel:|drain:|cancel_rest:|xstate\.after\.\d+\.[^.]*\.(running|failing|cancelling)$)/;
const LIKELY = /^(grant:|xstate\.done\.actor\.|xstate\.after\.backoff)/;

/** What is read of an actor that a machine has invoked. */
interface Invoked {
  readonly logic: AnyStateMachine;
  readonly options: { readonly input: unknown };
}

interface Sent {
  readonly event: AnyEventObject;
}

/** A point to which a pair can go back. */
interface Point {
  readonly stock: AnyMachineSnapshot;
  readonly fast: AnyMachineSnapshot;
  /** What was seen of them when they were new: an older snapshot must go on to show the same. */
  readonly shown: Record<string, unknown>;
  readonly inner: readonly (readonly [id: string, iteration: Pair, point: number])[];
}

/**
 * A machine as XState steps it, and its fast twin, side by side: both are given the same events, and are compared after each. A machine
 * that they invoke is such a pair itself.
 */
export class Pair {
  readonly #stock: Side;
  readonly #fast: Side;
  readonly #inner = new Map<string, Pair>();
  readonly #options: PairOptions;
  readonly #points: Point[] = [];
  #broken = false;

  constructor(stock: AnyStateMachine, fast: AnyStateMachine, options: PairOptions = {}) {
    this.#options = options;
    const { input, isWatched = true } = options;
    this.#stock = begun(stock, input, isWatched);
    this.#fast = begun(fast, input, isWatched);
    this.#compare();
  }

  get snapshot(): AnyMachineSnapshot {
    return this.#fast.snapshot;
  }

  get isOver(): boolean {
    return this.#broken || this.#stock.snapshot.status !== 'active';
  }

  /** Lets one thing happen, here or in an iteration that is under way; once all is over, it goes back. */
  happen(happening: Happening): void {
    if (this.isOver) {
      this.#rewind(happening.pick % this.#points.length);
      return;
    }
    const inner = [...this.#inner.entries()];
    const types = this.#types(happening.kind === 'stale', happening.pick);
    const { length } = types;
    const place = happening.pick % (length + 8 * inner.length);
    const [id, iteration] = inner[Math.floor((place - length) / 8)] ?? [];
    if (happening.kind === 'stop') this.send({ type: 'xstate.stop' });
    else if (id !== undefined && iteration !== undefined) iteration.happen(happening);
    else if (happening.kind === 'restore') this.restore();
    else if (happening.kind === 'adopt') this.#adopt();
    else if (happening.kind === 'rewind') this.#rewind(happening.pick % this.#points.length);
    else this.send(this.#eventFor(types[place] ?? '', happening));
    this.#reap();
  }

  /** Looks once more at what each snapshot shows, which stepping on must not have changed, and at what would be persisted. */
  lookBack(): void {
    const { isWatched } = this.#fast;
    for (const { fast, shown } of this.#points) expectSame(shown, shownOf(fast, isWatched));
    const [stock, fast] = [this.#stock, this.#fast].map(persistedBy);
    expectSame({ persisted: stock }, { persisted: fast });
    for (const [, iteration] of this.#inner) iteration.lookBack();
  }

  /** Gives both an event. */
  send(event: AnyEventObject): void {
    this.#note(JSON.stringify(event));
    expectSame({ can: takes(this.#stock, event) }, { can: takes(this.#fast, event) });
    const [stock, fast] = [this.#stock, this.#fast].map((side) =>
      attempt(() => side.machine.transition(side.snapshot, event, side.noting.scope)),
    );
    expectSame({ thrown: stock?.thrown }, { thrown: fast?.thrown });
    this.#broken = stock?.value === null;
    if (!stock?.value || !fast?.value) return;
    this.#stock.snapshot = stock.value;
    this.#fast.snapshot = fast.value;
    this.#compare();
  }

  /** Goes on from a snapshot that is made up. */
  resolve(snapshot: Parameters<AnyStateMachine['resolveState']>[0]): void {
    for (const side of [this.#stock, this.#fast]) side.snapshot = side.machine.resolveState(snapshot);
  }

  /** Goes on from what both persist, each from what the other has persisted. */
  restore(): void {
    this.#note('persisted and restored');
    const [stock, fast] = [this.#stock, this.#fast].map(persistedBy);
    expectSame({ persisted: stock }, { persisted: fast });
    for (const [side, persisted] of [[this.#stock, fast] as const, [this.#fast, stock] as const]) {
      const read = JSON.parse(JSON.stringify(persisted));
      side.snapshot = side.machine.restoreSnapshot(read, side.noting.scope);
    }
    this.#compare();
  }

  #adopt(): void {
    this.#note('adopted');
    this.#fast.snapshot = this.#stock.snapshot;
  }

  #rewind(to: number): void {
    const point = this.#points[to];
    if (point === undefined) return;
    this.#note(`back to ${to}`);
    this.#points.length = to + 1;
    this.#stock.snapshot = point.stock;
    this.#fast.snapshot = point.fast;
    this.#broken = false;
    this.#inner.clear();
    for (const [id, iteration, at] of point.inner) {
      iteration.#rewind(at);
      this.#inner.set(id, iteration);
    }
  }

  #note(step: string): void {
    this.#options.note?.(step);
  }

  /** Tells this machine which of its iterations have ended. */
  #reap(): void {
    for (const [id, iteration] of this.#inner) {
      if (!iteration.isOver || !this.#inner.delete(id)) continue;
      iteration.lookBack();
      const { status, output, error } = iteration.snapshot;
      const ended = status === 'done' ? 'done' : 'error';
      this.send({ type: `xstate.${ended}.actor.${id}`, actorId: id, output, error });
    }
  }

  /** The events that an active state answers, or (`stale`) any state, as often as they are likely. */
  #types(stale: boolean, pick: number): string[] {
    const { snapshot, machine } = this.#stock;
    const nodes = stale ? statesIn(machine.root) : snapshot._nodes;
    const handled = new Set(nodes.flatMap((node) => [...node.transitions.keys()]));
    const inner = [...this.#inner.keys()];
    const types = [...handled].filter(
      (type) =>
        !type.startsWith('xstate.done.state') &&
        (stale || !inner.some((id) => type.endsWith(`.actor.${id}`))),
    );
    const ending = types.filter((type) => ENDS_MUCH.test(type));
    const others = types.filter((type) => !ENDS_MUCH.test(type));
    return [
      ...others.flatMap((type) => Array<string>(LIKELY.test(type) ? 6 : 3).fill(type)),
      ...ending.slice(pick % ending.length).slice(0, 1),
    ];
  }

  #eventFor(type: string, { pick, output, action, code, terminal, at }: Happening): AnyEventObject {
    const failure = { code, message: 'told to', node: null, path: null, hint: '' };
    const { ids = [] } = this.#options;
    const ofBatch = {
      total: 3,
      whole: false,
      lane: pick % 2,
      item: { index: pick % 3, value: pick, parameter: null },
      index: pick % 3,
      status: terminal ? 'failed' : 'succeeded',
      result: terminal ? null : { output, action },
    };
    const attemptFailure = { failure, terminal, at };
    return {
      ...ofBatch,
      type,
      at,
      actorId: type.slice(type.lastIndexOf('.') + 1),
      output: { output, action },
      error: attemptFailure,
      // That of an attempt for a batch, and of a place that can never be for a node.
      failure: type.startsWith('refuse') ? failure : attemptFailure,
      failed: ids[pick % (ids.length + 1)] ?? null,
      reason: null,
    };
  }

  #compare(): void {
    const [stock, fast] = [seen(this.#stock), seen(this.#fast)];
    expectSame({ ...stock.noted, ...stock.shown }, { ...fast.noted, ...fast.shown });
    for (const { type, params } of stock.noted.executed) {
      const { actorRef, event, to } = (params ?? {}) as Record<'actorRef' | 'to', unknown> & Sent;
      if (type === 'xstate.spawnChild') this.#spawned(String(actorRef).slice('actor '.length));
      if (type === 'xstate.stopChild') this.#inner.delete(String(params).slice('actor '.length));
      if (type === 'xstate.sendTo') this.#pass(String(to).slice('actor '.length), event);
    }
    const inner = [...this.#inner].map(([id, one]) => [id, one, one.#points.length - 1] as const);
    this.#points.push({ stock: this.#stock.snapshot, fast: this.#fast.snapshot, shown: stock.shown, inner });
  }

  #pass(id: string, event: AnyEventObject): void {
    const iteration = this.#inner.get(id);
    if (iteration !== undefined && !iteration.isOver) iteration.send(event);
  }

  /** A machine begins beside the actor that stands for it, which never does: an iteration, a batch, or a lane of one. */
  #spawned(id: string): void {
    const [stock, fast] = [this.#stock, this.#fast].map(({ snapshot }) => snapshot.children[id] as Invoked);
    if (stock === undefined || fast === undefined || !isFast(fast.logic)) return;
    const { input } = stock.options;
    const note = (step: string) => this.#note(`in ${id}: ${step}`);
    this.#inner.set(id, new Pair(stock.logic, fast.logic, { ...this.#options, input, note }));
  }
}
