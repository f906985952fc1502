import type { Diagnostic, Severity } from '../diagnostics/diagnostic.js';
import { pointerSegments } from '../diagnostics/pointer.js';

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];

/** Collects diagnostics up to a limit; what is serious is never crowded out by what is not. */
export class DiagnosticList {
  readonly #limit: number;
  readonly #found = new Map<Severity, { readonly kept: Diagnostic[]; total: number }>(
    SEVERITIES.map((severity) => [severity, { kept: [], total: 0 }]),
  );

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(diagnostic: Diagnostic): void {
    const same = this.#found.get(diagnostic.severity);
    if (same === undefined) return;
    same.total++;
    if (same.kept.length < this.#limit) same.kept.push(diagnostic);
  }

  get errors(): number {
    return this.#found.get('error')?.total ?? 0;
  }

  /**
   * At most as many as the limit allows, in the order in which a reader of the document comes upon them (a thing before its
   * parts, errors before warnings at the same place), with a last one (FC1006) that says how many were left out.
   *
   * @param document the parsed document, for the order of its keys.
   */
  sorted(document: unknown): readonly Diagnostic[] {
    const bySeverity = SEVERITIES.map((severity) => this.#found.get(severity) ?? { kept: [], total: 0 });
    const total = bySeverity.reduce((sum, { total }) => sum + total, 0);
    const all = bySeverity.flatMap(({ kept }) => kept);
    const shown = total > this.#limit ? all.slice(0, Math.max(0, this.#limit - 1)) : all;
    const positions = new KeyPositions();
    const sorted = shown
      .map((diagnostic) => ({ diagnostic, place: positions.placeOf(document, diagnostic.path) }))
      .sort((a, b) => comparePlaces(a.place, b.place))
      .map(({ diagnostic }) => diagnostic);
    if (total <= this.#limit) return sorted;
    const left = total - sorted.length;
    return [
      ...sorted,
      {
        code: 'FC1006',
        severity: this.errors > 0 ? 'error' : 'info',
        path: '',
        message: `There are ${total} diagnostics; ${left} of them are not shown.`,
        hint: 'Repair these first, then check again.',
      },
    ];
  }
}

/** Where things stand in a document: for each level of a pointer, which of its siblings it is. */
class KeyPositions {
  readonly #positions = new WeakMap<object, ReadonlyMap<string, number>>();

  placeOf(document: unknown, pointer: string): readonly number[] {
    const place: number[] = [];
    let value = document;
    for (const key of pointerSegments(pointer)) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) {
        // What is not there, such as a missing key, comes after what is.
        place.push(Number.POSITIVE_INFINITY);
        break;
      }
      place.push(Array.isArray(value) ? Number(key) : (this.#of(value).get(key) ?? 0));
      value = (value as { readonly [key: string]: unknown })[key];
    }
    return place;
  }

  #of(object: object): ReadonlyMap<string, number> {
    const known = this.#positions.get(object);
    if (known !== undefined) return known;
    const positions = new Map(Object.keys(object).map((key, i) => [key, i]));
    this.#positions.set(object, positions);
    return positions;
  }
}

function comparePlaces(a: readonly number[], b: readonly number[]): number {
  const common = Math.min(a.length, b.length);
  for (let i = 0; i < common; i++) {
    const [x, y] = [a[i] ?? 0, b[i] ?? 0];
    if (x !== y) return x - y;
  }
  return a.length - b.length;
}
