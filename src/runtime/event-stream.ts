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
        // A listener's mistake is reported as what it is, and must not change what the run does.
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
    const waiting: RunEvent[] = [];
    let wake: (() => void) | null = null;
    let finished = this.#ended;
    const stir = (): void => {
      wake?.();
      wake = null;
    };
    const finish = (): void => {
      finished = true;
      stir();
    };
    const unsubscribe = this.subscribe((event) => {
      waiting.push(event);
      stir();
    });
    this.#onEnd.add(finish);
    const close = (): void => {
      unsubscribe();
      this.#onEnd.delete(finish);
      finish();
    };
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      async next() {
        while (waiting.length === 0 && !finished) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        const value = waiting.shift();
        return value === undefined ? { done: true, value: undefined } : { done: false, value };
      },
      async return() {
        close();
        waiting.length = 0;
        return { done: true, value: undefined };
      },
    };
  }
}
