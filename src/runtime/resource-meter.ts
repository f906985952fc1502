import type { ResourceUse } from '../ir/workflow.js';
import type { Clock } from './clock.js';
import type { ResourceMetrics } from './record.js';

interface Tally {
  uses: number;
  held: number;
  peak: number;
  /** Since when something of it has been held; of no meaning while nothing is. */
  heldSince: number;
  busyMs: number;
  waitedMs: number;
}

/** Counts what one run uses of each resource while it goes on. */
export class ResourceMeter {
  readonly #clock: Clock;
  readonly #tallies = new Map<string, Tally>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  waited(uses: readonly ResourceUse[], ms: number): void {
    for (const { resource } of uses) this.#tallyOf(resource).waitedMs += ms;
  }

  held(uses: readonly ResourceUse[]): void {
    if (uses.length === 0) return;
    const now = this.#clock.now();
    for (const { resource, amount } of uses) {
      const tally = this.#tallyOf(resource);
      if (tally.held === 0) tally.heldSince = now;
      tally.uses++;
      tally.held += amount;
      tally.peak = Math.max(tally.peak, tally.held);
    }
  }

  freed(uses: readonly ResourceUse[]): void {
    if (uses.length === 0) return;
    const now = this.#clock.now();
    for (const { resource, amount } of uses) {
      const tally = this.#tallyOf(resource);
      tally.held -= amount;
      if (tally.held === 0) tally.busyMs += now - tally.heldSince;
    }
  }

  /** @param names what there is in any case, in order; what was used besides comes after it */
  metrics(
    names: Iterable<string>,
    round: (ms: number) => number,
  ): { readonly [name: string]: ResourceMetrics } {
    const now = this.#clock.now();
    const byName = Object.create(null) as { [name: string]: ResourceMetrics };
    for (const name of new Set([...names, ...this.#tallies.keys()])) {
      const { uses, held, peak, heldSince, busyMs, waitedMs } = this.#tallyOf(name);
      const sinceThen = held === 0 ? 0 : now - heldSince;
      byName[name] = { uses, peak, busy_ms: round(busyMs + sinceThen), waited_ms: round(waitedMs) };
    }
    return byName;
  }

  #tallyOf(resource: string): Tally {
    let tally = this.#tallies.get(resource);
    if (tally === undefined) {
      tally = { uses: 0, held: 0, peak: 0, heldSince: 0, busyMs: 0, waitedMs: 0 };
      this.#tallies.set(resource, tally);
    }
    return tally;
  }
}
