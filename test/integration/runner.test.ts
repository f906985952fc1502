import { describe, expect, it } from 'vitest';
import { createActor, initialTransition, toPromise } from 'xstate';
import { z } from 'zod';
import { defineNode } from '../../src/actors/node.js';
import { checkWorkflow } from '../../src/ir/check.js';
import { TerminalError } from '../../src/ir/errors.js';
import { compileWorkflow } from '../../src/machines/compile.js';
import type { ScopeContext } from '../../src/machines/context.js';
import { nth } from '../../src/machines/pages.js';
import { createRunner } from '../../src/runtime/runner.js';
import { createMemoryStore } from '../../src/runtime/store/memory.js';
import { createVirtualClock } from '../../src/runtime/virtual-clock.js';
import { traceRun } from '../helpers/trace.js';

const one = { nodes: [{ id: 'one', type: 'echo', params: { value: 1 } }] };

describe('values', () => {
  it('of one run are not changed by another, nor by who gave them (P4)', async () => {
    const lengths: number[] = [];
    const greedy = defineNode({
      type: 'greedy',
      params: z.strictObject({ list: z.custom<string[]>(), given: z.custom<string[]>() }),
      run: ({ list, given }) => {
        lengths.push(list.length, given.length);
        for (const target of [list, given]) {
          try {
            target.push('x');
          } catch {
            // A frozen value says no.
          }
        }
      },
    });
    const runner = createRunner({ nodes: [greedy] });
    const workflow = runner.load({
      inputs: { given: { type: 'array', default: [] } },
      nodes: [{ id: 'n', type: 'greedy', params: { list: ['a'], given: '${given}' } }],
    });
    const mine = ['mine'];
    for (const inputs of [{}, {}, { given: mine }, { given: mine }])
      await runner.start(workflow, inputs).result;
    expect(lengths).toEqual([1, 0, 1, 0, 1, 1, 1, 1]);
    expect(mine).toEqual(['mine']);
  });
});

describe('a limit on concurrency (P7)', () => {
  it('holds while a function goes on that has been timed out, up to the grace period', async () => {
    const clock = createVirtualClock();
    let running = 0;
    let most = 0;
    const deaf = defineNode({
      type: 'deaf',
      run: () =>
        new Promise((resolve) => {
          most = Math.max(most, ++running);
          clock.setTimeout(() => resolve(running--), 300);
        }),
    });
    const source = {
      nodes: [
        { id: 'deaf', type: 'deaf', timeout: { attempt_ms: 10 }, retry: { max_attempts: 3, initial_ms: 1 } },
      ],
      max_concurrency: 1,
    };
    const run = createRunner({ nodes: [deaf], clock, gracePeriodMs: 1000 }).start(source);
    expect((await clock.runUntil(run.result)).nodes.deaf).toMatchObject({ status: 'timed_out', attempts: 3 });
    expect(most).toBe(1);
    const impatient = createRunner({ nodes: [deaf], clock, gracePeriodMs: 100 }).start(source);
    await clock.runUntil(impatient.result);
    expect(most).toBe(3);
  });
});

describe('a store that fails', () => {
  const broken = (method: 'create' | 'commit' | 'finish') => ({
    ...createMemoryStore(),
    [method]: () => Promise.reject(new Error('disk full')),
  });

  it.each(['create', 'finish'] as const)('at %s rejects the result, and the events end', async (method) => {
    const run = createRunner({ store: broken(method) }).start(one);
    const events = (async () => {
      for await (const _ of run.events());
    })();
    await expect(run.result).rejects.toMatchObject({
      code: 'FC5012',
      message: expect.stringContaining('disk full'),
    });
    await events;
  });

  it('at create is the same whether it throws or rejects', async () => {
    const store = {
      ...createMemoryStore(),
      create: () => {
        throw new Error('disk full');
      },
    };
    await expect(createRunner({ store }).start(one).result).rejects.toMatchObject({
      code: 'FC5012',
      message: expect.stringContaining('disk full'),
    });
  });

  it('by never answering to create does not keep a cancelled run for longer than the grace period', async () => {
    const clock = createVirtualClock();
    let answer = (): void => {};
    const create = () =>
      new Promise<void>((resolve) => {
        answer = resolve;
      });
    const runner = createRunner({ clock, gracePeriodMs: 70, store: { ...createMemoryStore(), create } });
    const seen: string[] = [];
    const slow = runner.start(one, {}, { onEvent: ({ type }) => seen.push(type) });
    slow.cancel();
    const ended = slow.result.catch((error: unknown) => error);
    expect(await clock.runUntil(ended)).toMatchObject({
      code: 'FC5012',
      message: expect.stringContaining('has not answered for 70 ms'),
    });
    expect(clock.now()).toBe(70);
    answer();
    await clock.flush();
    expect(seen).toEqual([]);

    const inTime = runner.start(one);
    inTime.cancel();
    answer();
    expect((await clock.runUntil(inTime.result)).status).toBe('cancelled');
  });

  it('before a function is called does not say that it has returned', async () => {
    let calls = 0;
    const count = defineNode({ type: 'count', run: () => ++calls });
    const store = { ...createMemoryStore(), committed: () => Promise.reject(new Error('disk gone')) };
    const { result } = await traceRun({ nodes: [{ id: 'n', type: 'count' }] }, { nodes: [count], store });
    expect(result.error).toMatchObject({
      code: 'FC5012',
      message: 'The store could not say whether `n` has a result already: disk gone',
      hint: expect.stringContaining('was not called'),
    });
    expect(calls).toBe(0);
  });

  it('at commit fails the node, whose function is not called again', async () => {
    let calls = 0;
    const count = defineNode({ type: 'count', run: () => ++calls });
    const source = { nodes: [{ id: 'n', type: 'count', retry: { max_attempts: 3, initial_ms: 1 } }] };
    const { result } = await traceRun(source, { nodes: [count], store: broken('commit') });
    expect(result.error).toMatchObject({ code: 'FC5012', node: 'n' });
    expect(calls).toBe(1);
  });

  it('that has a run of that id already is said so at once', async () => {
    const runner = createRunner();
    await runner.start(one, {}, { runId: 'twice' }).result;
    expect(() => runner.start(one, {}, { runId: 'twice' })).toThrow(
      expect.objectContaining({ code: 'FC9002' }),
    );
    expect(await runner.store.get('twice')).toMatchObject({
      run_id: 'twice',
      result: { status: 'succeeded' },
    });
  });
});

describe('what a function throws', () => {
  const thrown = async (value: unknown, retry?: object) => {
    const bad = defineNode({
      type: 'bad',
      run: () => {
        throw value;
      },
    });
    const { result } = await traceRun(
      { nodes: [{ id: 'n', type: 'bad', ...(retry === undefined ? {} : { retry }) }] },
      { nodes: [bad] },
    );
    return result.nodes.n?.error;
  };

  it('is on record with its causes', async () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    expect(await thrown(new TypeError('fetch failed', { cause: refused }))).toMatchObject({
      message: 'fetch failed',
      causes: [
        { name: 'TypeError', message: 'fetch failed' },
        { name: 'Error', message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' },
      ],
    });
  });

  it.each([
    ['text', 'text'],
    [{ status: 500, message: 'no' }, 'no'],
    [{ status: 500 }, '{"status":500}'],
    [undefined, 'undefined'],
    [null, 'null'],
    [Object.create(null), '{}'],
    [
      {
        get message() {
          throw new Error('gotcha');
        },
      },
      'something that cannot be shown',
    ],
  ])('%# is shown, whatever it is', async (value, message) => {
    expect(await thrown(value)).toMatchObject({ code: 'FC5008', node: 'n', message });
  });

  it('is shown as far as may be where nothing can be asked of it', async () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(await thrown(proxy)).toMatchObject({ code: 'FC5008', message: 'something that cannot be shown' });
  });

  it('has a hint that fits', async () => {
    expect((await thrown(new Error('x')))?.hint).toContain('give the node a `retry`');
    expect((await thrown(new Error('x'), { max_attempts: 2, initial_ms: 1 }))?.hint).toContain(
      '`retry.max_attempts` is 2',
    );
    expect((await thrown(new TerminalError('x')))?.hint).toContain('trying again is pointless');
  });

  it.each([
    [{ retry_on: ['E_BUSY'] }, '`retry.retry_on` does not name it'],
    [{ not_on: ['FC5008'] }, '`retry.not_on` names it'],
    [{ initial_ms: 50, max_elapsed_ms: 20 }, '`retry.max_elapsed_ms` is 20'],
  ])('has a hint that names what has ruled out another attempt: %j', async (policy, says) => {
    const error = await thrown(new Error('x'), { max_attempts: 3, ...policy });
    expect(error?.hint).toContain(says);
    expect(error?.hint).not.toContain('max_attempts');
  });
});

describe('a runner', () => {
  it('runs a workflow that was checked elsewhere, if it has its node types', async () => {
    const { workflow } = checkWorkflow(one);
    expect((await createRunner().start(workflow).result).status).toBe('succeeded');
    const custom = defineNode({ type: 'custom', run: () => 1 });
    const loaded = createRunner({ nodes: [custom] }).load({ nodes: [{ id: 'c', type: 'custom' }] });
    expect(() => createRunner().start(loaded)).toThrow(expect.objectContaining({ code: 'FC9002' }));
  });

  it.each([
    { maxConcurrency: 0 },
    { maxConcurrency: 1.5 },
    { maxThreads: -1 },
    { gracePeriodMs: Number.NaN },
    { clock: {} },
    { store: {} },
    { ids: 'x' },
    { limits: { nodes: undefined } },
    { limits: { nods: 1 } },
    { maxConcurrency: 10n },
    { nodes: 5 },
    { nodes: [5] },
    { nodes: [{ type: 'half' }] },
    { functions: 5 },
    { workflows: [1] },
    { limits: 5 },
    { resources: [] },
    { signal: null },
    { clock: null },
    5,
    null,
  ])('refuses options that cannot be: %#', (options) => {
    expect(() => createRunner(options as never)).toThrow(
      expect.objectContaining({ code: 'FC9002', hint: expect.any(String) }),
    );
  });

  it.each([
    [() => createRunner({ maxConcurency: 4 } as never), '`maxConcurrency`'],
    [() => createRunner({ limits: { item: 4 } } as never), '`items`'],
    [() => createRunner({ resources: { gpu: { capasity: 4 } } } as never), '`capacity`'],
    [() => createRunner().start(one, {}, { run_id: 'r' } as never), '`runId`'],
  ])('names the option that was meant: %#', (misspell, meant) => {
    expect(misspell).toThrow(
      expect.objectContaining({ code: 'FC9002', hint: expect.stringContaining(`mean ${meant}`) }),
    );
  });

  it.each([
    [5],
    [[]],
    [null],
    [{}, 5],
    [{}, { onEvent: 5 }],
    [{}, { signal: 5 }],
    [{}, { signal: null }],
    [{}, { priority: 'high' }],
    [{}, { runId: '' }],
    [{}, { runId: null }],
  ])('refuses to start with what cannot be: %#', (inputs, options?: unknown) => {
    expect(() => createRunner().start(one, inputs as never, options as never)).toThrow(
      expect.objectContaining({ code: 'FC9002', hint: expect.stringMatching(/^Pass /) }),
    );
  });

  it('refuses inputs that are not JSON', () => {
    const source = { inputs: { x: { type: 'any' } }, ...one };
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    for (const x of [cycle, () => 1, { deep: Number.NaN }]) {
      expect(() => createRunner().start(source, { x })).toThrow(expect.objectContaining({ code: 'FC5001' }));
    }
  });

  it('cancels all of its runs by its own signal, however many, without a warning', async () => {
    const warnings: unknown[] = [];
    const warn = (warning: unknown) => warnings.push(warning);
    process.on('warning', warn);
    const controller = new AbortController();
    const clock = createVirtualClock();
    const runner = createRunner({ signal: controller.signal, clock });
    const source = { nodes: [{ id: 'wait', type: 'sleep', params: { ms: 1000 } }] };
    const runs = Array.from({ length: 20 }, () => runner.start(source));
    await clock.flush();
    controller.abort(new Error('shutting down'));
    const results = await clock.runUntil(Promise.all(runs.map(({ result }) => result)));
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['cancelled']));
    process.off('warning', warn);
    expect(warnings).toEqual([]);
  });

  it('tells each of two who ask for the next event at once', async () => {
    const events = createRunner().start(one).events();
    const [first, second] = await Promise.all([events.next(), events.next()]);
    expect([first.value.type, second.value.type]).toEqual(['run.started', 'node.queued']);
    await events.return?.();
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });
});

describe('the chart by itself', () => {
  const { workflow } = checkWorkflow(one);
  const { machine } = compileWorkflow(workflow ?? ({} as never));

  it('is data that stock XState runs; what nothing is bound to fails, and says so', async () => {
    const actor = createActor(machine).start();
    const context = (await toPromise(actor)) as ScopeContext;
    expect(actor.getSnapshot().value).toBe('failed');
    expect(nth(context.outcomes, 0)?.failure?.message).toContain('Nothing is bound to `echo`');
  });

  it('is stepped with `transition()`, and says as data what it would do', () => {
    const [snapshot, actions] = initialTransition(machine);
    expect(snapshot.value).toEqual({ running: { one: 'running' } });
    expect(actions.map(({ type }) => type)).toContain('xstate.spawnChild');
  });
});
