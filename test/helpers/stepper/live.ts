import { isDeepStrictEqual } from 'node:util';
import {
  type AnyActorRef,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createActor,
  fromPromise,
  type InspectionEvent,
} from 'xstate';
import type { ChartEvent } from '../../../src/machines/chart-event.js';
import type { ChartBindings, CompiledWorkflow } from '../../../src/machines/compile.js';
import type { AttemptInput } from '../../../src/machines/node.js';
import { createVirtualClock, type VirtualClock } from '../../../src/runtime/virtual-clock.js';

/** What a node function is told to do next: which of those that are called, and how it ends. */
export interface Ending {
  readonly pick: number;
  readonly kind: 'result' | 'failure' | 'time' | 'cancel';
  readonly action: string;
  readonly code: string;
}

interface Call {
  readonly resolve: (result: unknown) => void;
  readonly reject: (failure: unknown) => void;
}

/** One chart under way, its node functions called and ended by a test. */
class Live {
  readonly calls = new Map<string, Call>();
  readonly events: ChartEvent[] = [];
  /** What an inspector is told, without what differs between any two actors. */
  readonly inspected: unknown[] = [];
  readonly actor: AnyActorRef;
  readonly clock: VirtualClock = createVirtualClock();
  called = 0;
  broken: unknown = null;

  constructor({ bind }: CompiledWorkflow, twin: (machine: AnyStateMachine) => AnyStateMachine) {
    const machine = twin(bind(this.#bindings()));
    this.actor = createActor(machine, {
      input: { inputs: {}, seed: 7 },
      clock: this.clock,
      inspect: (event) => this.#inspect(event),
    });
    this.actor.subscribe({
      error: (error) => {
        this.broken = error;
      },
    });
  }

  seen(): Record<string, unknown> {
    const { value, context, status, output, children } = this.actor.getSnapshot() as AnyMachineSnapshot;
    return {
      calls: [...this.calls.keys()],
      events: this.events,
      inspected: this.inspected,
      ...{ value, context, status, output },
      children: Object.keys(children),
      persisted: JSON.stringify(this.actor.getPersistedSnapshot()),
      broken: String(this.broken),
    };
  }

  #bindings(): ChartBindings {
    const called = fromPromise<unknown, AttemptInput>(
      ({ input, signal }) =>
        new Promise((resolve, reject) => {
          const { name } = input;
          this.called++;
          const call = { resolve, reject };
          this.calls.set(name, call);
          signal.addEventListener('abort', () => {
            if (this.calls.get(name) === call) this.calls.delete(name);
          });
        }),
    );
    return {
      actors: new Map([['step', called]]),
      drain: fromPromise(async () => null),
      compensation: fromPromise(async () => ({ output: null, action: 'default' })),
      batchData: fromPromise(async () => null),
      gracePeriodMs: 100,
      publish: (_, event) => this.events.push(event),
      isUnheard: () => false,
      isObserved: () => true,
      now: () => this.clock.now(),
      requestPlace: (_, request) => queueMicrotask(() => request.grant()),
      releasePlace: () => {},
    };
  }

  #inspect(event: InspectionEvent): void {
    const about = event.actorRef as AnyActorRef;
    const { type } = event;
    const on = 'event' in event ? event.event.type : null;
    const action = 'action' in event ? event.action.type : null;
    const { value, status } = ('snapshot' in event ? event.snapshot : {}) as Partial<AnyMachineSnapshot>;
    // The id of the outermost actor is not its own choice.
    const id = about === this.actor || this.actor === undefined ? 'run' : about.id;
    this.inspected.push({ type, id, on, action, value, status });
  }
}

/** A chart run by actors of XState's own stepper and of the fast one, side by side; compared whenever nothing is left to do. */
export class LivePair {
  readonly #stock: Live;
  readonly #fast: Live;

  private constructor(compiled: CompiledWorkflow, stockTwin: (machine: AnyStateMachine) => AnyStateMachine) {
    this.#stock = new Live(compiled, stockTwin);
    this.#fast = new Live(compiled, (machine) => machine);
  }

  static async start(
    compiled: CompiledWorkflow,
    stockTwin: (machine: AnyStateMachine) => AnyStateMachine,
  ): Promise<LivePair> {
    const pair = new LivePair(compiled, stockTwin);
    await pair.#each((live) => live.actor.start());
    return pair;
  }

  /** How many node functions were called. */
  get calls(): number {
    return this.#stock.called;
  }

  get isOver(): boolean {
    return this.#stock.actor.getSnapshot().status !== 'active';
  }

  async happen({ pick, kind, action, code }: Ending): Promise<void> {
    const calls = [...this.#stock.calls.keys()];
    const name = calls[pick % calls.length];
    const failure = { code, message: 'told to', node: null, path: null, hint: '' };
    await this.#each((live) => {
      const call = name === undefined ? undefined : live.calls.get(name);
      if (kind === 'cancel') live.actor.send({ type: 'cancel', reason: 'told to' });
      else if (call === undefined || kind === 'time') return live.clock.advance(5000);
      else {
        live.calls.delete(name ?? '');
        if (kind === 'result') call.resolve({ output: { ok: true }, action });
        else call.reject({ failure, terminal: false, at: live.clock.now() });
      }
      return undefined;
    });
  }

  async #each(act: (live: Live) => unknown): Promise<void> {
    for (const live of [this.#stock, this.#fast]) {
      await act(live);
      await live.clock.flush();
    }
    const [expected, actual] = [this.#stock.seen(), this.#fast.seen()];
    for (const name of Object.keys(expected)) {
      if (isDeepStrictEqual(expected[name], actual[name])) continue;
      const show = (value: unknown) => JSON.stringify(value, null, 1);
      throw new Error(
        `${name} differs\n  expected ${show(expected[name])}\n  actual   ${show(actual[name])}`,
      );
    }
  }
}
