import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../src/ir/diagnostics/diagnostic.js';
import type { ForkchartError } from '../../src/ir/errors.js';
import type { JsonValue } from '../../src/ir/json.js';
import { decideCondition, parseCondition } from '../../src/ir/template/condition.js';
import type { DataScope } from '../../src/ir/template/data-scope.js';
import { fillTemplate, parseTemplate } from '../../src/ir/template/template.js';
import { codeOf, expectBuiltInsUntouched, scope } from '../helpers/hostile.js';

expectBuiltInsUntouched();

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
