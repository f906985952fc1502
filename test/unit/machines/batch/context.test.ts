import { describe, expect, it } from 'vitest';
import type { BatchPolicy, Tolerance } from '../../../../src/ir/workflow.js';
import {
  allItemsSettled,
  type BatchContext,
  initialBatchContext,
  toleratedItems,
} from '../../../../src/machines/batch/context.js';
import { isProgressDue } from '../../../../src/machines/batch/progress.js';
import type { BatchInput } from '../../../../src/machines/batch/protocol.js';

const policy = (
  errorHandling: BatchPolicy['errorHandling'],
  tolerate: Tolerance | null = null,
): BatchPolicy => ({
  items: { kind: 'auto', optional: false },
  as: 'item',
  maxConcurrent: 1,
  size: null,
  errorHandling,
  tolerate,
  itemTimeoutMs: null,
  reduce: null,
  pointer: '',
});
const context = (more: Partial<BatchContext> = {}): BatchContext => ({
  ...initialBatchContext({ seed: 0 } as BatchInput),
  ...more,
});

describe('what a batch tolerates', () => {
  it.each([
    ['nothing under fail_fast', policy('fail_fast'), {}, 0],
    ['everything under fail_safe', policy('fail_safe'), {}, Number.POSITIVE_INFINITY],
    ['everything under continue', policy('continue'), {}, Number.POSITIVE_INFINITY],
    ['a count', policy('fail_fast', { count: 3, percent: null }), {}, 3],
    ['a share, rounded down', policy('fail_safe', { count: null, percent: 34 }), { total: 5 }, 1],
    ['the smaller of both', policy('fail_safe', { count: 1, percent: 50 }), { total: 10 }, 1],
    [
      'any share, while nobody knows of what',
      policy('fail_fast', { count: null, percent: 10 }),
      { begun: 9 },
      Number.POSITIVE_INFINITY,
    ],
    [
      'a share of all items, once they are read',
      policy('fail_fast', { count: null, percent: 50 }),
      { begun: 9, exhausted: true },
      4,
    ],
    ['nothing where the node runs as it is', policy('continue'), { whole: true }, 0],
  ])('is %s', (_what, batch, more, tolerated) => {
    expect(toleratedItems(batch, context(more))).toBe(tolerated);
  });
});

describe('all items are settled', () => {
  it.each([
    ['once no more come and none is under way', { exhausted: true, begun: 3, succeeded: 2, failed: 1 }, true],
    ['not while one is under way', { exhausted: true, begun: 3, succeeded: 2 }, false],
    ['not while more may come', { begun: 3, succeeded: 3 }, false],
    ['where there are none', { exhausted: true }, true],
  ])('%s', (_what, more, settled) => {
    expect(allItemsSettled(context(more))).toBe(settled);
  });
});

describe('progress is due', () => {
  const notices = (total: number | null, count: number) =>
    Array.from({ length: count }, (_, n) => n + 1).filter((done) => isProgressDue(done, total));
  it('for each of a few items', () => expect(notices(7, 7)).toEqual([1, 2, 3, 4, 5, 6, 7]));
  it('at each whole percent of many', () => {
    expect(notices(1000, 1000)).toEqual(Array.from({ length: 100 }, (_, n) => 10 * (n + 1)));
  });
  it('at every thousandth of nobody knows how many', () => expect(notices(null, 2500)).toEqual([1000, 2000]));
});
