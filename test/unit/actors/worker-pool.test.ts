import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { defineNode, type NodeContext, type NodeWorkers } from '../../../src/actors/node.js';
import { readRouted } from '../../../src/actors/route.js';
import type { WorkerPool, WorkerPoolOptions } from '../../../src/actors/worker-pool.js';
import { isTerminal } from '../../../src/ir/errors.js';
import { nodeContext, runNode } from './node-context.js';

/*
 * A thread runs JavaScript, so the pool here is the built one: `npm run build` first, as `npm test` does.
 */
const BUILT = new URL('../../../dist/actors/worker-pool.js', import.meta.url).href;
const { createWorkerPool } = (await import(BUILT)) as typeof import('../../../src/actors/worker-pool.js');

const worker = (name: string) => new URL(`../../helpers/workers/${name}.mjs`, import.meta.url);

function open(options?: WorkerPoolOptions): WorkerPool {
  const pool = createWorkerPool(options);
  onTestFinished(() => pool.close());
  return pool;
}

const run = (pool: WorkerPool, name: string, params: unknown, given: Partial<NodeContext> = {}) =>
  pool.run(worker(name), params, nodeContext(given));
const output = async (returned: Promise<unknown>) => readRouted(await returned).output;

/** Starts a worker that never ends, and waits until it runs. */
async function spin(pool: WorkerPool) {
  const shared = new SharedArrayBuffer(4);
  const controller = new AbortController();
  const ended = run(pool, 'spin', { shared }, { signal: controller.signal });
  ended.catch(() => {});
  const running = new Int32Array(shared);
  while (Atomics.load(running, 0) === 0) await new Promise((resolve) => setImmediate(resolve));
  return { ended, abort: (reason: Error) => controller.abort(reason) };
}

describe('a worker node', () => {
  it('runs on other threads, as many at once as the pool has', async () => {
    const pool = open({ maxThreads: 3 });
    const shared = new SharedArrayBuffer(4);
    // None of the three returns before all have come.
    const threads = await Promise.all(
      [1, 2, 3].map(() => output(run(pool, 'meet', { shared, expected: 3 }))),
    );
    expect(new Set(threads).size).toBe(3);
    expect(threads).not.toContain(0);
  });

  it('runs on no more threads than there may be', async () => {
    const pool = open({ maxThreads: 2 });
    const once = () => output(run(pool, 'meet', { shared: new SharedArrayBuffer(4), expected: 1 }));
    const threads = await Promise.all(Array.from({ length: 12 }, once));
    expect(new Set(threads).size).toBeLessThanOrEqual(2);
  });

  it('is given its parameters and the data of its context', async () => {
    const node = defineNode({
      type: 'reflect',
      params: z.object({ n: z.number() }),
      worker: worker('reflect'),
    });
    const input = new Map([['before', [1, 2]]]);
    const given = { attempt: 2, input };
    const pool = open();
    const workers: NodeWorkers = {
      run: (module, params) => pool.run(module, params, nodeContext(given)),
    };
    const returned = await runNode(node, { n: 7 }, { ...given, workers });
    expect(readRouted(returned)).toEqual({
      action: 'default',
      output: {
        params: { n: 7 },
        context: {
          node: 'n',
          runId: 'run',
          attempt: 2,
          idempotencyKey: 'run/n',
          input: [['before', [1, 2]]],
        },
      },
    });
  });

  it('gets a key `__proto__` across as a key (P14)', async () => {
    const params = JSON.parse('{"__proto__": {"polluted": true}}');
    const { params: back } = (await output(run(open(), 'reflect', params))) as { params: object };
    expect(JSON.stringify(back)).toBe('{"__proto__":{"polluted":true}}');
    expect((back as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('can end with an action', async () => {
    const returned = await run(open(), 'misbehave', { how: 'route', message: 'again' });
    expect(readRouted(returned)).toEqual({ action: 'retry', output: 'again' });
  });
});

describe('a failure on a thread', () => {
  it.each([
    ['throw', 'RangeError'],
    ['reject', 'TypeError'],
    ['throw a text', 'Error'],
    ['throw a terminal error', 'TerminalError'],
  ])('keeps its message and name: %s', async (how, name) => {
    const failure = run(open(), 'misbehave', { how, message: 'out of tune' });
    await expect(failure).rejects.toMatchObject({ name, message: 'out of tune' });
  });

  it.each([
    ['throw', false],
    ['throw an error of that name', false],
    ['throw a terminal error', true],
    ['throw an error that says so', true],
    ['throw a terminal ForkchartError', true],
  ])('says on this thread too whether it can pass: %s', async (how, terminal) => {
    const failure: unknown = await run(open(), 'misbehave', { how }).catch((error) => error);
    expect(isTerminal(failure)).toBe(terminal);
  });

  it.each([
    ['exit', 'The worker `misbehave.mjs` failed: worker exited with code: 3.'],
    [
      'return a function',
      'The worker `misbehave.mjs` failed: what it returned cannot be copied between threads.',
    ],
  ])('is FC6006 where the thread is lost, and the next call has another: %s', async (how, message) => {
    const pool = open({ maxThreads: 1 });
    await expect(run(pool, 'misbehave', { how })).rejects.toMatchObject({
      code: 'FC6006',
      message,
    });
    expect(await output(run(pool, 'misbehave', { how: 'route', message: 'fine' }))).toBe('fine');
  });

  it.each([
    ['no-default', 'The worker `no-default.mjs` failed: it has no default export that is a function.'],
    ['broken', 'The worker `broken.mjs` failed: this module cannot be loaded.'],
    ['not-there', /`not-there.mjs` failed: Cannot find module/],
  ])('is FC6006 where the module cannot be used: %s', async (name, message) => {
    await expect(run(open(), name, {})).rejects.toMatchObject({
      code: 'FC6006',
      message: typeof message === 'string' ? message : expect.stringMatching(message),
      hint: expect.stringContaining('default export'),
    });
  });
});

describe('aborting', () => {
  it('ends a loop that never looks up, with the reason', async () => {
    const { ended, abort } = await spin(open({ maxThreads: 1 }));
    const reason = new Error('stopped');
    abort(reason);
    await expect(ended).rejects.toBe(reason);
  });

  it('does not strand those that wait for the thread that is ended (P3)', async () => {
    const pool = open({ maxThreads: 2 });
    const spinning = [await spin(pool), await spin(pool)];
    const waiting = [1, 2, 3].map((n) => output(run(pool, 'misbehave', { how: 'route', message: n })));
    for (const { abort } of spinning) abort(new Error('stopped'));
    expect(await Promise.all(waiting)).toEqual([1, 2, 3]);
  });

  it('takes out of the line who waits', async () => {
    const pool = open({ maxThreads: 1 });
    const { abort } = await spin(pool);
    const controller = new AbortController();
    const reason = new Error('stopped');
    const waiting = run(pool, 'reflect', {}, { signal: controller.signal });
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    abort(reason);
    expect(await output(run(pool, 'misbehave', { how: 'route', message: 'next' }))).toBe('next');
  });

  it('starts nothing for who is aborted already', async () => {
    const reason = new Error('stopped');
    const shared = new SharedArrayBuffer(4);
    const late = run(open(), 'spin', { shared }, { signal: AbortSignal.abort(reason) });
    await expect(late).rejects.toBe(reason);
    expect(new Int32Array(shared)[0]).toBe(0);
  });
});

describe('closing', () => {
  it('fails what runs, what waits and what comes later, and can be done twice', async () => {
    const pool = open({ maxThreads: 1 });
    const { ended } = await spin(pool);
    const waiting = run(pool, 'reflect', {});
    const closed = [pool.close(), pool.close()];
    await expect(ended).rejects.toMatchObject({ code: 'FC6006', message: expect.stringContaining('closed') });
    await expect(waiting).rejects.toMatchObject({
      code: 'FC6006',
      message: expect.stringContaining('closed'),
    });
    await Promise.all(closed);
    await expect(run(pool, 'reflect', {})).rejects.toMatchObject({ code: 'FC6006' });
    await pool.close();
  });

  it('needs no thread to have been started', async () => {
    await open().close();
  });
});

describe('a process', () => {
  const runs = promisify(execFile);
  const script = (body: string) => `
    import { createWorkerPool } from ${JSON.stringify(BUILT)};
    const signal = new AbortController().signal;
    const ctx = { node: 'n', runId: 'r', attempt: 1, idempotencyKey: 'r/n', input: new Map(), signal };
    const pool = createWorkerPool();
    const run = () => pool.run(new URL(${JSON.stringify(worker('misbehave').href)}), { how: 'route', message: 'ran' }, ctx);
    ${body}`;
  const node = (body: string, ...flags: readonly string[]) =>
    runs(process.execPath, [...flags, '--input-type=module', '--eval', script(body)], {
      cwd: fileURLToPath(new URL('../../..', import.meta.url)),
      timeout: 20_000,
    });

  // What `getActiveResourcesInfo` tells is what keeps a process alive.
  const alive = `
      await new Promise((resolve) => setImmediate(resolve));
      console.log(process.getActiveResourcesInfo().filter((name) => /Worker|Message|Timeout/.test(name)).join());`;

  it('is kept alive by a thread that works, and not by idle ones', async () => {
    const { stdout } = await node(
      `const running = Promise.all([run(), run()]); ${alive} await running; ${alive}`,
    );
    expect(stdout).toMatch(/^\w.*\n\n$/);
  });

  it('has nothing that a worker prints on its stdout, where the command line puts JSON', async () => {
    const { stdout, stderr } = await node(
      `await pool.run(new URL(${JSON.stringify(worker('misbehave').href)}), { how: 'print', message: 'heard' }, ctx);
       await pool.close();`,
    );
    expect(stdout).toBe('');
    expect(stderr).toBe('heard\nheard\n');
  });

  it('has no handle left after `close`', async () => {
    const { stdout } = await node(`await Promise.all([run(), run()]); await pool.close(); ${alive}`);
    expect(stdout).toBe('\n');
  });

  it('gets FC6006, and does not hang or crash, where no thread can be started', async () => {
    const preload =
      "import { isMainThread } from 'node:worker_threads'; if (!isMainThread) throw new Error('no threads here');";
    const { stdout } = await node(
      `for (const { reason } of await Promise.allSettled([run(), run(), run()])) console.log(reason.code, reason.message);
       console.log(await run().catch(({ code }) => code));
       await pool.close();`,
      '--import',
      `data:text/javascript,${encodeURIComponent(preload)}`,
    );
    const failed = 'FC6006 The worker `misbehave.mjs` failed: no threads here.\n';
    expect(stdout).toBe(`${failed.repeat(3)}FC6006\n`);
  });
});

it.each([0, -1, 1.5, Number.NaN, '2'])('createWorkerPool refuses `maxThreads: %s`', (maxThreads) => {
  const create = () => createWorkerPool({ maxThreads: maxThreads as number });
  expect(create).toThrow(expect.objectContaining({ code: 'FC9002' }));
});
