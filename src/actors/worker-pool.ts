import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { ForkchartError, TerminalError } from '../ir/errors.js';
import type { NodeContext, WorkerContext } from './node.js';
import { route } from './route.js';
import { Semaphore } from './semaphore.js';
import type { WorkerReply, WorkerTask } from './worker-entry.js';

/** For whom a thread works: what is copied to it, and what ends it. */
export type PoolContext = WorkerContext & Pick<NodeContext, 'signal'>;

/** Threads that node functions run on, those of all runs of a runner. */
export interface WorkerPool {
  /**
   * Runs the default export of a module on a thread, as soon as one is free. Aborting `ctx.signal` ends the thread, whatever it
   * is doing.
   *
   * @throws what the function throws: its message and name; a `TerminalError` stays one
   * @throws ForkchartError FC6006 when the thread cannot run it, or has crashed
   */
  run(module: URL, params: unknown, ctx: PoolContext): Promise<unknown>;
  /** Ends all threads, and resolves when they have ended. What still runs on them fails, as does what is asked of them later. */
  close(): Promise<void>;
}

export interface WorkerPoolOptions {
  /** At least 1. Default: as many as the machine can run at once. */
  readonly maxThreads?: number;
}

const ENTRY = new URL('./worker-entry.js', import.meta.url).href;
/** Milliseconds after which an idle thread is ended; it does not keep the process alive until then. */
const IDLE_MS = 10_000;

/**
 * Makes a pool. Threads are started when they are first needed.
 *
 * @throws ForkchartError FC9002 for options that cannot be
 */
export function createWorkerPool(options: WorkerPoolOptions = {}): WorkerPool {
  const { maxThreads = availableParallelism() } = options;
  if (!Number.isInteger(maxThreads) || maxThreads < 1) {
    throw new ForkchartError('FC9002', `\`maxThreads\` is ${JSON.stringify(maxThreads)}.`, {
      hint: 'Pass a whole number, 1 or more.',
    });
  }
  // Tasks wait here and not in Piscina's queue, which starts no thread in place of one that an abort has ended.
  const places = new Semaphore(maxThreads);
  let threads: Threads | null = null;
  let closed: Promise<void> | null = null;

  const runTask = async (task: WorkerTask, signal: AbortSignal): Promise<WorkerReply> => {
    await places.acquire(signal);
    try {
      if (closed !== null) throw workerFailure('The worker threads have been closed', CLOSED_HINT);
      if (threads === null || threads.broken !== null) threads = new Threads(maxThreads);
      return await threads.run(task, signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (closed !== null) throw workerFailure('The worker threads were closed under it', CLOSED_HINT, error);
      throw error;
    } finally {
      places.release();
    }
  };

  return {
    async run(module, params, { node, runId, attempt, idempotencyKey, input, signal }) {
      const context: WorkerContext = { node, runId, attempt, idempotencyKey, input };
      const reply = await runTask({ module: module.href, params, context }, signal);
      if (reply.ok) return route(reply.action, reply.output);
      throw reply.terminal ? new TerminalError(reply.message) : namedError(reply.name, reply.message);
    },
    close() {
      closed ??= threads?.end() ?? Promise.resolve();
      return closed;
    },
  };
}

/** Piscina's threads, given no more tasks at once than there may be threads. */
class Threads {
  readonly #piscina: Piscina;
  #broken: unknown = null;

  constructor(maxThreads: number) {
    this.#piscina = new Piscina({ minThreads: 0, maxThreads, idleTimeout: IDLE_MS });
    // An error that belongs to no task: a thread could not start, or failed after its task. Unheard, it would end the process.
    this.#piscina.on('error', (error) => this.#giveUp(error));
  }

  /** What ended all threads while tasks were waiting for one; `null` as long as they can be used. */
  get broken(): unknown {
    return this.#broken;
  }

  async run(task: WorkerTask, signal: AbortSignal): Promise<WorkerReply> {
    try {
      return (await this.#piscina.run(task, { filename: ENTRY, signal })) as WorkerReply;
    } catch (error) {
      const cause = this.#broken ?? error;
      // Node 20 says that a result cannot be cloned with an error that cannot be cloned either, and arrives as `{}`.
      const reason =
        cause instanceof Error ? cause.message : 'what it returned cannot be copied between threads';
      throw workerFailure(
        `The worker \`${fileName(task.module)}\` failed: ${reason}`,
        'A worker module needs a default export that is a function, and that returns JSON.',
        cause,
      );
    }
  }

  end(): Promise<void> {
    return this.#piscina.destroy();
  }

  /** Piscina tries no other thread when one could not start, and would keep the tasks for ever. */
  #giveUp(error: unknown): void {
    if (this.#piscina.threads.length > 0) return;
    this.#broken = error;
    void this.#piscina.destroy();
  }
}

const CLOSED_HINT = 'Close the runner only when all of its runs have ended.';

function workerFailure(message: string, hint: string, cause?: unknown): ForkchartError {
  return new ForkchartError('FC6006', `${message}.`, { hint, cause });
}

/** The last part of a URL: enough to know the module by, without the directories of the machine that it is on. */
function fileName(module: string): string {
  return module.slice(module.lastIndexOf('/') + 1);
}

function namedError(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}
