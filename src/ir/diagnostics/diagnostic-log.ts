import type { Diagnostic, Severity } from './diagnostic.js';
import { comparePlaces, DocumentOrder } from './document-order.js';

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];

interface Found {
  readonly kept: Diagnostic[];
  total: number;
}

/**
 * Collects diagnostics up to a limit, so that a document with a million problems does not get a million answers. What is
 * serious is never crowded out by what is not.
 */
export class DiagnosticLog {
  /** How many are shown at most, the one that says that there are more included. */
  readonly limit: number;
  readonly #found: Readonly<Record<Severity, Found>> = {
    error: { kept: [], total: 0 },
    warning: { kept: [], total: 0 },
    info: { kept: [], total: 0 },
  };

  constructor(limit: number) {
    this.limit = limit;
  }

  /** How many errors there are, the ones that are not kept included. */
  get errors(): number {
    return this.#found.error.total;
  }

  /** Whether another one would only be counted: no need to put it into words. */
  isFull(severity: Severity): boolean {
    return this.#found[severity].kept.length >= this.limit;
  }

  readonly add = (diagnostic: Diagnostic): void => {
    const same = this.#found[diagnostic.severity];
    same.total++;
    if (same.kept.length < this.limit) same.kept.push(diagnostic);
  };

  /** Counts some that are not put into words. */
  skip(count = 1, severity: Severity = 'error'): void {
    this.#found[severity].total += count;
  }

  /**
   * At most as many as the limit allows, in the order in which a reader of the document comes upon them (a thing before its
   * parts, errors before warnings at the same place), with a last one (FC1006) that says how many were left out.
   *
   * @param document the parsed document, for the order of its keys.
   */
  sorted(document: unknown): readonly Diagnostic[] {
    const bySeverity = SEVERITIES.map((severity) => this.#found[severity]);
    const total = bySeverity.reduce((sum, found) => sum + found.total, 0);
    const all = bySeverity.flatMap(({ kept }) => kept);
    const shown = total > this.limit ? all.slice(0, Math.max(0, this.limit - 1)) : all;
    const order = new DocumentOrder(document);
    const sorted = shown
      .map((diagnostic) => ({ diagnostic, place: order.placeOf(diagnostic.path) }))
      .sort((a, b) => comparePlaces(a.place, b.place))
      .map(({ diagnostic }) => diagnostic);
    if (total <= this.limit) return sorted;
    return [
      ...sorted,
      {
        code: 'FC1006',
        severity: this.errors > 0 ? 'error' : 'info',
        path: '',
        message: `There are ${total} diagnostics; ${total - sorted.length} of them are not shown.`,
        hint: 'Repair these first, then check again.',
      },
    ];
  }
}
