import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { ForkchartError, TerminalError } from '../ir/errors.js';
import type { NodeContext, WorkerContext } from './node.js';
import type { WorkerReply } from './worker-entry.js';

/** Threads that node functions run on. */
export interface WorkerPool {
  /**
   * Runs the default export of a module on a thread. Aborting `ctx.signal` ends the thread, whatever it is doing.
   *
   * @throws whatever the function throws; a `TerminalError` stays one
   * @throws ForkchartError FC6006 when the thread cannot run it
   */
  run(module: URL, params: unknown, ctx: NodeContext): Promise<unknown>;
  /** Ends all threads. What still runs on them fails. */
  close(): Promise<void>;
}

/**
 * Makes a pool whose threads are started when they are first needed.
 *
 * @param options.maxThreads default: as many as the machine has cores
 */
export function createWorkerPool(options: { readonly maxThreads?: number } = {}): WorkerPool {
  let pool: Piscina | null = null;
  let closed = false;
  const open = (): Piscina => {
    pool ??= new Piscina({
      filename: new URL('./worker-entry.js', import.meta.url).href,
      minThreads: 0,
      maxThreads: options.maxThreads ?? availableParallelism(),
      idleTimeout: 1000,
    });
    return pool;
  };
  return {
    async run(module, params, ctx) {
      if (closed) {
        throw new ForkchartError('FC6006', 'The worker threads have been closed.', {
          hint: 'Call `runner.close()` only when all runs have ended.',
        });
      }
      const { node, runId, attempt, idempotencyKey } = ctx;
      const context: WorkerContext = { node, runId, attempt, idempotencyKey };
      const reply = await start(open(), { module: module.href, params, context }, ctx.signal);
      if (reply.ok) return reply.output;
      throw reply.terminal ? new TerminalError(reply.message) : named(reply.name, reply.message);
    },
    async close() {
      closed = true;
      await pool?.destroy();
      pool = null;
    },
  };
}

async function start(pool: Piscina, task: object, signal: AbortSignal): Promise<WorkerReply> {
  try {
    return (await pool.run(task, { signal })) as WorkerReply;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw new ForkchartError(
      'FC6006',
      `The worker thread failed: ${error instanceof Error ? error.message : error}`,
      {
        hint: 'A worker module needs a default export, and takes and returns only what can be copied between threads.',
        cause: error,
      },
    );
  }
}

function named(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}
