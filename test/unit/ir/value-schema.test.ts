import { describe, expect, it } from 'vitest';
import { ForkchartError } from '../../../src/ir/errors.js';
import type { JsonObject, JsonValue } from '../../../src/ir/json.js';
import { parseValueSchema } from '../../../src/ir/value-schema.js';

/** A value as JSON has it: a key `__proto__` is an own property. */
const json = (text: string): JsonValue => JSON.parse(text) as JsonValue;

const person: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 1, description: 'Who it is.', default: 'nobody' },
    age: { type: 'integer', minimum: 0 },
    tags: { type: 'array', items: { $ref: '#/$defs/tag' }, maxItems: 2, uniqueItems: true },
  },
  required: ['name'],
  additionalProperties: false,
  $defs: { tag: { enum: ['a', 'b', 3, null] } },
};

function refusal(schema: JsonObject): ForkchartError {
  try {
    parseValueSchema(schema, '/at');
  } catch (error) {
    if (error instanceof ForkchartError) return error;
    throw error;
  }
  throw new Error('The schema was accepted.');
}

describe('a value', () => {
  const problems = (schema: JsonObject, value: JsonValue) => parseValueSchema(schema).problemsOf(value);

  it('that fits has no problems', () => {
    expect(problems(person, { name: 'x', age: 3, tags: ['a', null] })).toEqual([]);
    expect(problems({}, { any: ['thing'] })).toEqual([]);
  });

  it('is told each problem with its place', () => {
    expect(problems(person, { name: '', age: 1.5, tags: ['c'], more: 1 })).toEqual([
      expect.stringMatching(/^`name`: too small/),
      expect.stringMatching(/^`age`: expected int/),
      '`tags.0`: fits none of the alternatives',
      'the value: has unknown keys `more`',
    ]);
    expect(problems({ type: 'string' }, 3)).toEqual(['the value: expected string, received number']);
  });

  it('is told at most five problems', () => {
    expect(problems({ type: 'array', items: { type: 'string' } }, Array(100).fill(1))).toHaveLength(5);
  });

  it('has to have what is required, also where a default or no property is declared', () => {
    expect(problems(person, { age: 1 })).toHaveLength(1);
    expect(problems({ type: 'object', required: ['x'] }, {})).toHaveLength(1);
    expect(problems({ type: 'object', required: ['x'] }, { x: null })).toEqual([]);
  });

  it('is told of the alternative that was meant', () => {
    const either = {
      anyOf: [
        { type: 'number' },
        { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] },
      ],
    };
    expect(problems(either, { ok: 1 })).toEqual(['`ok`: expected boolean, received number']);
    expect(problems(either, 'x')).toEqual(['the value: fits none of the alternatives']);
    expect(problems({ oneOf: [{ type: 'number' }, { type: 'integer' }] }, 1)).toEqual([
      'the value: fits more than one alternative',
    ]);
  });

  it.each(['__proto__', 'constructor', 'toString', 'a.b', ''])('may have a key %j', (key) => {
    const schema = json(
      `{"type": "object", "properties": {${JSON.stringify(key)}: {"type": "number"}}, "required": [${JSON.stringify(key)}]}`,
    ) as JsonObject;
    expect(problems(schema, {})).toHaveLength(1);
    expect(problems(schema, json(`{${JSON.stringify(key)}: 1}`))).toEqual([]);
    expect(problems(schema, json(`{${JSON.stringify(key)}: "x"}`))).toEqual([
      expect.stringContaining('expected number, received string'),
    ]);
    const closed = { type: 'object', additionalProperties: { type: 'string' } };
    expect(problems(closed, {})).toEqual([]);
    expect(problems(closed, json(`{${JSON.stringify(key)}: 1}`))).toHaveLength(1);
  });

  it.each<[JsonObject, JsonValue, JsonValue]>([
    [{ type: ['string', 'null'] }, null, 1],
    [{ const: 'x' }, 'x', 'y'],
    [{ type: 'string', format: 'date' }, '2024-02-29', '2023-02-29'],
    [{ type: 'number', multipleOf: 0.1 }, 0.3, 0.35],
    [{ type: 'number', exclusiveMaximum: 2 }, 1.9, 2],
    [{ type: 'array', prefixItems: [{ type: 'number' }], items: false }, [1], [1, 2]],
    [{ type: 'array', contains: { type: 'number' }, maxContains: 1 }, ['a', 1], [1, 2]],
    [{ type: 'object', propertyNames: { type: 'string', maxLength: 2 } }, { ab: 1 }, { abc: 1 }],
    [{ type: 'object', minProperties: 1 }, { a: 1 }, {}],
    [{ allOf: [{ type: 'number' }, { anyOf: [{ const: 1 }, { const: 'x' }] }] }, 1, 'x'],
    [{ type: 'integer', oneOf: [{ const: 1 }, { const: 2.5 }] }, 1, 2.5],
  ])('is held against %j', (schema, good, bad) => {
    expect(problems(schema, good)).toEqual([]);
    expect(problems(schema, bad)).not.toEqual([]);
  });

  it('may nest deeper than any stack', () => {
    let deep: JsonValue = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(problems({ type: 'array', items: { type: 'array' } }, deep)).toEqual([]);
  });
});

describe('a schema', () => {
  const recursive = { $ref: '#/$defs/n', $defs: { n: { type: 'array', items: { $ref: '#/$defs/n' } } } };
  const doubling = Object.fromEntries(
    Array.from({ length: 20 }, (_, i): [string, JsonObject] => [
      `d${i}`,
      { type: 'array', prefixItems: [{ $ref: `#/$defs/d${i + 1}` }, { $ref: `#/$defs/d${i + 1}` }] },
    ]),
  );

  it.each<[string, JsonObject, string, string]>([
    ['a pattern', { type: 'string', pattern: '(a+)+$' }, '/pattern', 'Regular expressions'],
    [
      'a nested pattern',
      { type: 'array', items: { type: 'object', patternProperties: { a: {} } } },
      '/items/patternProperties',
      'Regular expressions',
    ],
    [
      'a pattern in a definition',
      { $ref: '#/$defs/a', $defs: { a: { type: 'string', pattern: 'x' } } },
      '/$defs/a/pattern',
      'Regular',
    ],
    ['a remote reference', { $ref: 'https://example.com/x' }, '/$ref', '#/$defs/name'],
    ['a reference to nothing', { $ref: '#/$defs/constructor', $defs: {} }, '/$ref', '#/$defs/name'],
    ['a reference to itself', { $ref: '#' }, '/$ref', '#/$defs/name'],
    ['recursion', recursive, '/$defs/n/items/$ref', 'Bound how deep'],
    ['references that multiply', { $ref: '#/$defs/d0', $defs: { ...doubling, d20: {} } }, '', 'at most'],
    ['a misspelt keyword', { type: 'number', minimun: 1 }, '/minimun', 'Did you mean `minimum`?'],
    ['an unknown type', { type: 'text' }, '/type', 'string'],
    ['what zod cannot express', { not: { type: 'string' } }, '/not', 'anyOf'],
    ['a condition', { if: {} }, '/if', 'Known keywords'],
    ['a keyword without its type', { required: ['a'] }, '/required', '"type": "object"'],
    ['a keyword beside enum', { enum: [1], minimum: 3 }, '/minimum', 'allOf'],
    ['two compositions', { anyOf: [{}], oneOf: [{}] }, '', 'allOf'],
    ['an object to compare', { const: {} }, '/const', 'properties'],
    ['a bound of a wrong type', { type: 'array', maxItems: '3' }, '/maxItems', 'integer'],
    ['a multiple of nothing', { type: 'number', multipleOf: 0 }, '/multipleOf', 'above 0'],
    ['no schema where one has to be', { type: 'array', items: 3 }, '/items', 'object'],
  ])('is refused for %s', (_, schema, path, hint) => {
    const error = refusal(schema);
    expect(error.code).toBe('FC3011');
    expect(error.path?.startsWith(`/at${path}`)).toBe(true);
    expect(error.hint).toContain(hint);
  });

  it('that is never used may say anything', () => {
    const schema = parseValueSchema({
      type: 'number',
      $defs: { lost: { pattern: 'x' } },
      'x-note': 1,
      examples: ['a'],
    });
    expect(schema.problemsOf(1)).toEqual([]);
  });
});
