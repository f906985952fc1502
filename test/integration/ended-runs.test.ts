import { inspect } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { createRunner } from '../../src/runtime/runner.js';
import type { RunStore } from '../../src/runtime/store/store.js';

const RUNS = 40;
/** V8 may collect of its own accord in the midst of one, and then takes some runs for long-lived; but hardly in the midst of each. */
const ROUNDS = 5;

const minorCollection = ((): (() => void) => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as (options: { type: 'minor' }) => void;
  return () => gc({ type: 'minor' });
})();

/** Keeps nothing, so that nothing but V8 can keep a run that has ended. */
const forgetful: RunStore = {
  create() {},
  commit() {},
  committed: () => undefined,
  finish() {},
  get: () => undefined,
  list: () => [],
};

const task = { id: 'a', type: 'function', params: { name: 'task' } };
const policies = {
  retry: { max_attempts: 3, initial_ms: 1 },
  timeout: { attempt_ms: 30_000, total_ms: 120_000 },
  fallback: 0,
  on_error: 'fail_safe',
};

// V8 collects what is young often and cheaply, and the rest seldom. It lets go of a key of a `WeakMap` in both.
it.each([
  ['does nothing else', { nodes: [task] }],
  ['has policies', { nodes: [{ ...task, ...policies }] }],
  ['is tried again', { nodes: [{ ...task, ...policies, params: { name: 'broken' } }] }],
  ['fails', { nodes: [{ ...task, params: { name: 'broken' } }] }],
  ['is a batch', { nodes: [{ ...task, batch: { items: [1, 2, 3], max_concurrent: 2 } }] }],
])('a run that has ended is gone with the next minor collection: its node %s', async (_, source) => {
  const functions = {
    task: async () => 1,
    broken: async () => {
      throw new Error('broken');
    },
  };
  const runner = createRunner({ functions, store: forgetful });
  const workflow = runner.load(source);
  const left: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const alive = new WeakMap<object, string>();
    for (let count = 0; count < RUNS; count++) {
      const run = runner.start(workflow);
      alive.set(run, 'a run');
      await run.result;
    }
    minorCollection();
    minorCollection();
    const shown = inspect(alive, { showHidden: true, depth: 0, maxArrayLength: RUNS });
    left.push(shown.match(/'a run'/g)?.length ?? 0);
  }
  await runner.close();
  expect(Math.min(...left)).toBeLessThan(RUNS / 4);
});
