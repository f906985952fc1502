import type { NodeMetrics } from './record.js';
import { toThousandth } from './rounding.js';

/**
 * What the calls of each node of a run come to, by index. Lists of numbers, as these are in one piece: an object for each node would have
 * each of its fractions in a piece of its own.
 */
export class NodeTallies {
  readonly #calls: number[];
  readonly #queueMs: number[];
  readonly #runMs: number[];
  /** Time in which at least one call was under way, and in backoff, added up; not a number for a node that did neither. */
  readonly #busyMs: number[];
  /** Of the call that ended first: a batch has no result before that. Not a number for none. */
  readonly #leadMs: number[];
  /** Calls under way: several for a batch; and since when there have been any. */
  readonly #underWay: number[];
  readonly #since: number[];

  /** @param nodes how many there are */
  constructor(nodes: number) {
    const all = (value: number): number[] => new Array<number>(nodes).fill(value);
    this.#calls = all(0);
    this.#queueMs = all(0);
    this.#runMs = all(0);
    this.#busyMs = all(Number.NaN);
    this.#leadMs = all(Number.NaN);
    this.#underWay = all(0);
    this.#since = all(0);
  }

  callBegan(node: number, now: number): void {
    const underWay = at(this.#underWay, node);
    this.#underWay[node] = underWay + 1;
    if (underWay === 0) this.#since[node] = now;
  }

  /** @param began when that call did */
  callEnded(node: number, began: number, now: number): void {
    const underWay = at(this.#underWay, node) - 1;
    this.#underWay[node] = underWay;
    this.#calls[node] = at(this.#calls, node) + 1;
    this.#runMs[node] = at(this.#runMs, node) + now - began;
    if (Number.isNaN(at(this.#leadMs, node))) this.#leadMs[node] = now - began;
    if (underWay === 0) this.#addBusy(node, now - at(this.#since, node));
  }

  waited(node: number, ms: number): void {
    this.#queueMs[node] = at(this.#queueMs, node) + ms;
  }

  backedOff(node: number, ms: number): void {
    this.#addBusy(node, ms);
  }

  /** `null` for a node that neither ran nor was in backoff. */
  busyMs(node: number): number | null {
    return orNull(at(this.#busyMs, node));
  }

  /** `null` for a node of which no call has ended. */
  leadMs(node: number): number | null {
    return orNull(at(this.#leadMs, node));
  }

  metrics(node: number): NodeMetrics {
    return {
      calls: at(this.#calls, node),
      queue_ms: toThousandth(at(this.#queueMs, node)),
      run_ms: toThousandth(at(this.#runMs, node)),
    };
  }

  #addBusy(node: number, ms: number): void {
    this.#busyMs[node] = (this.busyMs(node) ?? 0) + ms;
  }
}

const at = (list: readonly number[], node: number): number => list[node] as number;
const orNull = (ms: number): number | null => (Number.isNaN(ms) ? null : ms);
