import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../../src/ir/json.js';
import { DEFAULT_LIMITS } from '../../../../src/ir/limits.js';
import { decideCondition, parseCondition } from '../../../../src/ir/template/condition.js';
import { absent, node, scopeOf, value } from './scope.js';

const scope = scopeOf([
  [
    'inputs',
    value({ n: 3, half: 3.5, name: 'Ada', list: [1, 'a', null, { k: 1 }], yes: true, nothing: null, i: 1 }),
  ],
  ['analyze', node({ score: 0.75, tags: ['x', 'y'], by: { 'first name': 'Eve' } }, node(1), node(5))],
  ['fetch-all', node({ rows: 2 })],
  ['gone', absent],
  ['odd', value(JSON.parse('{"constructor": 1, "__proto__": {"a": 1}, "a.b": 2}'))],
]);

function decide(source: string): boolean {
  return decideCondition(parseCondition(source, '/when'), scope);
}

describe('these hold', () => {
  test.each([
    // References, in braces and bare
    '${analyze.score} > 0.5',
    'analyze.score > 0.5',
    '${analyze}.score > 0.5',
    '${ fetch-all.rows } == 2',
    'analyze.by["first name"] == "Eve"',
    '${analyze.by["first name"]} == "Eve"',
    'analyze.output.tags[1] == "y"',
    'analyze.tags.aggregate.count == 2',
    '${analyze[*].aggregate.max} == 5',
    'analyze.branch_1 == 5',
    'odd.constructor == 1',
    'odd["__proto__"].a == 1',
    'odd["a.b"] == 2',
    'inputs.list[inputs.i] == "a"',
    'analyze["by"]["first " + "name"] == "Eve"',
    // Numbers are JSON's
    '3 == 3.0',
    'inputs.n == 3',
    'inputs.n == 3.0',
    'inputs.half > 3',
    'inputs.half < 4',
    'inputs.n in [1, 2, 3]',
    '1 / 2 == 0.5',
    '7.5 % 2 == 1.5',
    '-7 % 3 == -1',
    'inputs.n + 0.5 == inputs.half',
    '-inputs.n == 0 - 3',
    '0x10 == 16',
    // Types are not mixed
    'inputs.n != "3"',
    'inputs.nothing == null',
    'inputs.n != null',
    '[1, [2, "a"]] == [1.0, [2.0, "a"]]',
    '[1, 2] != [2, 1]',
    '[] != [1]',
    // Text
    'inputs.name.startsWith("A") && inputs.name.endsWith("da") && inputs.name.contains("d")',
    '"a" < "b"',
    '"a" + "b" == \'ab\'',
    'size("a😀") == 2',
    '"\\u0041" == "A"',
    '"$${analyze}".size() == 10',
    // Lists and objects
    'size(inputs.list) == 4',
    'inputs.list.size() == 4',
    '"k" in inputs.list[3]',
    'null in inputs.list',
    'inputs.list[3] in inputs.list',
    'size(analyze.by) == 1',
    '"constructor" in odd',
    '!("toString" in odd)',
    // Logic
    'inputs.yes',
    '!(1 > 2)',
    'inputs.n > 2 ? inputs.yes : false',
    'true || analyze.missing > 1',
    'analyze.missing > 1 || true',
    '!(analyze.missing > 1 && false)',
    // has, and what was skipped
    'has(analyze.score)',
    'has(${analyze.score})',
    '!has(analyze.missing)',
    '!has(analyze.missing.deeper[3])',
    '!has(nobody.x)',
    'has(inputs.nothing)',
    '!has(gone.x) && !has(gone)',
    'gone == null && gone.x.y == null',
    'has(analyze.missing) ? analyze.missing > 1 : true',
    'gone.x == null || gone.x > 3',
    'gone.aggregate.count == 0',
  ])('%s', (source) => {
    expect(decide(source)).toBe(true);
  });
});

describe('what cannot be decided is FC5003, and says which value is to blame', () => {
  test.each([
    [
      'analyze.scor > 1',
      '`${analyze.scor}`: the output of `analyze` has no field `scor`',
      'Did you mean `${analyze.score}`?',
    ],
    ['nobody == 1', 'nothing here is called `nobody`', 'the id of a node'],
    ['inputs.n', 'it is a number, not true or false', 'Compare it'],
    ['gone', 'it is null, not true or false', 'Compare it'],
    ['inputs.name', 'it is a string, not true or false', 'Compare it'],
    ['inputs.n && true', '`&&` takes true or false, not a number', 'Compare it'],
    ['inputs.n || false', '`||` takes true or false, not a number', 'Compare it'],
    ['!inputs.name', '`!` takes true or false, not a string', 'Compare it'],
    ['inputs.n ? true : false', '`? :` takes true or false, not a number', 'Compare it'],
    ['inputs.n > "2"', '`>` cannot compare a number with a string', 'two numbers or two texts'],
    ['gone.x > 2', '`>` cannot compare null with a number', 'A node that was skipped is null'],
    ['inputs.yes < true', '`<` cannot compare a boolean with a boolean', 'two numbers'],
    ['inputs.list >= inputs.list', 'cannot compare a list with a list', 'two numbers'],
    ['inputs.name + 1 == 2', '`+` takes numbers, not a string', '"3" is not 3'],
    ['inputs.list + inputs.list == 2', '`+` takes numbers, not a list', '"3" is not 3'],
    ['1 / 0 == 1', 'a division by zero', 'Test for it first'],
    ['1 % 0 == 1', 'a division by zero', 'Test for it first'],
    ['1e308 * 10 > 1', 'too big a number', 'smaller'],
    ['"A" in inputs.name', '`in` looks into a list or an object, not into a string', '.contains("part")'],
    ['1 in inputs.n', 'not into a number', 'list on its right'],
    ['1 in odd', '`in` takes text here, not a number', 'quotes'],
    ['size(inputs.n) == 1', '`size` takes text here, not a number', 'quotes'],
    ['inputs.n.contains("3")', '`contains` takes text here, not a number', 'quotes'],
    ['inputs.list[inputs.n + 9] == 1', 'a list has no item 12', 'Items count from 0'],
    ['inputs.list[-1] == 1', 'a list has no item -1', 'Items count from 0'],
    ['analyze["sco" + "r"] == 1', 'an object has no field `scor`', '"key" in value'],
    ['odd["to" + "String"] == 1', 'an object has no field `toString`', '"key" in value'],
    ['inputs.name[inputs.n] == 1', 'a string has no part that a number names', 'item of a list'],
  ])('%s', (source, message, hint) => {
    expect(() => decide(source)).toThrow(
      expect.objectContaining({
        code: 'FC5003',
        path: '/when',
        message: expect.stringContaining(message),
        hint: expect.stringContaining(hint),
      }),
    );
  });

  test('no value is quoted in the message, as it may be a secret', () => {
    const secret = scopeOf([['s', node({ key: 'hunter2' })]]);
    expect(() => decideCondition(parseCondition('s.key', ''), secret)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });
});

describe('what is no condition is FC3003, and says what to write', () => {
  test.each([
    ['', 'it is empty', 'Leave `when` out'],
    ['  ', 'it is empty', 'Leave `when` out'],
    ['analyze.score >', 'Unexpected token', 'CEL expression'],
    ['a = 3', 'at character 3', 'Write `==`'],
    ['a === 3', 'Unexpected character', '`==` and `!=`'],
    ['a !== 3', 'Unexpected character', '`==` and `!=`'],
    ['a and b', 'Unexpected character', '`&&`, `||` and `!`'],
    ['not a', 'Unexpected character', '`&&`, `||` and `!`'],
    ['loop.x == 1', 'Reserved identifier: loop', '`${…}`'],
    ['__proto__.x == 1', 'Reserved identifier', '`${…}`'],
    ['${a > 3}', 'unexpected `>`', 'Only a path may stand in `${…}`'],
    ['${', 'not closed', 'Close it'],
    [
      '"${a}" == "x"',
      '"${a}", at character 2, stands where no value can stand',
      'Take the quotes around it away: `${a} == "ok"`',
    ],
    ['a.${b} == 1', 'stands where no value can stand', 'quotes'],
    ['a == 1 // ${b}', 'stands where no value can stand', 'quotes'],
    ['${f}(1)', 'not allowed', 'size(x)'],
    ['a.aggregate.most > 1', 'no aggregate `most`', 'count, sum'],
    ['a.b.matches("(a+)+$")', '`matches`', 'no regular expressions'],
    ['xs.all(x, x > 1)', '`all`', 'no loops'],
    ['xs.exists(x, x > 1)', '`exists`', 'no loops'],
    ['size(xs.map(x, x)) > 1', '`map`', 'no loops'],
    ['xs.filter(x, x > 1) == []', '`filter`', 'no loops'],
    ['cel.bind(x, 1, x == 1)', '`bind`', 'size(x)'],
    ['timestamp("2026-01-01T00:00:00Z") > a', '`timestamp`', 'no times'],
    ['int("3") == 3', '`int`', 'compared as they are'],
    ['len(a) == 3', '`len`', 'size(x)'],
    ['constructor("x")', '`constructor`', 'size(x)'],
    ['a.toString() == "x"', '`toString`', 'size(x)'],
    ['size(a, b) == 1', '`size`', 'size(x)'],
    ['has(1)', '`has` takes a reference', 'has(analyze.score)'],
    ['has(a.b + 1)', '`has` takes a reference', 'has(analyze.score)'],
    ['{"a": 1} == b', '`{"a": 1}` is not allowed', 'a node returns'],
    ['b"x" == a', 'not a value that JSON has', 'plain numbers'],
    ['3u == a', 'not a value that JSON has', 'plain numbers'],
    [`${'9'.repeat(400)} > 1`, 'not a value that JSON has', 'plain numbers'],
    ['1 + 1', 'never true or false', 'Compare it'],
    ['"yes"', 'never true or false', 'Compare it'],
    ['size(a)', 'never true or false', 'Compare it'],
  ])('%s', (source, message, hint) => {
    expect(() => parseCondition(source, '/edges/1/when')).toThrow(
      expect.objectContaining({
        code: 'FC3003',
        path: '/edges/1/when',
        message: expect.stringContaining(message),
        hint: expect.stringContaining(hint),
      }),
    );
  });
});

test('every reference is listed, bare or not, in order, with what it is in braces', () => {
  const { references } = parseCondition(
    'a.b[0] > 1 && has(${c-d.e}) || size(f["g h"]) in [i[j].k, ${l}.m]',
    '/w',
  );
  expect(references.map(({ text }) => text)).toEqual([
    '${a.b[0]}',
    '${c-d.e}',
    '${f["g h"]}',
    '${i}',
    '${j}',
    '${l.m}',
  ]);
  expect(references.every(({ pointer }) => pointer === '/w')).toBe(true);
});

test('a value that is put in is never read as a condition (P14)', () => {
  const condition = parseCondition('${x} == "a"', '');
  for (const text of ['a" || "b" == "b', '${secret}', 'a" == "a" || "', '\\"', '" //']) {
    expect(decideCondition(condition, scopeOf([['x', node(text)]]))).toBe(false);
  }
  expect(decideCondition(condition, scopeOf([['x', node('a')]]))).toBe(true);
});

test('a condition may be as long as the limit and no longer', () => {
  const condition = (length: number) => `true //${' '.repeat(length - 7)}`;
  expect(parseCondition(condition(DEFAULT_LIMITS.expressionLength), '').references).toEqual([]);
  expect(() => parseCondition(condition(DEFAULT_LIMITS.expressionLength + 1), '')).toThrow(
    expect.objectContaining({ code: 'FC3003' }),
  );
});

test('a long but ordinary condition can be decided', () => {
  const many = Array.from({ length: 300 }, (_, index) => `inputs.n == ${index + 10}`);
  expect(decide(many.join(' || '))).toBe(false);
  expect(decide([...many, 'inputs.n == 3'].join(' || '))).toBe(true);
});

test('equality is that of JSON values, whatever the order of their keys', () => {
  const condition = parseCondition('${a} == ${b}', '');
  const shuffled = (json: JsonValue): JsonValue => {
    if (Array.isArray(json)) return json.map(shuffled);
    if (typeof json !== 'object' || json === null) return json;
    return Object.fromEntries(
      Object.entries(json)
        .reverse()
        .map(([key, part]) => [key, shuffled(part)]),
    );
  };
  const json = fc.jsonValue() as fc.Arbitrary<JsonValue>;
  const equal = (a: JsonValue, b: JsonValue) =>
    decideCondition(
      condition,
      scopeOf([
        ['a', node(a)],
        ['b', node(b)],
      ]),
    );
  fc.assert(
    fc.property(json, json, (a, b) => {
      expect(equal(a, shuffled(structuredClone(a)))).toBe(true);
      expect(equal(a, [a])).toBe(false);
      expect(equal(a, b)).toBe(equal(b, a));
    }),
  );
});
