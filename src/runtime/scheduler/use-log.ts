/** So many amounts, and no more, may begin in any span of `perMs` milliseconds. */
export interface Rate {
  readonly limit: number;
  readonly perMs: number;
}

interface Use {
  readonly at: number;
  /** All amounts up to this use, its own included. */
  readonly sum: number;
}

/** What has begun, and when: a sliding window for each rate that looks at it. A span takes in its start, and its end not. */
export class UseLog {
  readonly #uses: Use[] = [];
  /** How many of `#uses` are too old to matter; cut off when they are half of them. */
  #forgotten = 0;
  #forgottenSum = 0;
  #keepMs = 0;
  #sum = 0;

  /** Remembers uses for at least so many milliseconds from now on. */
  keepFor(ms: number): void {
    this.#keepMs = Math.max(this.#keepMs, ms);
  }

  add(amount: number, now: number): void {
    if (this.#keepMs === 0) return;
    this.#forget(now);
    this.#sum += amount;
    this.#uses.push({ at: now, sum: this.#sum });
  }

  /** When `amount` more may begin under a rate, if nothing else begins before: now, or later. */
  freeAt(rate: Rate, amount: number, now: number): number {
    // What has begun up to here has to be out of the window.
    const outside = this.#sum + amount - rate.limit;
    if (outside <= this.#forgottenSum) return now;
    const last = this.#uses[this.#firstWith(({ sum }) => sum >= outside)];
    return last === undefined ? now : Math.max(now, last.at + rate.perMs);
  }

  isEmpty(now: number): boolean {
    this.#forget(now);
    return this.#forgotten === this.#uses.length;
  }

  #forget(now: number): void {
    for (let use = this.#uses[this.#forgotten]; use !== undefined; use = this.#uses[this.#forgotten]) {
      if (use.at + this.#keepMs > now) break;
      this.#forgottenSum = use.sum;
      this.#forgotten++;
    }
    if (this.#forgotten * 2 > this.#uses.length) {
      this.#uses.splice(0, this.#forgotten);
      this.#forgotten = 0;
    }
  }

  /** Index of the first use for which `isTrue` holds, as it does for all after it. */
  #firstWith(isTrue: (use: Use) => boolean): number {
    let low = this.#forgotten;
    let high = this.#uses.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isTrue(this.#uses[middle] as Use)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
