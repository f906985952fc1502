import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../../src/runtime/record.js';
import { createMemoryStore } from '../../../src/runtime/store/memory.js';

const begin = (run_id: string) => ({ run_id, workflow: 'w', hash: 'h', inputs: {} });
const result = (nodes: number) =>
  ({
    nodes: Object.fromEntries(Array.from({ length: nodes }, (_, index) => [`n${index}`, {}])),
  }) as RunResult;

/** Which of some runs, with so many nodes each, are there once all have ended. */
function kept(store: ReturnType<typeof createMemoryStore>, sizes: readonly number[]): readonly string[] {
  sizes.forEach((size, index) => {
    store.create(begin(`run ${index}`));
    store.finish(`run ${index}`, result(size));
  });
  return store.list().map(({ run_id }) => run_id);
}

describe('the memory store', () => {
  it('keeps the runs that ended last, and those under way', () => {
    const store = createMemoryStore(2);
    store.create(begin('under way'));
    expect(kept(store, [1, 1, 1])).toEqual(['under way', 'run 1', 'run 2']);
  });

  it('keeps no more than 10,000 records of nodes, but for the last run', () => {
    expect(kept(createMemoryStore(), [4000, 4000, 2000])).toEqual(['run 0', 'run 1', 'run 2']);
    expect(kept(createMemoryStore(), [4000, 4000, 2001])).toEqual(['run 1', 'run 2']);
    expect(kept(createMemoryStore(), [1, 12_000])).toEqual(['run 1']);
    expect(kept(createMemoryStore(), [12_000, 1])).toEqual(['run 1']);
  });
});
