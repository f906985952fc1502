import {
  type AnyActorRef,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createActor,
  type InspectionEvent,
  type Snapshot,
} from 'xstate';
import type { CompiledWorkflow } from '../../../src/machines/compile.js';
import { DeadlineQueue } from '../../../src/runtime/deadline-queue.js';
import { createVirtualClock, type VirtualClock } from '../../../src/runtime/virtual-clock.js';
import { LiveWorld, Subscriptions } from './live-bindings.js';
import { expectSame } from './side.js';
import { stockTwin } from './twins.js';

/** What happens next to a run. */
export interface Ending {
  /** Which of the functions that are called it is about. */
  readonly pick: number;
  /**
   * `result`, `failure`: how that function ends; `time`: five seconds go by; `restore`: both go on from what they persist, on their own
   * stepper, or (`swap`) each on the other's; `watch`: somebody begins to inspect; `cancel`: the run is cancelled.
   */
  readonly kind: 'result' | 'failure' | 'time' | 'restore' | 'swap' | 'watch' | 'cancel';
  readonly action: string;
  readonly code: string;
}

export interface LiveOptions {
  /** Whether somebody inspects the run from its beginning. */
  readonly isInspected: boolean;
  /** Whether somebody subscribes to the actors of the nodes, as far as they are there when all is at rest. */
  readonly isSubscribed: boolean;
  /** How many items a batch has. */
  readonly items: number;
}

type Stepped = 'by XState' | 'fast';

/** One chart under way, in actors that run. */
class Live {
  readonly world = new LiveWorld();
  readonly #clock: VirtualClock = createVirtualClock();
  /** What an inspector is told, without what differs between any two actors. */
  readonly #inspected: unknown[] = [];
  readonly #subscriptions = new Subscriptions();
  readonly #machines: Readonly<Record<Stepped, AnyStateMachine>>;
  readonly #options: LiveOptions;
  #actor: AnyActorRef;

  constructor(
    { bind }: CompiledWorkflow,
    readonly stepped: Stepped,
    options: LiveOptions,
  ) {
    this.#options = options;
    const fast = bind(this.world.bindings(options.items, () => this.#clock.now()));
    this.#machines = { fast, 'by XState': stockTwin(fast) };
    this.#actor = this.#makeActor(stepped, null);
  }

  get isOver(): boolean {
    return this.#actor.getSnapshot().status !== 'active';
  }

  start(): void {
    this.#actor.start();
  }

  /** Lets one of the functions that are called end, or else time go by. */
  async end(name: string | undefined, { kind, action, code }: Ending): Promise<void> {
    const call = name === undefined || kind === 'time' ? undefined : this.world.calls.get(name);
    if (call === undefined) {
      this.world.endAbandoned();
      return this.#clock.advance(5000);
    }
    this.world.calls.delete(name ?? '');
    const failure = { code, message: 'told to', node: null, path: null, hint: '' };
    if (kind === 'failure') call.reject({ failure, terminal: false, at: this.#clock.now() });
    else call.resolve({ output: { ok: true }, action });
  }

  cancel(): void {
    this.#actor.send({ type: 'cancel', reason: 'told to' });
  }

  inspect(): void {
    this.#actor.system.inspect((event) => this.#note(event));
  }

  /** Goes on from what was persisted, in another actor. */
  restore(persisted: string, stepped: Stepped): void {
    this.#actor.stop();
    this.#actor = this.#makeActor(stepped, JSON.parse(persisted));
    this.#actor.start();
  }

  get persisted(): string {
    return JSON.stringify(this.#actor.getPersistedSnapshot());
  }

  rest(): Promise<void> {
    return this.#clock.flush();
  }

  seen(): Record<string, unknown> {
    const { value, context, status, output, children } = this.#actor.getSnapshot() as AnyMachineSnapshot;
    const actors = Object.entries(children as Record<string, AnyActorRef>);
    if (this.#options.isSubscribed) for (const [, child] of actors) this.#subscriptions.to(child);
    return {
      calls: [...this.world.calls.keys()],
      events: this.world.events,
      inspected: this.#inspected,
      subscribed: this.#subscriptions.log,
      ...{ value, context, status, output },
      children: actors.map(([id, child]) => [id, child.id, child.getSnapshot().status]),
      persisted: this.#actor.getPersistedSnapshot(),
      nextTimerAt: this.#clock.nextTimerAt(),
    };
  }

  #makeActor(stepped: Stepped, snapshot: Snapshot<unknown> | null): AnyActorRef {
    const { isInspected } = this.#options;
    const actor: AnyActorRef = createActor(this.#machines[stepped], {
      ...(snapshot === null ? { input: { inputs: {}, seed: 7 } } : { snapshot }),
      clock: new DeadlineQueue(this.#clock),
      ...(isInspected ? { inspect: (event: InspectionEvent) => this.#note(event) } : {}),
    });
    this.#subscriptions.to(actor);
    return actor;
  }

  #note(event: InspectionEvent): void {
    const { id } = event.actorRef as AnyActorRef;
    const { type } = event;
    const on = 'event' in event ? event.event.type : null;
    const action = 'action' in event ? event.action.type : null;
    const { value, status } = ('snapshot' in event ? event.snapshot : {}) as Partial<AnyMachineSnapshot>;
    // The id of the outermost actor is not its own choice.
    this.#inspected.push({ type, id: /^x:\d+$/.test(id) ? 'run' : id, on, action, value, status });
  }
}

/** A chart run by actors of XState's own stepper and of the fast one, side by side; compared whenever nothing is left to do. */
export class LivePair {
  readonly #stock: Live;
  readonly #fast: Live;
  #isSwapped = false;

  private constructor(compiled: CompiledWorkflow, options: LiveOptions) {
    this.#stock = new Live(compiled, 'by XState', options);
    this.#fast = new Live(compiled, 'fast', options);
  }

  static async start(compiled: CompiledWorkflow, options: LiveOptions): Promise<LivePair> {
    const pair = new LivePair(compiled, options);
    await pair.#each((live) => live.start());
    return pair;
  }

  /** How many node functions were called. */
  get calls(): number {
    return this.#stock.world.called;
  }

  get isOver(): boolean {
    return this.#stock.isOver;
  }

  async happen(ending: Ending): Promise<void> {
    const calls = [...this.#stock.world.calls.keys()];
    const name = calls[ending.pick % calls.length];
    if (ending.kind === 'restore') await this.#restore(false);
    else if (ending.kind === 'swap') await this.#restore(true);
    else if (ending.kind === 'cancel') await this.#each((live) => live.cancel());
    else if (ending.kind === 'watch') await this.#each((live) => live.inspect());
    else await this.#each((live) => live.end(name, ending));
  }

  /** Ends every call, the run's own time, and what is then left because the timers of a run are not persisted. */
  async finish(): Promise<void> {
    for (let turn = 0; turn < 300 && !this.isOver; turn++) {
      const kind = turn % 100 === 99 ? 'cancel' : turn % 3 === 2 ? 'time' : 'result';
      await this.happen({ pick: 0, kind, action: 'default', code: '' });
    }
  }

  /** Each goes on from what the other has persisted. */
  async #restore(swaps: boolean): Promise<void> {
    if (swaps) this.#isSwapped = !this.#isSwapped;
    const { persisted } = this.#fast;
    const other = this.#stock.persisted;
    await this.#each((live) => {
      const isFast = (live === this.#fast) !== this.#isSwapped;
      live.restore(live === this.#fast ? other : persisted, isFast ? 'fast' : 'by XState');
    });
  }

  async #each(act: (live: Live) => unknown): Promise<void> {
    for (const live of [this.#stock, this.#fast]) {
      await act(live);
      await live.rest();
    }
    expectSame(this.#stock.seen(), this.#fast.seen());
  }
}
