import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nth, PageEditor, toPages, withNth } from '../../../src/machines/pages.js';
import { settings } from '../../helpers/arbitrary/settings.js';

describe('pages', () => {
  it('hold what a list holds after the same changes, and never change', () => {
    const changes = fc.array(fc.record({ at: fc.nat(), value: fc.integer() }), { maxLength: 20 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), changes, (length, made) => {
        const list = Array.from({ length }, (_, index) => -index);
        const first = toPages(list);
        let pages = first;
        const editor = new PageEditor(first);
        const before = structuredClone(first);
        for (const { at, value } of made) {
          const index = at % length;
          list[index] = value;
          pages = withNth(pages, index, value);
          editor.set(index, value);
          expect(editor.get(index)).toBe(value);
        }
        expect(list.map((_, index) => nth(pages, index))).toEqual(list);
        expect(editor.list).toEqual(pages);
        expect(first).toEqual(before);
      }),
      settings(300),
    );
  });

  it('share what was not changed', () => {
    const before = toPages(Array.from({ length: 1000 }, () => 0));
    const after = withNth(before, 500, 1);
    expect(after.root.filter((page, index) => page !== before.root[index])).toHaveLength(1);
  });

  it('have nothing outside of the list', () => {
    const pages = toPages([1, 2, 3]);
    expect([nth(pages, 3), nth(pages, -1), nth(pages, 1000)]).toEqual([undefined, undefined, undefined]);
    expect(() => withNth(pages, 3, 4)).toThrow(RangeError);
    expect(() => withNth(pages, -1, 4)).toThrow(RangeError);
  });
});
