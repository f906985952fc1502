import { Environment } from '@marcbachmann/cel-js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonValue } from '../../../../src/ir/json.js';
import { decideCondition, parseCondition } from '../../../../src/ir/template/condition.js';
import { node, scopeOf } from './scope.js';

/*
 * The library whose grammar conditions use has an evaluator of its own. On what both agree to be well typed, doubles among
 * them, the two must come to the same answer: what it can say is checked here, what it cannot (numbers of JSON next to
 * whole literals) is in condition.test.ts.
 */
const cel = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false });

const data = {
  n: 3,
  half: 0.5,
  zero: 0,
  text: 'abc',
  other: 'b',
  yes: true,
  no: false,
  nothing: null,
  list: [1, 2, 3],
  words: ['a', 'b'],
};
const scope = scopeOf(Object.entries(data).map(([name, json]) => [name, node(json as JsonValue)]));

const { bool } = fc.letrec<{ bool: string; number: string; text: string; any: string }>((tie) => ({
  number: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('n', 'half', 'zero', '3.0', '0.25', '1.0'),
    fc
      .tuple(tie('number'), fc.constantFrom('+', '-', '*'), tie('number'))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie('number').map((a) => `(-${a})`),
    fc.tuple(tie('bool'), tie('number'), tie('number')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
  ),
  text: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('text', 'other', '"b"', '""', "'abcb'"),
    fc.tuple(tie('text'), tie('text')).map(([a, b]) => `(${a} + ${b})`),
  ),
  any: fc.oneof(tie('number'), tie('text'), tie('bool'), fc.constantFrom('nothing', 'items', 'words')),
  bool: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('yes', 'no', 'true', 'missing', 'nothing'),
    fc
      .tuple(tie('number'), fc.constantFrom('<', '<=', '>', '>=', '==', '!='), tie('number'))
      .map((parts) => `(${parts.join(' ')})`),
    fc
      .tuple(tie('text'), fc.constantFrom('<', '<=', '>', '>=', '==', '!='), tie('text'))
      .map((parts) => `(${parts.join(' ')})`),
    fc
      .tuple(tie('text'), fc.constantFrom('startsWith', 'endsWith', 'contains'), tie('text'))
      .map(([a, op, b]) => `${a}.${op}(${b})`),
    fc
      .tuple(tie('any'), fc.constantFrom('items', 'words', '[1.0, "b", 0.5]'))
      .map(([a, b]) => `(${a} in ${b})`),
    tie('text').map((a) => `(size(${a}) > 2)`),
    fc.tuple(tie('bool'), fc.constantFrom('&&', '||'), tie('bool')).map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie('bool').map((a) => `(!${a})`),
    fc.tuple(tie('bool'), tie('bool'), tie('bool')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
  ),
}));

function answer(decide: () => unknown): unknown {
  try {
    const value = decide();
    return typeof value === 'boolean' ? value : 'no answer';
  } catch {
    return 'no answer';
  }
}

test('conditions come to what the library comes to', () => {
  const seen = new Map<unknown, number>();
  fc.assert(
    fc.property(bool, (source) => {
      const expected = answer(() => cel.evaluate(source, data));
      expect(answer(() => decideCondition(parseCondition(source, ''), scope))).toBe(expected);
      seen.set(expected, (seen.get(expected) ?? 0) + 1);
    }),
    { numRuns: 2000 },
  );
  // The comparison says something only if all three answers occur.
  for (const kind of [true, false, 'no answer']) expect(seen.get(kind)).toBeGreaterThan(50);
});
