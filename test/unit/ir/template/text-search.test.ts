import fc from 'fast-check';
import { expect, test } from 'vitest';
import { includesText } from '../../../../src/ir/template/text-search.js';

test('it finds what String.includes finds', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 200 });
  const wanted = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 6 }).map((part) => part.repeat(9));
  fc.assert(
    fc.property(text, wanted, text, (before, part, after) => {
      expect(includesText(before + after, part)).toBe((before + after).includes(part));
      expect(includesText(before + part + after, part)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('a text made to be slow to search takes no longer than another', () => {
  const half = 'a'.repeat(125_000);
  const started = performance.now();
  expect(includesText('a'.repeat(500_000), `${half}b${half}`)).toBe(false);
  // The engine's own search takes 15 s here.
  expect(performance.now() - started).toBeLessThan(2000);
});
