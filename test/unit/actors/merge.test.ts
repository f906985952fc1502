import { describe, expect, it } from 'vitest';
import { merge } from '../../../src/actors/merge.js';
import type { JsonValue } from '../../../src/ir/json.js';
import { runNode } from './node-context.js';

const node = merge(new Map([['sum', (values) => (values as number[]).reduce((a, b) => a + b, 0)]]));

/** Merges what predecessors have put out. */
const ofInputs = (params: object, ...input: readonly [string, JsonValue][]) =>
  runNode(node, params, { input: new Map(input) });
const ofValues = (params: object, values: unknown) => runNode(node, { ...params, values });
const dangerous = (text: string): JsonValue => JSON.parse(text) as JsonValue;

describe('what is merged', () => {
  it("is the predecessors' outputs, in the order in which their edges are declared (P4)", async () => {
    expect(await ofInputs({ strategy: 'array' }, ['z', 1], ['a', 2])).toEqual([1, 2]);
    expect(Object.keys((await ofInputs({}, ['z', 1], ['a', 2])) as object)).toEqual(['z', 'a']);
  });

  it('is `values` where they are given, and nothing else then', async () => {
    expect(await runNode(node, { strategy: 'array', values: [3] }, { input: new Map([['a', 1]]) })).toEqual([
      3,
    ]);
    expect(await ofValues({ strategy: 'array' }, { b: 1, a: 2 })).toEqual([1, 2]);
  });

  it.each([
    ['dict', {}],
    ['deep', {}],
    ['array', []],
    ['concat', []],
  ])('can be nothing: %s', async (strategy, empty) => {
    expect(await ofInputs({ strategy })).toEqual(empty);
    expect(await ofValues({ strategy }, [])).toEqual(empty);
  });

  it.each(['text', 3, null, true])('cannot be `values: %j`', (values) => {
    expect(node.params.safeParse({ values }).success).toBe(false);
  });
});

describe('dict', () => {
  it('puts outputs under the ids of their nodes, and named values under their names', async () => {
    expect(await ofInputs({}, ['a', 1], ['b', [2]])).toEqual({ a: 1, b: [2] });
    expect(await ofValues({}, { a: 1, b: [2] })).toEqual({ a: 1, b: [2] });
  });

  it('puts the keys of a list of objects into one, their values as they are', async () => {
    expect(await ofValues({}, [{ a: { x: 1 } }, { b: { y: 2 } }])).toEqual({ a: { x: 1 }, b: { y: 2 } });
  });

  it('refuses two values for one key, even equal ones, and names both', async () => {
    await expect(ofValues({}, [{ a: 1 }, { b: 1 }, { a: 1 }])).rejects.toMatchObject({
      code: 'FC6002',
      message: 'Both `values[0]` and `values[2]` have a value for `a`.',
      hint: expect.stringContaining('on_collision'),
    });
  });

  it('keeps the first or the last of two values when it is told to, in the place of the first', async () => {
    const values = [
      { a: 1, b: 2 },
      { c: 3, a: 4 },
    ];
    expect(JSON.stringify(await ofValues({ on_collision: 'first' }, values))).toBe('{"a":1,"b":2,"c":3}');
    expect(JSON.stringify(await ofValues({ on_collision: 'last' }, values))).toBe('{"a":4,"b":2,"c":3}');
  });

  it('says which of the values is not an object', async () => {
    await expect(ofValues({}, [{}, [1]])).rejects.toMatchObject({
      code: 'FC5009',
      message: '`dict` merges objects, and `values[1]` is a list.',
    });
  });
});

describe('concat', () => {
  it('joins lists, by one level', async () => {
    expect(await ofInputs({ strategy: 'concat' }, ['a', [1, [2]]], ['b', []], ['c', [3]])).toEqual([
      1,
      [2],
      3,
    ]);
  });

  it('joins texts', async () => {
    expect(await ofValues({ strategy: 'concat' }, ['one', '', ' two'])).toBe('one two');
  });

  it.each([
    ['a text among lists', [[1], 'x'], 'values[1]'],
    ['a list among texts', ['x', [1]], 'values[1]'],
    ['a number', [7], 'values[0]'],
  ])('refuses %s', async (_, values, name) => {
    await expect(ofValues({ strategy: 'concat' }, values)).rejects.toMatchObject({
      code: 'FC5009',
      message: expect.stringContaining(name),
    });
  });
});

describe('deep', () => {
  const deep = (values: unknown, onCollision = 'error') =>
    ofValues({ strategy: 'deep', on_collision: onCollision }, values);

  it('merges objects at every level, and joins the lists in one place', async () => {
    const values = [{ a: { x: 1, l: [1] } }, { a: { y: 2, l: [2] }, b: 3 }, { a: { l: [] } }];
    expect(await deep(values)).toEqual({ a: { x: 1, l: [1, 2], y: 2 }, b: 3 });
  });

  it('lets equal texts, numbers, booleans and nulls be', async () => {
    const same = { t: 'x', n: 1, b: false, z: null };
    expect(await deep([same, same])).toEqual(same);
  });

  it('names both sources of a collision, and the place', async () => {
    const result = ofInputs(
      { strategy: 'deep' },
      ['p', { a: {} }],
      ['q', { a: { b: 1 } }],
      ['r', { a: { b: 2 } }],
    );
    await expect(result).rejects.toMatchObject({
      code: 'FC6002',
      message: 'Both `q` and `r` have a value for `a.b`.',
    });
  });

  it.each([
    ['an object and a text', [{ a: {} }, { a: 'x' }]],
    ['a text and an object', [{ a: 'x' }, { a: {} }]],
    ['a list and an object', [{ a: [] }, { a: {} }]],
    ['a list and null', [{ a: [] }, { a: null }]],
    ['1 and "1"', [{ a: 1 }, { a: '1' }]],
  ])('takes %s for a collision', async (_, values) => {
    await expect(deep(values)).rejects.toMatchObject({ code: 'FC6002' });
    expect(await deep(values, 'first')).toEqual(values[0]);
    expect(await deep(values, 'last')).toEqual(values[1]);
  });

  it('goes on merging into what replaced another value', async () => {
    expect(await deep([{ a: 1 }, { a: { x: 1 } }, { a: { y: 2 } }], 'last')).toEqual({ a: { x: 1, y: 2 } });
  });

  it('leaves what it merges as it was', async () => {
    const first = { l: [1], o: { x: 1 } };
    await deep([first, { l: [2], o: { y: 2 } }]);
    expect(first).toEqual({ l: [1], o: { x: 1 } });
  });
});

describe('custom', () => {
  it('calls the registered function with the values', async () => {
    expect(await ofInputs({ strategy: 'custom', function: 'sum' }, ['a', 1], ['b', 2])).toBe(3);
  });

  it('suggests the nearest function for an unknown one', async () => {
    const result = ofInputs({ strategy: 'custom', function: 'sun' });
    await expect(result).rejects.toMatchObject({ code: 'FC6005', hint: 'Did you mean `sum`?' });
  });

  it('is the only strategy with a function, and needs one', () => {
    expect(node.params.safeParse({ strategy: 'custom' }).success).toBe(false);
    expect(node.params.safeParse({ strategy: 'array', function: 'sum' }).success).toBe(false);
  });
});

describe('keys that objects inherit', () => {
  it.each(['dict', 'deep'])(
    'are keys like any other for %s, and reach no prototype (P14)',
    async (strategy) => {
      const values = [
        dangerous('{"__proto__": {"polluted": 1}}'),
        dangerous('{"constructor": {"prototype": 2}}'),
      ];
      const merged = await ofValues({ strategy }, values);
      expect(JSON.stringify(merged)).toBe('{"__proto__":{"polluted":1},"constructor":{"prototype":2}}');
      expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    },
  );

  it('collide and merge like any other', async () => {
    const twice = [dangerous('{"__proto__": {"a": 1}}'), dangerous('{"__proto__": {"b": 2}}')];
    await expect(ofValues({}, twice)).rejects.toMatchObject({ code: 'FC6002' });
    expect(JSON.stringify(await ofValues({ strategy: 'deep' }, twice))).toBe('{"__proto__":{"a":1,"b":2}}');
  });

  it('are kept as ids of predecessors', async () => {
    const merged = await ofInputs({}, ['__proto__', 1], ['', 2], ['a.b', 3]);
    expect(JSON.stringify(merged)).toBe('{"__proto__":1,"":2,"a.b":3}');
  });
});
