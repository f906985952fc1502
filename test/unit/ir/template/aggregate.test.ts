import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../../src/ir/json.js';
import {
  AGGREGATES,
  type Aggregate,
  AggregateMismatch,
  aggregate,
} from '../../../../src/ir/template/aggregate.js';
import { Budget } from '../../../../src/ir/template/budget.js';

const of = (by: Aggregate, items: readonly JsonValue[]) => aggregate(by, items, new Budget());

test.each<[Aggregate, JsonValue[], JsonValue]>([
  ['count', [1, null, 'a'], 3],
  ['sum', [1, 2.5, null], 3.5],
  ['mean', [1, 2, null], 1.5],
  ['min', [3, 1, 2], 1],
  ['max', [3, null, 10], 10],
  ['max', ['2026-01-02', '2026-01-10'], '2026-01-10'],
  ['min', ['b', 'a'], 'a'],
  ['first', [null, 2], null],
  ['last', [1, { a: 1 }], { a: 1 }],
  ['concat', [[1], null, [2, [3]]], [1, 2, [3]]],
  ['concat', ['a', null, 'b'], 'ab'],
  [
    'unique',
    [1, '1', 1, null, null, { a: 1, b: 2 }, { b: 2, a: 1 }, [1], [1]],
    [1, '1', null, { a: 1, b: 2 }, [1]],
  ],
])('%s of %j is %j', (by, items, expected) => {
  expect(of(by, items)).toEqual(expected);
});

test('every aggregate of nothing is a value', () => {
  const empty = Object.fromEntries(AGGREGATES.map((by) => [by, of(by, [])]));
  expect(empty).toEqual({
    count: 0,
    sum: 0,
    min: null,
    max: null,
    mean: null,
    first: null,
    last: null,
    concat: [],
    unique: [],
  });
});

describe('an item that an aggregate cannot take is named', () => {
  test.each<[Aggregate, JsonValue[], string]>([
    ['sum', [1, '2'], '`sum` takes numbers; item 1 is a string'],
    ['mean', [{}], '`mean` takes numbers; item 0 is an object'],
    ['min', [true], '`min` takes numbers or strings; item 0 is a boolean'],
    ['max', [1, 'a'], '`max` cannot compare numbers with strings; item 1 is a string'],
    ['concat', [1], '`concat` takes lists or strings; item 0 is a number'],
    ['concat', ['a', [1]], '`concat` cannot join strings with lists'],
    ['sum', [1e308, 1e308], 'the numbers are too big to add up'],
  ])('%s of %j', (by, items, message) => {
    expect(() => of(by, items)).toThrow(AggregateMismatch);
    expect(() => of(by, items)).toThrow(message);
  });
});

test('min and max are items of the list that no other item goes beyond', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), (items) => {
      expect(of('min', items)).toBe(Math.min(...items));
      expect(of('max', items)).toBe(Math.max(...items));
    }),
  );
});

test('a hundred thousand items are no problem for the stack', () => {
  const items = Array.from({ length: 100_000 }, (_, index) => index);
  expect(of('max', items)).toBe(99_999);
  expect(of('concat', [items, items])).toHaveLength(200_000);
  expect(of('unique', items)).toHaveLength(100_000);
});
