import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Vector } from '../../../../src/machines/stepper/vector.js';
import { settings } from '../../../helpers/arbitrary/settings.js';

const contents = <T>(vector: Vector<T>): T[] =>
  Array.from({ length: vector.length }, (_, i) => vector.get(i));

describe('a vector', () => {
  it('holds what a list holds after the same changes, and never changes', () => {
    const changes = fc.array(fc.record({ at: fc.nat(), value: fc.integer(), kept: fc.boolean() }), {
      maxLength: 700,
      size: 'max',
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), changes, (length, made) => {
        const list = new Array<number>(length).fill(0);
        const first = Vector.filled(length, 0);
        let vector = first;
        const kept: { readonly vector: Vector<number>; readonly list: readonly number[] }[] = [];
        for (const [index, { at, value, kept: isKept }] of made.entries()) {
          list[at % length] = value;
          vector = vector.set(at % length, value);
          if (isKept && index % 50 === 0) kept.push({ vector, list: [...list] });
        }
        expect(contents(vector)).toEqual(list);
        for (const old of kept) expect(contents(old.vector)).toEqual(old.list);
        expect(contents(first)).toEqual(new Array(length).fill(0));
      }),
      settings(100),
    );
  });

  it.each([1, 32, 33, 1024, 1025, 40_000])(
    'of %i items has a first and a last one, and nothing outside',
    (length) => {
      const vector = Vector.filled(length, 'old')
        .set(0, 'first')
        .set(length - 1, 'last');
      expect(vector.get(length - 1)).toBe('last');
      expect(vector.get(0)).toBe(length === 1 ? 'last' : 'first');
      for (const index of [-1, length, 0.5 + length, Number.NaN]) {
        expect(() => vector.get(index)).toThrow(RangeError);
        expect(() => vector.set(index, 'no')).toThrow(RangeError);
      }
    },
  );
});
