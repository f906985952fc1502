import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../src/ir/diagnostics/diagnostic.js';
import type { JsonValue } from '../../src/ir/json.js';
import { decideCondition, parseCondition } from '../../src/ir/template/condition.js';
import type { DataScope } from '../../src/ir/template/data-scope.js';
import { fillTemplate, parseTemplate } from '../../src/ir/template/template.js';
import { codeOf, expectBuiltInsUntouched, scope } from '../helpers/hostile.js';

/*
 * Templates and conditions reach own data and nothing else: no prototype, no function, no global, no second evaluation (P14).
 * What has been seen in other expression evaluators is tried here, against a scope in which none of it is an own name.
 */

expectBuiltInsUntouched();

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
