import { ForkchartError } from '../../ir/errors.js';
import type { JsonObject, JsonValue } from '../../ir/json.js';
import { AggregateMismatch, AggregateOverflow } from '../../ir/template/aggregate.js';
import { kindOf } from '../../ir/template/value-kind.js';
import type { BatchPolicy } from '../../ir/workflow.js';
import { failureByItem } from '../../machines/batch/protocol.js';
import { failureAsJson } from '../../machines/data.js';
import type { AttemptFailure } from '../../machines/outcome.js';
import { InOrder } from './in-order.js';
import { type Reducer, reducerFor } from './reducer.js';

/** Failed items that a batch's output tells of. */
const MOST_ERRORS = 1000;

interface FailedItem {
  readonly index: number;
  readonly item: JsonValue;
  readonly failure: AttemptFailure;
}

type Ended = { readonly value: JsonValue } | 'failed';

/** Gathers what became of a batch's items, and makes the batch's output of it. */
export class ResultCollector {
  readonly #policy: BatchPolicy;
  /** By item; `null` where the results are not kept. */
  readonly #results: JsonValue[] | null;
  readonly #reducer: Reducer | null;
  /** `null` where nothing is done in the order of the items. */
  readonly #inOrder: InOrder<Ended> | null;
  readonly #pass: ((value: JsonValue) => void) | null;
  /** In the order of the items, the first so many. */
  readonly #failed: FailedItem[] = [];
  #successes = 0;
  #failures = 0;

  /**
   * @param keeps whether anything will look at the single results
   * @param pass is given the results of those that succeeded, in the order of the items; `null` where nobody waits for them
   */
  constructor(policy: BatchPolicy, keeps: boolean, pass: ((value: JsonValue) => void) | null) {
    this.#policy = policy;
    this.#results = policy.reduce === null && keeps ? [] : null;
    this.#reducer = policy.reduce === null || policy.reduce === 'none' ? null : reducerFor(policy.reduce);
    this.#pass = pass;
    this.#inOrder =
      this.#reducer === null && pass === null
        ? null
        : new InOrder((ended, index) => this.#take(ended, index));
  }

  /** Results that wait for an item before theirs. */
  get waiting(): number {
    return this.#inOrder?.waiting ?? 0;
  }

  /** @throws ForkchartError FC5002 when a result cannot be reduced */
  succeeded(index: number, value: JsonValue): void {
    this.#successes++;
    this.#keep(index, value);
    this.#inOrder?.add(index, { value });
  }

  failed(index: number, item: JsonValue, failure: AttemptFailure): void {
    this.#failures++;
    this.#keep(index, null);
    this.#inOrder?.add(index, 'failed');
    const after = this.#failed.findLastIndex((earlier) => earlier.index < index);
    this.#failed.splice(after + 1, 0, { index, item, failure });
    if (this.#failed.length > MOST_ERRORS) this.#failed.pop();
  }

  /** The batch's failure by failure number `nth` (from 0) in the order of the items; by the last that is known where there are too many. */
  failureNumber(nth: number): AttemptFailure {
    const item = this.#failed[nth] ?? this.#failed.at(-1);
    if (item === undefined) throw new Error('No item of the batch has failed.');
    return failureByItem(item.index, item.failure);
  }

  output(): JsonObject {
    const { reduce } = this.#policy;
    return {
      results: this.#results ?? [],
      count: this.#successes + this.#failures,
      success_count: this.#successes,
      error_count: this.#failures,
      errors: this.#failed.map(({ index, item, failure }) => ({
        index,
        item,
        error: failureAsJson(failure.failure),
      })),
      ...(reduce === null ? {} : { reduced: this.#reduced() }),
    };
  }

  #reduced(): JsonValue {
    if (this.#reducer === null) return null;
    try {
      return this.#reducer.value();
    } catch (error) {
      throw this.#cannotReduce(error, 'The results');
    }
  }

  #keep(index: number, value: JsonValue): void {
    if (this.#results === null) return;
    // Without holes, which an item that overtakes others would leave.
    while (this.#results.length < index) this.#results.push(null);
    this.#results[index] = value;
  }

  #take(ended: Ended, index: number): void {
    if (ended === 'failed') return;
    try {
      this.#reducer?.add(ended.value);
    } catch (error) {
      throw this.#cannotReduce(error, `The result of item ${index}, ${kindOf(ended.value)},`);
    }
    this.#pass?.(ended.value);
  }

  #cannotReduce(error: unknown, what: string): unknown {
    if (!(error instanceof AggregateMismatch)) return error;
    const { reduce, pointer } = this.#policy;
    const message =
      error instanceof AggregateOverflow
        ? `The results cannot be reduced by \`${reduce}\`: ${error.message}.`
        : `${what} cannot be reduced by \`${reduce}\`.`;
    return new ForkchartError('FC5002', message, {
      hint: 'Let the function return the value to be reduced, or leave `reduce` out.',
      path: pointer,
      cause: error,
    });
  }
}
