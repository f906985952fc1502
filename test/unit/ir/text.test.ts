import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../../src/ir/diagnostics/diagnostic.js';
import { DEFAULT_LIMITS } from '../../../src/ir/limits.js';
import { parseText } from '../../../src/ir/text.js';

function problem(text: string, limits = DEFAULT_LIMITS): Diagnostic {
  const parsed = parseText(text, limits);
  if (parsed.ok) throw new Error(`parsed: ${text}`);
  const [first] = parsed.diagnostics;
  if (first === undefined) throw new Error('no diagnostic');
  return first;
}

describe('parseText', () => {
  it('gives what JSON.parse gives', () => {
    const text = ' {"a": [1, -2.5e3, true, null, "\\u00e9\\n"], "": {}} ';
    expect(parseText(text)).toEqual({ ok: true, value: JSON.parse(text) });
  });

  it('makes a key __proto__ an own property and leaves the prototype alone', () => {
    const parsed = parseText('{"__proto__": {"polluted": true}}');
    if (!parsed.ok || parsed.value === null) throw new Error('not parsed');
    expect(Object.keys(parsed.value)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(parsed.value)).toBe(Object.prototype);
  });

  it.each([
    ['{"a": 1,}', 1, 9, 'Remove the comma before "}".'],
    ['[1, 2,\n]', 2, 1, 'Remove the comma before "]".'],
    ["{'a': 1}", 1, 2, 'double quotes'],
    ['{a: 1}', 1, 2, 'double quotes'],
    ['{"a": [1, 2}', 1, 12, 'Close with "]" first: "[" in line 1, column 7'],
    ['{"a": [1, 2]', 1, 13, 'Add "}": "{" in line 1, column 1'],
    ['{"a": 1 "b": 2}', 1, 9, 'Add a comma before'],
    ['{"a" 1}', 1, 6, 'Add a colon'],
    ['["a": 1]', 1, 5, 'into { }'],
    ['{"a": }', 1, 7, 'Write a text'],
    ['{"a": ,}', 1, 7, 'Remove ","'],
    ['{} {}', 1, 4, 'Remove what follows'],
    ['{"a": "b\nc"}', 1, 7, '\\n for a line break'],
    ['{"a": "\\x"}', 1, 7, 'double quote on the same line'],
    ['{"a": 1.}', 1, 7, 'Complete the number'],
    ['{"a": 01}', 1, 8, 'Add a comma'],
    ['{"a": .5}', 1, 7, 'digit first'],
    ['{"a": None}', 1, 7, 'Write null.'],
    ['{"a": True}', 1, 7, 'true or false'],
    ['{"a": NaN}', 1, 7, 'NaN'],
    ['{\n  // why\n  "a": 1}', 2, 3, 'Remove the comment'],
    ['{ /* why */ "a": 1}', 1, 3, 'Remove the comment'],
    ['', 1, 1, '"nodes"'],
    [' \n ', 2, 2, '"nodes"'],
    ['\ufeff{}', 1, 1, 'byte order mark'],
    ['```json\n{}\n```', 1, 1, '```'],
    ['nodes:\n  - id: a', 1, 1, 'Convert it to JSON'],
  ])('says where and why %j is not JSON', (text, line, column, hint) => {
    const diagnostic = problem(text);
    expect(diagnostic).toMatchObject({
      code: 'FC1001',
      severity: 'error',
      path: '',
      position: { line, column },
    });
    expect(diagnostic.hint).toContain(hint);
    expect(diagnostic.message).toContain(`Line ${line}, column ${column}`);
  });

  it('refuses exactly what JSON.parse refuses', () => {
    const fragment = fc.constantFrom(
      ...'{}[]:,"\'\\ \n\t/*-+.eE019',
      'true',
      'null',
      '"a"',
      '"b":',
      '{"a":',
      '1.5',
      '\u2028',
    );
    fc.assert(
      fc.property(
        fc.array(fragment, { maxLength: 12 }).map((parts) => parts.join('')),
        (text) => {
          let valid = true;
          try {
            JSON.parse(text);
          } catch {
            valid = false;
          }
          const parsed = parseText(text);
          const notJson = !parsed.ok && parsed.diagnostics.some(({ code }) => code === 'FC1001');
          expect(notJson).toBe(!valid);
        },
      ),
      { seed: 7, numRuns: 5000 },
    );
  });

  it('refuses a key that occurs twice, as one of the two nodes would silently never run', () => {
    const diagnostic = problem('{"nodes": {"a": {"type": "echo"},\n "a": {"type": "fail"}}}');
    expect(diagnostic).toMatchObject({ code: 'FC1008', path: '/nodes/a', position: { line: 2, column: 2 } });
    expect(parseText('[{"a": 1}, {"a": 2}]').ok).toBe(true);
    expect(problem('[0, {"__proto__": 1, "__proto__": 2}]').path).toBe('/1/__proto__');
  });

  it('takes as many bytes as the limit and not one more', () => {
    const limits = { ...DEFAULT_LIMITS, irBytes: 12 };
    expect(parseText(JSON.stringify('x'.repeat(10)), limits).ok).toBe(true);
    expect(problem(JSON.stringify('x'.repeat(11)), limits).code).toBe('FC1006');
    expect(parseText(JSON.stringify('é'.repeat(5)), limits).ok).toBe(true);
    expect(problem(JSON.stringify('é'.repeat(6)), limits).code).toBe('FC1006');
    expect(parseText(JSON.stringify('😀€éx'), limits).ok).toBe(true);
    expect(problem(JSON.stringify('😀€éxx'), limits).code).toBe('FC1006');
  });

  it('takes as many levels as the limit and not one more', () => {
    const nest = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(parseText(nest(64)).ok).toBe(true);
    expect(problem(nest(65))).toMatchObject({ code: 'FC1006', position: { line: 1, column: 65 } });
    expect(parseText(JSON.stringify('['.repeat(100))).ok).toBe(true);
    expect(parseText('["\\"", "[[[["]', { ...DEFAULT_LIMITS, depth: 1 }).ok).toBe(true);
  });

  it.each([
    ['brackets', '['.repeat(5_000_000)],
    ['objects', '{"a":'.repeat(1_000_000)],
    ['brackets behind a string that never ends', `"\n${'['.repeat(5_000_000)}`],
    ['brackets behind a comment', `/* " */${'['.repeat(5_000_000)}`],
    ['quotes', '"'.repeat(5_000_000)],
    ['backslashes', `"${'\\'.repeat(5_000_000)}`],
    ['commas', `[${','.repeat(5_000_000)}`],
    ['blanks', ' '.repeat(5_000_000)],
  ])('answers to five megabytes of %s at once and without overflowing the stack', (_, text) => {
    const started = performance.now();
    expect(parseText(text).ok).toBe(false);
    // Generous: what it would catch is quadratic time, which takes minutes.
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
