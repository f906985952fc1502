import { type AnyActorLogic, type AnyActorRef, fromCallback, fromPromise } from 'xstate';
import type { BatchRequest } from '../../../src/machines/batch/protocol.js';
import type { ChartEvent } from '../../../src/machines/chart-event.js';
import type { ChartBindings } from '../../../src/machines/compile.js';
import type { AttemptInput } from '../../../src/machines/node.js';
import { oneShot } from '../../../src/machines/stepper/one-shot.js';

/** A node function that was called and has not ended. */
export interface Call {
  resolve(result: unknown): void;
  reject(failure: unknown): void;
}

/** What a chart does to the world: its node functions are called and ended by a test. */
export class LiveWorld {
  /** By name of the node, and of the item. */
  readonly calls = new Map<string, Call>();
  readonly events: ChartEvent[] = [];
  called = 0;
  /** Calls that were told to stop, and have yet to end. */
  #abandoned: Call[] = [];

  /** @param items how many a batch has */
  bindings(items: number, now: () => number): ChartBindings {
    return {
      actors: new Map([['step', this.#step()]]),
      drain: oneShot((job) => queueMicrotask(() => job.succeed(null))),
      compensation: fromPromise(async () => ({ output: null, action: 'default' })),
      batchData: batchData(items),
      gracePeriodMs: 100,
      publish: (_, event) => this.events.push(event),
      isUnheard: () => false,
      isObserved: () => true,
      now,
      requestPlace: (_, request) => queueMicrotask(() => request.grant()),
      releasePlace: () => {},
    };
  }

  /** Ends the calls that were told to stop: what they return is nobody's any more. */
  endAbandoned(): void {
    const abandoned = this.#abandoned;
    this.#abandoned = [];
    for (const call of abandoned) call.resolve({ output: 'too late', action: 'default' });
  }

  #step(): AnyActorLogic {
    return oneShot<unknown, AttemptInput>((job) => {
      const { name, item } = job.input;
      const key = item === null ? name : `${name}, item ${item.index}`;
      const call = { resolve: (result: unknown) => job.succeed(result), reject: job.fail.bind(job) };
      this.called++;
      this.calls.set(key, call);
      job.signal.addEventListener('abort', () => {
        if (this.calls.get(key) === call) this.calls.delete(key);
        this.#abandoned.push(call);
      });
    });
  }
}

/** Gives a batch so many items, and as its results nothing. */
function batchData(items: number): AnyActorLogic {
  return fromCallback<BatchRequest>(({ sendBack, receive }) => {
    let next = 0;
    const answers: { readonly [type: string]: (lane: number) => object | null } = {
      pull: (lane) => {
        const index = next++;
        if (index >= items) return { type: 'exhausted' };
        return { type: 'item', lane, item: { index, value: index, parameter: null } };
      },
      finish: () => ({ type: 'finished', result: { output: null, action: 'default' } }),
      explain: () => ({ type: 'explained', failure: { failure: EXPLAINED, terminal: true, at: 0 } }),
    };
    receive((request) => {
      const asked =
        request.type === 'keep' && request.pulls ? { type: 'pull', lane: request.settled.lane } : request;
      const answer = answers[asked.type]?.('lane' in asked ? asked.lane : 0) ?? null;
      if (answer !== null) queueMicrotask(() => sendBack(answer as never));
    });
    queueMicrotask(() => sendBack({ type: 'opened', total: items, whole: false } as never));
  });
}

const EXPLAINED = { code: 'E_BUSY', message: 'too many', node: null, path: null, hint: '' };

/** Notes what one sees who subscribes to the actors of a run, once for each of them. */
export class Subscriptions {
  readonly log: string[] = [];
  readonly #known = new WeakSet<object>();

  to(actor: AnyActorRef): void {
    if (this.#known.has(actor)) return;
    this.#known.add(actor);
    const id = /^x:\d+$/.test(actor.id) ? 'run' : actor.id;
    actor.subscribe({
      next: (snapshot: { status: string }) => this.log.push(`${id}: ${snapshot.status}`),
      complete: () => this.log.push(`${id} is complete`),
      error: (error: unknown) => this.log.push(`${id} has failed: ${JSON.stringify(error)}`),
    });
  }
}
