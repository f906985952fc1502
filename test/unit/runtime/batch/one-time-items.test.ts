import { describe, expect, it } from 'vitest';
import { isOneTimeItems, oneTimeItems, readOnce } from '../../../../src/runtime/batch/one-time-items.js';

async function* later() {
  yield 1;
}
function* now() {
  yield 1;
}

describe('what can be read only once', () => {
  it.each([
    ['an async generator', later()],
    ['a generator', now()],
    ['an iterator', new Set([1]).values()],
    ['an async iterable of any kind', { [Symbol.asyncIterator]: later }],
  ])('is %s', async (_what, value) => {
    const marker = oneTimeItems(value);
    expect(marker).toEqual({ stream: true });
    expect(Object.isFrozen(marker)).toBe(true);
    const iterator = readOnce(marker);
    expect(await iterator?.next()).toEqual({ done: false, value: 1 });
    expect(readOnce(marker)).toBeNull();
  });

  it.each([
    ['a list', [1]],
    ['a Map', new Map()],
    ['a Set', new Set()],
    ['a text', 'abc'],
    ['a function', () => later()],
    ['null', null],
    ['an object', { next: () => ({ done: true }) }],
  ])('is not %s', (_what, value) => {
    expect(oneTimeItems(value)).toBeNull();
  });

  it('is known by what stands for it and by nothing else', () => {
    const marker = oneTimeItems(now());
    expect(isOneTimeItems(marker)).toBe(true);
    expect(isOneTimeItems({})).toBe(false);
    expect(isOneTimeItems({ ...marker })).toBe(false);
    expect(isOneTimeItems(JSON.parse(JSON.stringify(marker)))).toBe(false);
  });
});
