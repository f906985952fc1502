import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, it } from 'vitest';
import { createRunner } from '../../src/runtime/runner.js';

it('keeps the async contexts apart in which two runners start runs in the same turn', async () => {
  const user = new AsyncLocalStorage<string>();
  const runners = ['Ann', 'Ben'].map((name) => ({
    name,
    runner: createRunner({ functions: { whoAmI: async () => user.getStore() } }),
  }));
  const node = { id: 'who', type: 'function', params: { name: 'whoAmI' } };
  const runs = runners.map(({ name, runner }) => user.run(name, () => runner.start({ nodes: [node] })));
  const results = await Promise.all(runs.map(({ result }) => result));
  for (const { runner } of runners) await runner.close();
  expect(results.map(({ nodes }) => nodes.who?.output)).toEqual(['Ann', 'Ben']);
});
