import { tightestBound } from '../bound.js';
import type { Detected, DetectionProblem } from './detect-capacity.js';
import type { Lane } from './lane.js';
import { type Rate, UseLog } from './use-log.js';

/** What bounds the use of a resource; absent for no bound. */
export interface ResourceDefinition {
  /** Holders at once. */
  readonly concurrency?: number;
  /** Sum of the amounts that are held at once; `auto`: as much as the machine has. */
  readonly capacity?: number | 'auto';
  /** At most `limit` (sum of amounts) begin in any span of `perMs` milliseconds. */
  readonly rate?: Rate;
}

/** Something that only so many may use at once, with those who hold it and those who wait for it. */
export class Resource {
  static #made = 0;

  /** Tells it from any other. */
  readonly id = Resource.#made++;
  readonly name: string;
  /** The lanes in which somebody waits for it. */
  readonly lanes = new Set<Lane>();
  #concurrency: number | null = null;
  #capacity: number | null = null;
  #rates: readonly Rate[] = [];
  /** What `auto` means here: `null` where nobody says `auto`, or while it is not known. */
  #detected: number | null = null;
  #problem: DetectionProblem | null = null;
  #isAuto = false;
  readonly #log = new UseLog();
  #holders = 0;
  #held = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** Forgets its bounds, but not who holds it, nor what has begun lately. */
  loosen(): void {
    this.#concurrency = null;
    this.#capacity = null;
    this.#rates = [];
    this.#isAuto = false;
  }

  /** Adds bounds: of each kind the tightest holds. */
  tighten({ concurrency, capacity, rate }: ResourceDefinition): void {
    this.#concurrency = tightestBound(this.#concurrency, concurrency);
    if (capacity === 'auto') this.#isAuto = true;
    else this.#capacity = tightestBound(this.#capacity, capacity);
    if (rate === undefined) return;
    this.#log.keepFor(rate.perMs);
    const isKnown = this.#rates.some(({ limit, perMs }) => limit === rate.limit && perMs === rate.perMs);
    if (!isKnown) this.#rates = [...this.#rates, rate];
  }

  /** Whether it has to be found out how much of it there is. */
  get isUnknown(): boolean {
    return this.#isAuto && this.#detected === null;
  }

  detected({ capacity, problem }: Detected): void {
    this.#detected = capacity;
    this.#problem = problem;
  }

  /** Why `auto` means nothing here; `null` where it is known what it means, and where nobody says it. */
  get problem(): DetectionProblem | null {
    return this.#isAuto ? this.#problem : null;
  }

  /** The most that one ticket can ever have of it; `null` for no bound. */
  get most(): number | null {
    return tightestBound(
      this.#capacity,
      this.#isAuto ? this.#detected : null,
      ...this.#rates.map(({ limit }) => limit),
    );
  }

  /** Whether nobody holds it, waits for it or has used it lately. */
  isIdle(now: number): boolean {
    return this.#holders === 0 && this.lanes.size === 0 && this.#log.isEmpty(now);
  }

  /** When so much may be had of it: now, at a time that is known, or (`null`) when somebody gives it back. */
  freeAt(amount: number, now: number): number | null {
    if (this.isUnknown) return null;
    if (this.#concurrency !== null && this.#holders >= this.#concurrency) return null;
    const capacity = tightestBound(this.#capacity, this.#isAuto ? this.#detected : null);
    if (capacity !== null && this.#held + amount > capacity) return null;
    return Math.max(now, ...this.#rates.map((rate) => this.#log.freeAt(rate, amount, now)));
  }

  take(amount: number, now: number): void {
    this.#holders++;
    this.#held += amount;
    this.#log.add(amount, now);
  }

  giveBack(amount: number): void {
    this.#holders--;
    this.#held -= amount;
  }
}
