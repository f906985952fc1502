import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AGGREGATES } from '../../../../src/ir/template/aggregate.js';
import { formatReference, type Segment } from '../../../../src/ir/template/reference.js';
import { parseTemplate } from '../../../../src/ir/template/template.js';

function parse(text: string) {
  const [reference] = parseTemplate(text, '/x').references;
  return { root: reference?.root, segments: reference?.segments };
}

describe('what a reference can be', () => {
  const field = (name: string): Segment => ({ kind: 'field', name });
  test.each<[string, string, Segment[]]>([
    ['${fetch}', 'fetch', []],
    ['${ fetch.rows\t}', 'fetch', [field('rows')]],
    ['${fetch-all.first-name}', 'fetch-all', [field('first-name')]],
    ['${__index__}', '__index__', []],
    ['${2nd.3}', '2nd', [field('3')]],
    ['${größe.名前}', 'größe', [field('名前')]],
    ['${a[0][12].b}', 'a', [{ kind: 'index', index: 0 }, { kind: 'index', index: 12 }, field('b')]],
    ['${a[*].b}', 'a', [{ kind: 'each' }, field('b')]],
    ['${a.aggregate.max}', 'a', [{ kind: 'aggregate', by: 'max' }]],
    ['${a["aggregate"].max}', 'a', [field('aggregate'), field('max')]],
    ['${a["b.c"]}', 'a', [field('b.c')]],
    ["${a['}']}", 'a', [field('}')]],
    ['${a["say \\"hi\\" \\\\"]}', 'a', [field('say "hi" \\')]],
    ['${["a.b"][""]}', 'a.b', [field('')]],
    ['${__proto__.constructor}', '__proto__', [field('constructor')]],
  ])('%s', (text, root, segments) => {
    expect(parse(text)).toEqual({ root, segments });
  });
});

describe('what it cannot be is refused with the place and with what to type', () => {
  test.each([
    ['${}', 'names nothing', 'Name an input or a node'],
    ['${ }', 'a name is missing', 'Name a field'],
    ['abc ${a', 'the `${` at character 5 is not closed', 'Close it with `}`'],
    ['${a["b]}', 'not closed', 'Close it'],
    ['${a["b\\', 'not closed', 'Close it'],
    ['${a.}', 'a name is missing before `}`, at character 5', 'Name a field'],
    ['${a..b}', 'unexpected `.`, at character 5', 'Only a path'],
    ['${.a}', 'unexpected `.`', 'Only a path'],
    ['${a b}', 'unexpected `b`, at character 5', 'Only a path'],
    ['${a || b}', 'unexpected `|`', 'Only a path'],
    ['${a.b()}', 'unexpected `(`', 'Only a path'],
    ['${a😀}', 'unexpected `😀`', '["any name"]'],
    ['${{a}}', 'a second `{`', 'one pair of braces'],
    ['${${a}}', 'unexpected `$`', 'Only a path'],
    ['${a[-1]}', 'counted from the end', '.aggregate.last'],
    ['${a[1.5]}', 'unexpected `.`', 'Only a path'],
    ['${a[]}', 'unexpected `]`', 'Only a path'],
    ['${a[b]}', 'unexpected `b`', 'Only a path'],
    ['${a[99999999999999999999]}', 'too big', 'No list is that long'],
    ['${a["\\n"]}', 'a backslash', 'stand for themselves'],
    ['${[0]}', 'does not start with a name', 'Start with an input or a node'],
    ['${a.aggregate}', 'stands alone', '["aggregate"]'],
    ['${a.aggregate[0]}', 'stands alone', '["aggregate"]'],
    ['${a.aggregate.maximum}', 'no aggregate `maximum`', 'count, sum, min'],
  ])('%s', (text, message, hint) => {
    expect(() => parseTemplate(text, '/nodes/0/params/x')).toThrow(
      expect.objectContaining({
        code: 'FC3001',
        path: '/nodes/0/params/x',
        message: expect.stringContaining(message),
        hint: expect.stringContaining(hint),
      }),
    );
  });

  test('a reference may have 64 steps and not 65', () => {
    expect(parse(`\${a${'.b'.repeat(64)}}`).segments).toHaveLength(64);
    expect(() => parse(`\${a${'.b'.repeat(65)}}`)).toThrow(expect.objectContaining({ code: 'FC1006' }));
  });
});

test('a reference written out reads back as itself, whatever its names are', () => {
  const name = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('', '__proto__', 'aggregate', 'a.b', '"', '\\', '}'),
  );
  const segment: fc.Arbitrary<Segment> = fc.oneof(
    name.map((field) => ({ kind: 'field' as const, name: field })),
    fc.nat().map((index) => ({ kind: 'index' as const, index })),
    fc.constant({ kind: 'each' as const }),
    fc.constantFrom(...AGGREGATES).map((by) => ({ kind: 'aggregate' as const, by })),
  );
  fc.assert(
    fc.property(name, fc.array(segment, { maxLength: 20 }), (root, segments) => {
      expect(parse(formatReference(root, segments))).toEqual({ root, segments });
    }),
  );
});
