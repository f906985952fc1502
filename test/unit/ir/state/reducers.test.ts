import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../../src/ir/json.js';
import { reduceWrites, refusedWrite } from '../../../../src/ir/state/reducers.js';
import type { Reducer, StateKey } from '../../../../src/ir/workflow.js';

const key = (reducer: Reducer, initial: JsonValue): StateKey => ({
  name: 'k',
  reducer,
  schema: null,
  default: initial,
  pointer: '/state/k',
});

describe('reducers', () => {
  it.each<[Reducer, JsonValue, JsonValue[], JsonValue]>([
    ['replace', 1, [2, 'x'], 'x'],
    ['append', [0], [1, [2]], [0, 1, [2]]],
    ['concat', [0], [[1], [], [2, 3]], [0, 1, 2, 3]],
    ['concat', 'a', ['b', '', 'c'], 'abc'],
    ['sum', 1, [2, 3.5], 6.5],
    ['min', 5, [7, 3], 3],
    ['max', 5, [7, 3], 7],
    ['merge', { a: { x: 1 } }, [{ b: 2 }, { a: { y: 2 } }], { a: { y: 2 }, b: 2 }],
    ['deep', { a: { x: 1 } }, [{ b: 2 }, { a: { y: 2 } }], { a: { x: 1, y: 2 }, b: 2 }],
    ['unique', [{ a: 1, b: 2 }], [{ b: 2, a: 1 }, 3, '3', 3], [{ a: 1, b: 2 }, 3, '3']],
  ])('%s from %j with %j makes %j', (reducer, initial, values, expected) => {
    expect(values.map((value) => refusedWrite(key(reducer, initial), value))).toEqual(values.map(() => null));
    expect(reduceWrites(key(reducer, initial), values)).toEqual(expected);
    expect(reduceWrites(key(reducer, initial), [])).toBe(initial);
  });

  it.each<[Reducer, JsonValue, JsonValue]>([
    ['replace', 1, 1],
    ['append', 1, [1]],
    ['concat', [1], [1]],
    ['sum', 1, 1],
    ['min', -1, -1],
    ['max', -1, -1],
    ['merge', { a: 1 }, { a: 1 }],
    ['deep', { a: { b: 1 } }, { a: { b: 1 } }],
    ['unique', 1, [1]],
  ])('%s takes a default of null for nothing', (reducer, value, expected) => {
    expect(refusedWrite(key(reducer, null), value)).toBeNull();
    expect(reduceWrites(key(reducer, null), [value])).toEqual(expected);
  });

  it.each<[Reducer, JsonValue, JsonValue, string]>([
    ['concat', [], 'x', '`concat` of `k` takes an array, and this is a string'],
    ['concat', '', ['x'], '`concat` of `k` takes a string, and this is an array'],
    ['sum', 0, '1', '`sum` of `k` takes a number, and this is a string'],
    ['max', null, null, '`max` of `k` takes a number, and this is null'],
    ['deep', {}, [], '`deep` of `k` takes an object, and this is an array'],
    ['sum', 'none', 1, '`sum` cannot begin with the default of `k`, which is a string'],
    ['append', {}, 1, '`append` cannot begin with the default of `k`, which is an object'],
  ])('%s from %j refuses %j', (reducer, initial, value, problem) => {
    expect(refusedWrite(key(reducer, initial), value)).toBe(problem);
  });

  it('take a key `__proto__` for a key like any other', () => {
    const own = JSON.parse('{"__proto__":{"a":1}}') as JsonValue;
    const more = JSON.parse('{"__proto__":{"b":2}}') as JsonValue;
    expect(JSON.stringify(reduceWrites(key('deep', {}), [own, more]))).toBe('{"__proto__":{"a":1,"b":2}}');
    expect(JSON.stringify(reduceWrites(key('merge', {}), [own, more]))).toBe('{"__proto__":{"b":2}}');
  });

  it('stay with numbers that JSON has', () => {
    expect(reduceWrites(key('sum', 0), [Number.MAX_VALUE, Number.MAX_VALUE])).toBe(Number.MAX_VALUE);
  });
});
