import { pointerSegments } from './pointer.js';

/** Where things stand in a document: for each level of a pointer, which of its siblings it is. */
export class DocumentOrder {
  readonly #document: unknown;
  readonly #positions = new WeakMap<object, ReadonlyMap<string, number>>();

  constructor(document: unknown) {
    this.#document = document;
  }

  placeOf(pointer: string): readonly number[] {
    const place: number[] = [];
    let value = this.#document;
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

/** A thing comes before its parts, and these in the order of their keys. */
export function comparePlaces(a: readonly number[], b: readonly number[]): number {
  const common = Math.min(a.length, b.length);
  for (let i = 0; i < common; i++) {
    const [x, y] = [a[i] ?? 0, b[i] ?? 0];
    if (x !== y) return x - y;
  }
  return a.length - b.length;
}
