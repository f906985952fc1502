import type { Diagnostic } from './diagnostic.js';

/** Collects problems up to a limit, so that a document with a million of them does not get a million answers. */
export class DiagnosticLog {
  /** How many are kept at most, the one that says that there are more included. */
  readonly limit: number;
  readonly #kept: Diagnostic[] = [];
  #dropped = 0;

  /** @param limit taken as 2 if it is less */
  constructor(limit: number) {
    this.limit = Math.max(2, limit);
  }

  /** Whether another problem would only be counted: no need to put it into words. */
  get full(): boolean {
    return this.#kept.length >= this.limit - 1;
  }

  readonly add = (diagnostic: Diagnostic): void => {
    if (this.full) this.skip();
    else this.#kept.push(diagnostic);
  };

  /** Counts problems that are not put into words. */
  skip(count = 1): void {
    this.#dropped += count;
  }

  /** All that was kept and, where there was more, how much more. */
  diagnostics(): readonly Diagnostic[] {
    if (this.#dropped === 0) return this.#kept;
    return [
      ...this.#kept,
      {
        code: 'FC1006',
        severity: 'error',
        path: '',
        message: `There are ${this.#dropped} more problems than the ${this.#kept.length} that are shown.`,
        hint: 'Repair the ones that are shown first, then check again.',
      },
    ];
  }
}
