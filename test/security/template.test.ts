import { afterEach, describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../src/ir/diagnostics/diagnostic.js';
import { ForkchartError } from '../../src/ir/errors.js';
import type { JsonValue } from '../../src/ir/json.js';
import { decideCondition, parseCondition } from '../../src/ir/template/condition.js';
import type { DataScope, NamedValue } from '../../src/ir/template/data-scope.js';
import { fillTemplate, parseTemplate } from '../../src/ir/template/template.js';

/*
 * Templates and conditions reach own data and nothing else: no prototype, no function, no global, no second evaluation (P14).
 * What has been seen in other expression evaluators is tried here, against a scope in which none of it is an own name.
 */

const names = new Map<string, NamedValue>([
  ['a', { kind: 'node', value: { own: 1, list: [1, 2], text: 'abc' }, branches: [] }],
  ['b', { kind: 'value', value: {} }],
  ['secret', { kind: 'value', value: 's3cret' }],
  ['quoted', { kind: 'value', value: '${secret}' }],
]);
const scope: DataScope = { get: (name) => names.get(name) };

const INHERITED = [
  ...[
    'constructor',
    '__proto__',
    'prototype',
    'toString',
    'valueOf',
    'toLocaleString',
    'hasOwnProperty',
    'isPrototypeOf',
  ],
  ...['propertyIsEnumerable', '__defineGetter__', '__defineSetter__', '__lookupGetter__', '__lookupSetter__'],
  ...[
    'length',
    'name',
    'call',
    'apply',
    'bind',
    'caller',
    'callee',
    'arguments',
    'at',
    'map',
    'then',
    'toJSON',
  ],
];
const GLOBALS = [
  'globalThis',
  'process',
  'require',
  'module',
  'window',
  'self',
  'this',
  'Function',
  'Object',
  'import',
  'eval',
  'undefined',
];

/** Paths that lead to something inherited, global or nowhere, as they stand between the braces. */
const PATHS = [
  ...INHERITED.flatMap((name) => [
    name,
    `a.${name}`,
    `b["${name}"]`,
    `a.list.${name}`,
    `a.text['${name}']`,
    `a.own.${name}`,
  ]),
  ...GLOBALS,
  'a.constructor.constructor',
  'a["constructor"]["constructor"]',
  'a.__proto__.__proto__',
  'a.__proto__.polluted',
  'b.__proto__.constructor.prototype',
  'a.list.constructor.prototype.push',
  'a.list[*].constructor',
  'a.list[0].constructor.constructor',
  'a.output.__proto__',
  'a.branch_0',
  'a.branch_00',
  'a.branch_-1',
  'a.list[2]',
  'a.list[4294967295]',
  'a.list[9007199254740991]',
  'a.list["0"]',
  'a.text[0]',
  'a["own\u0000"]',
  'a["\u202Eown"]',
  'a["ｏｗｎ"]',
  'а.own', // a Cyrillic а
  '["__proto__"].polluted',
  '[""]',
];

/** What is no path at all: code, other template languages, broken and nested braces. */
const CODE = [
  'constructor.constructor("return process")()',
  'a.constructor.constructor("globalThis.pwned = 1")()',
  'a["constructor"]("x")',
  '(() => { globalThis.pwned = 1 })()',
  'globalThis.pwned = 1',
  'process.exit(1)',
  'require("child_process").execSync("id")',
  'import("fs")',
  'this.constructor.constructor("return this")()',
  '[].constructor.constructor("return 1")()',
  '``.constructor',
  '`${secret}`',
  'String.raw`x`',
  'a`x`',
  'a.own`x`',
  'a?.own',
  'a.own++',
  'a = 1',
  'delete a.own',
  'new a()',
  'a.own; b',
  'a, b',
  'a | upper',
  'a || secret',
  '...a',
  '#a',
  '@a',
  '!a',
  '*',
  '[*]',
  '\\u0061',
  '\\x61',
  'a\\u002eown',
  'a.\\u0063onstructor',
  'a["\\u0063onstructor"]',
  'a["\\x63onstructor"]',
  'a\u0000',
  'a\u0000.own',
  '\u0000',
  'a.\u202E',
  'a\uFEFF',
  '\uD800',
  '${secret}',
  '${${secret}}',
  '{secret}',
  '{{secret}}',
  'a[${secret}]',
  'a["${secret}"',
  'a[-1]',
  'a[1e9]',
  'a[0x1]',
  'a[Infinity]',
  'a[NaN]',
  'a[99999999999999999999999]',
  'a[0',
  'a[]',
  'a..own',
  '.a',
  'a.',
  '',
  ' ',
  '$',
  '<%= secret %>',
  '%{secret}',
  '#{secret}',
  '__proto__[polluted]=1',
  'constructor[prototype][polluted]=1',
  'a.aggregate.constructor',
  'a.aggregate.__proto__',
  'a.aggregate["max"]',
];

/** Conditions in CEL's grammar, and out of it, that try the same. */
const CONDITIONS = [
  ...INHERITED.flatMap((name) => [
    `a.${name} == 1`,
    `a["${name}"] != null`,
    `"${name}" in b`,
    `b["" + "${name}"] != null`,
  ]),
  ...GLOBALS.map((name) => `${name} != null`),
  ...INHERITED.map((name) => `a.${name}("return process") == 1`),
  ...INHERITED.map((name) => `${name}() == 1`),
  'a.constructor.constructor("globalThis.pwned = 1")() == 1',
  'cel.constructor != null',
  'cel.bind(x, a, x != null)',
  'a.list.map(x, x.constructor) != []',
  'a.list.exists(x, true)',
  'type(a) == map',
  'dyn(a).constructor == 1',
  'a.text.matches("^(a+)+$")',
  '"${secret}" == "s3cret"',
  "'${secret}' == 's3cret'",
  'r"${secret}" == "s3cret"',
  '"""${secret}""" == "s3cret"',
  '${quoted} == "s3cret"',
  '${quoted} == ${secret}',
  '____ == 1',
  'a.____ == 1',
  '{"__proto__": {"polluted": 1}} == b',
  '[a].constructor == 1',
  '"x".constructor == 1',
  'bytes("x") == b"x"',
];

const watched: readonly object[] = [
  Object,
  Array,
  Function,
  String,
  Number,
  Boolean,
  Map,
  RegExp,
  Promise,
].flatMap((global) => [global, global.prototype as object]);

/** Every own key of the built-ins with what it holds. */
function builtIns(): unknown[] {
  return watched.flatMap((thing) =>
    Reflect.ownKeys(thing).flatMap((key) => {
      const { value, get, set } = Object.getOwnPropertyDescriptor(thing, key) ?? {};
      return [key, value, get, set];
    }),
  );
}

const before = builtIns();

afterEach(() => {
  const after = builtIns();
  expect(after.length === before.length && after.every((part, at) => Object.is(part, before[at]))).toBe(true);
  expect('polluted' in {} || 'pwned' in globalThis).toBe(false);
});

/** The code of the ForkchartError that `work` throws; anything else that it throws is a failure of the test. */
function codeOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof ForkchartError) return error.code;
    throw error;
  }
}

test('there are enough payloads', () => {
  expect(new Set([...PATHS, ...CODE]).size).toBeGreaterThan(200);
  expect(new Set(CONDITIONS).size).toBeGreaterThan(100);
});

describe('a template', () => {
  test.each(PATHS)('does not find ${%s}', (path) => {
    const text = `\${${path}}`;
    expect(['FC3001', 'FC5002']).toContain(codeOf(() => fillTemplate(parseTemplate(text, ''), scope)));
    expect(['FC3001', 'FC5002']).toContain(codeOf(() => fillTemplate(parseTemplate(`x ${text}`, ''), scope)));
  });

  test.each(CODE)('refuses ${%s}', (code) => {
    const text = `\${${code}}`;
    expect(codeOf(() => parseTemplate(text, ''))).toBe('FC3001');
    const problems: Diagnostic[] = [];
    const template = parseTemplate(text, '', (problem) => problems.push(problem));
    expect(problems.map((problem) => problem.code)).toEqual(['FC3001']);
    expect(fillTemplate(template, scope)).toBe(text);
  });

  test.each([...PATHS, ...CODE])('puts a value that holds ${%s} in as text', (payload) => {
    const text = `\${${payload}}`;
    const holder: DataScope = {
      get: (name) => (name === 'x' ? { kind: 'value', value: { text } } : scope.get(name)),
    };
    expect(fillTemplate(parseTemplate(['${x.text}', '-${x.text}-'], ''), holder)).toEqual([
      text,
      `-${text}-`,
    ]);
    expect(fillTemplate(parseTemplate('${x}!', ''), holder)).toBe(`${JSON.stringify({ text })}!`);
  });

  test('keeps keys as they are, and none of them reaches a prototype', () => {
    const source = JSON.parse(
      '{"__proto__": {"polluted": "${secret}"}, "constructor": {"prototype": 1}, "${secret}": 2}',
    );
    const filled = fillTemplate(parseTemplate(source, ''), scope) as { readonly [key: string]: JsonValue };
    expect(Object.getPrototypeOf(filled)).toBe(Object.prototype);
    expect(Object.keys(filled)).toEqual(['__proto__', 'constructor', '${secret}']);
    expect(JSON.stringify(filled)).toBe(
      '{"__proto__":{"polluted":"s3cret"},"constructor":{"prototype":1},"${secret}":2}',
    );
  });
});

describe('own data may have any name', () => {
  test.each([
    ...INHERITED,
    ...GLOBALS,
    '',
    'a.b',
    '#x',
    '${x}',
    '"',
    '\\',
    '}',
    '\u0000',
    'aggregate',
    'branch_0',
  ])('%j', (name) => {
    const field: JsonValue = Object.fromEntries([[name, { [name]: 7, own: true }]]);
    const own: DataScope = {
      get: (root) => (root === name ? { kind: 'node', value: field, branches: [] } : undefined),
    };
    const key = `["${name.replace(/["\\]/g, '\\$&')}"]`;
    const inner = { ...(field[name as never] as object) };
    expect(fillTemplate(parseTemplate(`\${${key}${key}}`, ''), own)).toEqual(inner);
    const condition = parseCondition(`\${${key}${key}.own} && has(\${${key}${key}})`, '');
    expect(decideCondition(condition, own)).toBe(true);
  });
});

describe('a condition', () => {
  test.each(CONDITIONS)('finds nothing with %s', (source) => {
    let answer: boolean | null = null;
    const code = codeOf(() => {
      answer = decideCondition(parseCondition(source, ''), scope);
    });
    if (code === null) expect(answer).toBe(false);
    else expect(['FC3003', 'FC5003']).toContain(code);
  });
});

describe('100 kB of anything ends', () => {
  const SIZE = 100_000;
  const bombs = [
    ...[
      '$',
      '{',
      '${',
      '$${',
      '${a',
      '${a}',
      '${a.',
      '${a[',
      '${a["',
      '${a[0]',
      '[',
      '(',
      '.',
      '"',
      "'",
      '\\',
      '\\"',
      '\u0000',
      '😀',
    ],
    ...[
      '!',
      '-',
      '1+',
      '[[',
      'a.',
      'a[',
      'a?',
      'a?a:',
      'a&&',
      'a||',
      '"a"+',
      'a==',
      'has(',
      'size(',
      '{',
      '{a:',
      '//',
      'a\n',
      '"""',
      'r"',
    ],
  ].map((unit) => unit.repeat(Math.ceil(SIZE / unit.length)).slice(0, SIZE));
  const ends = ['', '}', '"]}', ')', 'a', '1'];

  /** A guard against hanging: what is linear takes a few milliseconds, what is not takes minutes. */
  function guarded(work: () => void): void {
    const started = performance.now();
    work();
    expect(performance.now() - started).toBeLessThan(2000);
  }

  test.each(bombs.map((bomb) => [bomb.slice(0, 6), bomb] as const))('as a template: %j…', (_, bomb) => {
    for (const prefix of ['', '${', '${a', '${a["', '$']) {
      for (const end of ends) {
        const text = prefix + bomb.slice(0, SIZE - prefix.length - end.length) + end;
        guarded(() => {
          const problems: Diagnostic[] = [];
          const template = parseTemplate([text], '', (problem) => problems.push(problem));
          expect(problems.length).toBeLessThanOrEqual(1);
          for (const { message, hint } of problems) expect(message.length + hint.length).toBeLessThan(1000);
          codeOf(() => fillTemplate(template, scope));
        });
      }
    }
  });

  test.each(bombs.map((bomb) => [bomb.slice(0, 6), bomb] as const))('as a condition: %j…', (_, bomb) => {
    for (const size of [100_000, 10_000, 4000]) {
      for (const end of ends) {
        const source = bomb.slice(0, size - end.length) + end;
        guarded(() => {
          const code = codeOf(() => decideCondition(parseCondition(source, ''), scope));
          if (size > 10_000) expect(code).toBe('FC3003');
          else expect([null, 'FC3003', 'FC5003']).toContain(code);
        });
      }
    }
  });

  test('as values: a condition that looks at much data many times is cut short', () => {
    const list: JsonValue = Array.from({ length: 300_000 }, (_, index) => index);
    const text = 'a'.repeat(300_000);
    const big: DataScope = {
      get: (name) =>
        name === 'list' || name === 'text'
          ? { kind: 'value', value: name === 'list' ? list : text }
          : undefined,
    };
    const repeated = (clause: string) => Array.from({ length: 200 }, () => clause).join(' && ');
    for (const clause of [
      '!(-1 in list)',
      '!text.contains("b" + text)',
      'size(text) > 1',
      'text + "a" != text',
      'list != [list]',
    ]) {
      guarded(() => {
        expect([null, 'FC1006']).toContain(
          codeOf(() => decideCondition(parseCondition(repeated(clause), ''), big)),
        );
      });
    }
    expect(codeOf(() => decideCondition(parseCondition(repeated('!(-1 in list)'), ''), big))).toBe('FC1006');
  });

  test('as names: a value with a long key and a long reference to it give a short message', () => {
    const long = 'k'.repeat(90_000);
    const holder: DataScope = { get: () => ({ kind: 'value', value: { [long]: 1 } }) };
    guarded(() => {
      try {
        fillTemplate(parseTemplate(`\${x.${long.slice(1)}}`, ''), holder);
        expect.unreachable();
      } catch (error) {
        expect(error).toMatchObject({ code: 'FC5002' });
        expect((error as ForkchartError).message.length + (error as ForkchartError).hint.length).toBeLessThan(
          1000,
        );
      }
    });
  });
});
