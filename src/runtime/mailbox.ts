import { quote } from '../ir/diagnostics/wording.js';
import { ForkchartError } from '../ir/errors.js';
import type { JsonValue } from '../ir/json.js';
import type { ValueSchema } from '../ir/value-schema.js';
import { toJsonResult } from './json-result.js';

/** Events that a run keeps for nodes that have yet to wait for them. */
export const MOST_KEPT = 1000;

/** Who waits for an event. */
export interface Receiver {
  /** What the payload has to fit; `null` for nothing. */
  readonly schema: ValueSchema | null;
  /** Ends the wait. */
  readonly signal: AbortSignal;
  /** Told of an event that was kept, does not fit and is dropped. */
  refused(problems: readonly string[]): void;
  /** Told that nothing that was kept will do, so that it has to wait. */
  awaited(): void;
}

interface Waiter {
  readonly schema: ValueSchema | null;
  take(payload: JsonValue): void;
}

/** The events that a run is sent: each goes to one node that waits for its name, at once or later. */
export class Mailbox {
  readonly #maxBytes: number;
  /** By name, those who wait, in the order in which they came; names for which nobody waits are left out. */
  readonly #waiting = new Map<string, Set<Waiter>>();
  /** By name, what has come for nobody yet, in order of arrival; names of which there is nothing are left out. */
  readonly #kept = new Map<string, JsonValue[]>();
  #keptCount = 0;

  /** @param maxBytes how large a payload may be, as for results */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** How many wait, and how many events are kept. */
  get size(): { readonly waiting: number; readonly kept: number } {
    let waiting = 0;
    for (const waiters of this.#waiting.values()) waiting += waiters.size;
    return { waiting, kept: this.#keptCount };
  }

  /**
   * Gives an event to the node that has waited longest for its name, or keeps it for the first that will.
   *
   * @returns whether a node got it
   * @throws ForkchartError FC5016 when the payload does not fit what that node waits for; FC9002 for a name that is no text, a
   * payload that is not JSON or too large, and when too many events are kept already
   */
  send(event: string, payload: unknown): boolean {
    if (typeof event !== 'string') {
      throw wrong(`The name of an event is a text, and this is a ${typeof event}.`, 'Pass the name first.');
    }
    const value = this.#asJson(event, payload);
    const [first] = this.#waiting.get(event) ?? [];
    if (first === undefined) {
      this.#keep(event, value);
      return false;
    }
    const problems = first.schema?.problemsOf(value) ?? [];
    if (problems.length > 0) {
      throw new ForkchartError(
        'FC5016',
        `The payload of event ${quote(event)} does not fit what the node waits for: ${problems.join('; ')}.`,
        {
          hint: 'Send it again with a payload that matches the `schema` of the node, which goes on waiting.',
        },
      );
    }
    first.take(value);
    return true;
  }

  /** Takes the first event of a name that fits: one that was kept, or the next to come. Rejects with the signal's reason. */
  receive(event: string, { schema, signal, refused, awaited }: Receiver): Promise<JsonValue> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      for (let kept = this.#takeKept(event); kept !== undefined; kept = this.#takeKept(event)) {
        const problems = schema?.problemsOf(kept) ?? [];
        if (problems.length === 0) return resolve(kept);
        refused(problems);
      }
      const leave = (): void => {
        this.#remove(event, waiter);
        reject(signal.reason);
      };
      const waiter: Waiter = {
        schema,
        take: (payload) => {
          this.#remove(event, waiter);
          signal.removeEventListener('abort', leave);
          resolve(payload);
        },
      };
      this.#add(event, waiter);
      signal.addEventListener('abort', leave, { once: true });
      awaited();
    });
  }

  #asJson(event: string, payload: unknown): JsonValue {
    try {
      return toJsonResult(payload, this.#maxBytes, 'payload');
    } catch (error) {
      if (!(error instanceof ForkchartError)) throw error;
      throw wrong(
        `The payload of event ${quote(event)} cannot be sent: ${error.message}`,
        'Send null, booleans, finite numbers, texts, lists and plain objects; of large data, where it is to be found.',
      );
    }
  }

  #keep(event: string, payload: JsonValue): void {
    if (this.#keptCount >= MOST_KEPT) {
      throw wrong(
        `The run keeps ${MOST_KEPT} events that no node has taken, and cannot keep ${quote(event)}.`,
        'Send an event once a node waits for it, and only events that a `wait` node names.',
      );
    }
    this.#keptCount++;
    const kept = this.#kept.get(event);
    if (kept === undefined) this.#kept.set(event, [payload]);
    else kept.push(payload);
  }

  #takeKept(event: string): JsonValue | undefined {
    const kept = this.#kept.get(event);
    const payload = kept?.shift();
    if (payload === undefined) return undefined;
    this.#keptCount--;
    if (kept?.length === 0) this.#kept.delete(event);
    return payload;
  }

  #add(event: string, waiter: Waiter): void {
    const waiters = this.#waiting.get(event);
    if (waiters === undefined) this.#waiting.set(event, new Set([waiter]));
    else waiters.add(waiter);
  }

  #remove(event: string, waiter: Waiter): void {
    const waiters = this.#waiting.get(event);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.#waiting.delete(event);
  }
}

function wrong(message: string, hint: string): ForkchartError {
  return new ForkchartError('FC9002', message, { hint });
}
