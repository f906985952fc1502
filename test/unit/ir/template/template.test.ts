import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../../../src/ir/diagnostics/diagnostic.js';
import type { JsonValue } from '../../../../src/ir/json.js';
import { RESOLVE_BUDGET } from '../../../../src/ir/template/budget.js';
import { fillTemplate, parseTemplate } from '../../../../src/ir/template/template.js';
import { absent, node, scopeOf, value } from './scope.js';

const scope = scopeOf([
  ['inputs', value({ n: 3, name: 'Ada', flag: false, nothing: null })],
  ['fetch', node({ rows: [{ score: 1 }, { score: 5 }], count: 2, output: 'inner' })],
  ['split', node({ parts: 3 }, node({ best: 7 }), absent, node(9))],
  ['own', node({ branch_0: 'mine' }, node('theirs'))],
  ['numbers', node([4, 8], node(1), node(2))],
  ['gone', absent],
  ['items', node([{ output: 'a' }, { other: 1 }, 3])],
  ['nested', node([{ tags: ['a', 'b'] }, { tags: [] }, { tags: ['c'] }])],
  ['constructor', node('a node of that name')],
]);

function fill(source: JsonValue): JsonValue {
  return fillTemplate(parseTemplate(source, ''), scope);
}

describe('a string that is one reference keeps the type of the value', () => {
  test.each<[string, JsonValue]>([
    ['${inputs.n}', 3],
    ['${inputs.flag}', false],
    ['${inputs.nothing}', null],
    ['${fetch.rows}', [{ score: 1 }, { score: 5 }]],
    ['${fetch.rows[1].score}', 5],
    ['${fetch.rows[*].score}', [1, 5]],
    ['${constructor}', 'a node of that name'],
  ])('%s', (text, expected) => {
    expect(fill(text)).toEqual(expected);
  });

  test('the value itself is handed on, not a copy of it', () => {
    const rows: JsonValue = [1, 2];
    const template = parseTemplate({ again: ['${rows}'] }, '');
    expect(fillTemplate(template, scopeOf([['rows', node(rows)]]))).toEqual({ again: [rows] });
    const filled = fillTemplate(parseTemplate('${rows}', ''), scopeOf([['rows', node(rows)]]));
    expect(filled).toBe(rows);
  });
});

test('a reference among other text becomes text: strings as they are, the rest as JSON', () => {
  expect(fill('${inputs.name} has ${inputs.n}, ${fetch.rows[0]}, ${inputs.nothing}, ${inputs.flag}!')).toBe(
    'Ada has 3, {"score":1}, null, false!',
  );
});

test('$${ stands for ${, also where there is no reference besides', () => {
  expect(fill('$${inputs.n} is ${inputs.n}')).toBe('${inputs.n} is 3');
  expect(fill('$${inputs.n}')).toBe('${inputs.n}');
  expect(fill('$$${x}')).toBe('$${x}');
  expect(fill('costs $5 {or} $ {so}')).toBe('costs $5 {or} $ {so}');
});

describe('a node', () => {
  test.each<[string, JsonValue]>([
    ['${fetch.output}', { rows: [{ score: 1 }, { score: 5 }], count: 2, output: 'inner' }],
    ['${fetch.output.output}', 'inner'],
    ['${fetch.output.count}', 2],
    ['${split.branch_0.best}', 7],
    ['${split.branch_0.output}', { best: 7 }],
    ['${split.branch_1.anything.at.all}', null],
    ['${split.branch_2}', 9],
    ['${split[*].output}', [{ best: 7 }, null, 9]],
    ['${split.aggregate.count}', 3],
    ['${own.branch_0}', 'mine'],
    ['${numbers[*].aggregate.sum}', 3],
    ['${numbers.aggregate.sum}', 12],
    ['${numbers.output[*].aggregate.max}', 8],
    ['${numbers[1]}', 8],
    ['${gone}', null],
    ['${gone.a[0][*].b}', null],
    ['${gone.aggregate.count}', 0],
    ['${gone.rows[*].x.aggregate.count}', 0],
    ['${gone.aggregate.max}', null],
    ['${items[*].output}', ['a', { other: 1 }, 3]],
    ['${nested[*].tags}', [['a', 'b'], [], ['c']]],
    ['${nested[*].tags[*]}', ['a', 'b', 'c']],
    ['${nested[*].tags[*].aggregate.concat}', 'abc'],
    ['${nested[*].tags.aggregate.concat}', ['a', 'b', 'c']],
    ['${fetch.rows.aggregate.last.score}', 5],
  ])('%s is %j', (text, expected) => {
    expect(fill(text)).toEqual(expected);
  });
});

describe('a part that is not there is FC5002, with what there is instead', () => {
  test.each([
    [
      '${fetch.row}',
      'the output of `fetch` has no field `row`; it has `rows`, `count`, `output`',
      'Did you mean `${fetch.rows}`?',
    ],
    [
      '${fetch.rows[0].scor}',
      '`fetch.rows[0]` has no field `scor`; it has `score`',
      'Did you mean `${fetch.rows[0].score}`?',
    ],
    ['${inputs.zzzzzz}', '`inputs` has no field `zzzzzz`', 'There is `${inputs.n}`, for instance.'],
    ['${fetch.rows.length}', 'is a list, which has no field `length`', '`${fetch.rows.aggregate.count}`'],
    ['${fetch.rows.score}', 'is a list, which has no field `score`', '`${fetch.rows[*]}`'],
    ['${inputs.name.length}', '`inputs.name` is a string, which has no field `length`', '`${inputs.name}`'],
    ['${inputs.name[0]}', '`inputs.name` is a string, not a list', 'Make the node return a list'],
    ['${inputs.nothing.x}', 'is null, which has no field `x`', '`${inputs.nothing}`'],
    ['${fetch.rows[2]}', '`fetch.rows` has 2 items, and no item 2', 'Items count from 0'],
    ['${fetch[*].x}', 'the output of `fetch` is an object, not a list', 'name the field that is a list'],
    ['${split.branch_3}', '`split` has 3 branches, `branch_0` to `branch_2`', 'Branches count from 0'],
    ['${fetch.branch_0}', 'has no field `branch_0`', 'There is'],
    [
      '${fetch.rows.aggregate.sum}',
      '`sum` takes numbers; item 0 is an object',
      'Name the field to aggregate',
    ],
    ['${nobody.x}', 'nothing here is called `nobody`', 'the id of a node'],
  ])('%s', (text, message, hint) => {
    const template = parseTemplate({ a: [text] }, '/params');
    expect(() => fillTemplate(template, scope)).toThrow(
      expect.objectContaining({
        code: 'FC5002',
        path: '/params/a/0',
        message: expect.stringContaining(message),
        hint: expect.stringContaining(hint),
      }),
    );
  });
});

test('references are listed in order, each with its text and the pointer of its string', () => {
  const { references } = parseTemplate({ 'a/b': ['x ${p} ${q.r}'], '~': { c: '${s}' } }, '/nodes/3/params');
  expect(references.map(({ text, pointer }) => [text, pointer])).toEqual([
    ['${p}', '/nodes/3/params/a~1b/0'],
    ['${q.r}', '/nodes/3/params/a~1b/0'],
    ['${s}', '/nodes/3/params/~0/c'],
  ]);
});

describe('with a report', () => {
  test('every bad string is told of, and is taken as plain text', () => {
    const problems: Diagnostic[] = [];
    const source = { good: '${inputs.n}', bad: ['${', '${a b} ${inputs.n}'], worse: '${}' };
    const template = parseTemplate(source, '/p', (problem) => problems.push(problem));
    expect(problems.map(({ code, severity, path }) => [code, severity, path])).toEqual([
      ['FC3001', 'error', '/p/bad/0'],
      ['FC3001', 'error', '/p/bad/1'],
      ['FC3001', 'error', '/p/worse'],
    ]);
    expect(template.references).toHaveLength(1);
    expect(fillTemplate(template, scope)).toEqual({ ...source, good: 3 });
  });

  test('nothing is ever thrown', () => {
    const text = fc
      .array(
        fc.constantFrom(
          '$',
          '{',
          '}',
          '[',
          ']',
          '.',
          '*',
          '"',
          "'",
          '\\',
          'a',
          '0',
          '-',
          ' ',
          'aggregate',
          '\u0000',
          '😀',
        ),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue() as fc.Arbitrary<JsonValue>, text), (source) => {
        const problems: Diagnostic[] = [];
        parseTemplate(source, '/p', (problem) => problems.push(problem));
        for (const { path, message, hint } of problems) {
          expect(path.startsWith('/p')).toBe(true);
          expect(message).not.toBe('');
          expect(hint).not.toBe('');
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('for every text', () => {
  const anyText = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.array(fc.constantFrom('$', '{', '}', 'a')).map((parts) => parts.join('')),
  );

  test('one without ${ is unchanged', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        fc.pre(!text.includes('${'));
        expect(fill({ text })).toEqual({ text });
      }),
    );
  });

  test('escaping each ${ gives the text back', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(fill(text.replaceAll('${', () => '$${'))).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  test('it stays text when it is put in, whatever is in it (P14)', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.constant('${secret}')), (text) => {
        const names = scopeOf([
          ['x', node({ text })],
          ['secret', node('s3cret')],
        ]);
        expect(fillTemplate(parseTemplate('${x.text}', ''), names)).toBe(text);
        expect(fillTemplate(parseTemplate('<${x.text}>', ''), names)).toBe(`<${text}>`);
      }),
    );
  });

  test('a whole reference gives every JSON value back as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue() as fc.Arbitrary<JsonValue>, (json) => {
        expect(fillTemplate(parseTemplate(['${x}'], ''), scopeOf([['x', node(json)]]))).toEqual([json]);
      }),
    );
  });
});

describe('what one fill may cause is bounded', () => {
  const big = 'x'.repeat(100_000);
  const of = (times: number) =>
    parseTemplate(
      Array.from({ length: times }, () => '<${big}>'),
      '',
    );

  test('text up to the limit is written, and not a character more', () => {
    const names = scopeOf([['big', node(big)]]);
    const most = Math.floor(RESOLVE_BUDGET / (big.length + 2));
    expect(fillTemplate(of(most), names)).toHaveLength(most);
    expect(() => fillTemplate(of(most + 1), names)).toThrow(expect.objectContaining({ code: 'FC1006' }));
  });

  test('a big value handed on whole costs nothing, however often', () => {
    const template = parseTemplate(
      Array.from({ length: 1000 }, () => '${big}'),
      '',
    );
    expect(fillTemplate(template, scopeOf([['big', node(big)]]))).toHaveLength(1000);
  });

  test('lists made by [*] count as well', () => {
    const items = Array.from({ length: 100_000 }, () => 1);
    const template = parseTemplate(
      Array.from({ length: 1000 }, () => '${items[*]}'),
      '',
    );
    expect(() => fillTemplate(template, scopeOf([['items', node(items)]]))).toThrow(
      expect.objectContaining({ code: 'FC1006' }),
    );
  });

  test('a value too deep for JSON text is an error with a code', () => {
    let deep: JsonValue = 1;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    const names = scopeOf([['deep', node(deep)]]);
    expect(() => fillTemplate(parseTemplate('a ${deep}', ''), names)).toThrow(
      expect.objectContaining({ code: 'FC1006' }),
    );
    expect(() => fillTemplate(parseTemplate('${deep.aggregate.unique}', ''), names)).toThrow(
      expect.objectContaining({ code: 'FC1006' }),
    );
  });

  test('constants are copies that nobody can change, and leave what the caller has as it is', () => {
    const source = { list: [1, { deep: [2] }] };
    const template = parseTemplate(source, '');
    const filled = fillTemplate(template, scopeOf([])) as typeof source;
    expect(() => filled.list.push(3)).toThrow(TypeError);
    source.list.push(4);
    expect(fillTemplate(template, scopeOf([]))).toEqual({ list: [1, { deep: [2] }] });
  });

  test('a template nests 64 levels and not 65', () => {
    const nested = (levels: number): JsonValue => (levels === 0 ? '${inputs.n}' : [nested(levels - 1)]);
    expect(JSON.stringify(fill(nested(64)))).toBe(`${'['.repeat(64)}3${']'.repeat(64)}`);
    expect(() => fill(nested(65))).toThrow(expect.objectContaining({ code: 'FC1006' }));
  });
});
