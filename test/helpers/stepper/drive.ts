import { isDeepStrictEqual } from 'node:util';
import {
  type AnyEventObject,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyStateNode,
  isMachineSnapshot,
  StateMachine,
} from 'xstate';
import { type NotingScope, notingScope } from './scope.js';

/** One thing that happens to a machine: which of those that could, and what it says. */
export interface Happening {
  readonly pick: number;
  readonly kind: 'event' | 'stale' | 'restore' | 'stop';
  readonly output: unknown;
  readonly action: string;
  readonly code: string;
  readonly terminal: boolean;
}

interface Side {
  readonly machine: AnyStateMachine;
  readonly noting: NotingScope;
  snapshot: AnyMachineSnapshot;
}

/**
 * A machine as XState steps it, and its fast twin, side by side: both are given the same events, and are compared after each. An iteration
 * of a loop, which they invoke, is such a pair itself.
 */
export class Pair {
  readonly #stock: Side;
  readonly #fast: Side;
  readonly #inner = new Map<string, Pair>();
  readonly #note: (step: string) => void;
  #broken = false;

  constructor(
    stock: AnyStateMachine,
    fast: AnyStateMachine,
    input?: unknown,
    note: (step: string) => void = () => {},
  ) {
    this.#note = note;
    this.#stock = begun(stock, input);
    this.#fast = begun(fast, input);
    this.#compare();
  }

  get snapshot(): AnyMachineSnapshot {
    return this.#fast.snapshot;
  }

  get isOver(): boolean {
    return this.#broken || this.#stock.snapshot.status !== 'active';
  }

  /** Lets one thing happen, here or in an iteration that is under way. */
  happen(happening: Happening): void {
    if (happening.kind === 'restore') this.restore();
    else if (happening.kind === 'stop') this.send({ type: 'xstate.stop' });
    else this.#choose(happening);
    this.#reap();
  }

  #choose(happening: Happening): void {
    const inner = [...this.#inner.entries()];
    const types = this.#types(happening.kind === 'stale');
    const place = happening.pick % (types.length + 3 * inner.length);
    const type = types[place];
    if (type !== undefined) {
      this.send(eventFor(type, happening));
      return;
    }
    const [id, iteration] = inner[Math.floor((place - types.length) / 3)] ?? [];
    if (id === undefined || iteration === undefined) return;
    iteration.happen({ ...happening, kind: happening.kind === 'stale' ? 'event' : happening.kind });
    this.#reap();
  }

  /** Tells this machine which of its iterations have ended. */
  #reap(): void {
    for (const [id, iteration] of this.#inner) {
      if (!iteration.isOver || !this.#inner.delete(id)) continue;
      const { status, output, error } = iteration.snapshot;
      if (status === 'stopped') continue;
      const ended = status === 'done' ? 'done' : 'error';
      this.send({ type: `xstate.${ended}.actor.${id}`, actorId: id, output, error });
    }
  }

  /** The events that an active state answers; `stale`: that any state does. */
  #types(stale: boolean): string[] {
    const { snapshot, machine } = this.#stock;
    const nodes = stale ? statesIn(machine.root) : snapshot._nodes;
    const handled = nodes.flatMap((node) => [...node.transitions.keys()]);
    const types = new Set<string>(handled.filter((type) => !type.startsWith('xstate.done.state')));
    const mine = [...types].filter(
      (type) => stale || ![...this.#inner.keys()].some((id) => type.endsWith(`.actor.${id}`)),
    );
    // Whatever ends all is rarer than what ends one node.
    const rare = (type: string) =>
      /^(cancel$|abort$|drain$|cancel:|drain:|cancel_rest:|xstate\.after.*running$)/.test(type);
    return [
      ...mine.filter((type) => !rare(type)),
      ...mine.filter((type) => !rare(type)),
      ...mine.filter(rare).slice(0, 3),
    ];
  }

  /** Gives both an event. */
  send(event: AnyEventObject): void {
    this.#note(JSON.stringify(event));
    const [stock, fast] = [this.#stock, this.#fast].map((side) => {
      try {
        side.snapshot = side.machine.transition(side.snapshot, event, side.noting.scope);
        return null;
      } catch (error) {
        return (error as Error).message;
      }
    });
    if (stock !== fast) throw new Error(`What is thrown differs\n  expected ${stock}\n  actual   ${fast}`);
    this.#broken = stock !== null;
    if (!this.#broken) this.#compare();
  }

  /** Goes on from a snapshot that is made up. */
  resolve(snapshot: Parameters<AnyStateMachine['resolveState']>[0]): void {
    for (const side of [this.#stock, this.#fast]) side.snapshot = side.machine.resolveState(snapshot);
  }

  /** Goes on from what both persist, which must be the same. */
  restore(): void {
    this.#note('persisted and restored');
    const [stock, fast] = [this.#stock, this.#fast].map(({ machine, snapshot }) =>
      JSON.stringify(machine.getPersistedSnapshot(snapshot)),
    );
    if (stock !== fast) throw new Error(`What is persisted differs\n  expected ${stock}\n  actual   ${fast}`);
    for (const side of [this.#stock, this.#fast]) {
      side.snapshot = side.machine.restoreSnapshot(JSON.parse(stock ?? ''), side.noting.scope);
    }
    this.#compare();
  }

  #compare(): void {
    const [stock, fast] = [seen(this.#stock), seen(this.#fast)];
    for (const name of Object.keys(stock.shown)) {
      const [expected, actual] = [stock.shown[name], fast.shown[name]];
      if (isDeepStrictEqual(expected, actual)) continue;
      const show = (value: unknown) => JSON.stringify(value, null, 1);
      throw new Error(`${name} differs\n  expected ${show(expected)}\n  actual   ${show(actual)}`);
    }
    for (const { type, params } of stock.executed) {
      const { id, event, to } = (params ?? {}) as { id: string; event: AnyEventObject; to: unknown };
      if (type === 'xstate.spawnChild') this.#spawned(id);
      if (type === 'xstate.stopChild') this.#inner.delete(String(params).slice('actor '.length));
      if (type === 'xstate.sendTo') this.#pass(String(to).slice('actor '.length), event);
    }
  }

  #pass(id: string, event: AnyEventObject): void {
    const iteration = this.#inner.get(id);
    if (iteration !== undefined && !iteration.isOver) iteration.send(event);
  }

  /** An iteration begins beside the actor that stands for it, which never does. */
  #spawned(id: string): void {
    const [stock, fast] = [this.#stock, this.#fast].map(({ snapshot }) => snapshot.children[id]);
    if (!(stock?.logic instanceof StateMachine) || !(fast?.logic instanceof StateMachine)) return;
    const { input } = stock.options as { input: unknown };
    this.#inner.set(
      id,
      new Pair(stock.logic as AnyStateMachine, fast.logic as AnyStateMachine, input, (step) =>
        this.#note(`in ${id}: ${step}`),
      ),
    );
  }
}

const statesIn = (node: AnyStateNode): AnyStateNode[] => [
  node,
  ...Object.values(node.states).flatMap(statesIn),
];

function begun(machine: AnyStateMachine, input: unknown): Side {
  const noting = notingScope();
  return { machine, noting, snapshot: machine.getInitialSnapshot(noting.scope, input) as AnyMachineSnapshot };
}

function seen({ snapshot, noting }: Side) {
  const { executed, microsteps } = noting.take();
  const { status, output, error, value, context, children } = snapshot;
  const shown: Record<string, unknown> = {
    microsteps,
    executed,
    value,
    context,
    status,
    output,
    error: error instanceof Error ? error.message : error,
    children: Object.keys(children),
    nodes: snapshot._nodes.map(({ id }) => id).sort(),
    isMachineSnapshot: isMachineSnapshot(snapshot),
    cancels: snapshot.can({ type: 'cancel' }),
  };
  return { executed, shown };
}

function eventFor(type: string, { output, action, code, terminal }: Happening): AnyEventObject {
  const failure = { code, message: 'told to', node: null, path: null, hint: '' };
  return {
    type,
    at: 0,
    actorId: type.slice(type.lastIndexOf('.') + 1),
    output: { output, action },
    error: { failure, terminal, at: 0 },
    failure,
    failed: null,
    reason: null,
  };
}
