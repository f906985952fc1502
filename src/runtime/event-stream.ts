import type { RunEvent } from './event.js';

/** Hands a run's events to those who listen, and keeps none for those who do not. */
export class EventStream {
  readonly #listeners = new Set<(event: RunEvent) => void>();
  readonly #onEnd = new Set<() => void>();
  #ended = false;

  get hasListeners(): boolean {
    return this.#listeners.size > 0;
  }

  /** @returns a function that ends the subscription */
  subscribe(listener: (event: RunEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  publish(event: RunEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        // A listener's mistake is reported as an uncaught exception, and must not change what the run does.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  end(): void {
    this.#ended = true;
    for (const finish of this.#onEnd) finish();
    this.#onEnd.clear();
    this.#listeners.clear();
  }

  /** Every event from this call on; it ends with the run. Leaving the loop ends the subscription. */
  iterate(): AsyncIterableIterator<RunEvent> {
    type Result = IteratorResult<RunEvent>;
    const done: Result = { done: true, value: undefined };
    const arrived: RunEvent[] = [];
    const askers: ((result: Result) => void)[] = [];
    let finished = this.#ended;
    const finish = (): void => {
      finished = true;
      for (const answer of askers.splice(0)) answer(done);
    };
    const unsubscribe = this.subscribe((event) => {
      const answer = askers.shift();
      if (answer === undefined) arrived.push(event);
      else answer({ done: false, value: event });
    });
    this.#onEnd.add(finish);
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      next: () => {
        const value = arrived.shift();
        if (value !== undefined) return Promise.resolve<Result>({ done: false, value });
        return finished ? Promise.resolve(done) : new Promise<Result>((answer) => askers.push(answer));
      },
      return: async () => {
        unsubscribe();
        this.#onEnd.delete(finish);
        arrived.length = 0;
        finish();
        return done;
      },
    };
  }
}
