import { TerminalError } from '../ir/errors.js';
import type { WorkerContext, WorkerFunction } from './node.js';

/** What a worker thread is asked to do. */
export interface WorkerTask {
  readonly module: string;
  readonly params: unknown;
  readonly context: WorkerContext;
}

/** What comes back: errors as data, as an error loses its class on its way between threads. */
export type WorkerReply =
  | { readonly ok: true; readonly output: unknown }
  | { readonly ok: false; readonly name: string; readonly message: string; readonly terminal: boolean };

/** Runs on the worker thread: loads the module (once a thread) and calls its default export. */
export default async function runTask({ module, params, context }: WorkerTask): Promise<WorkerReply> {
  const { default: work } = (await import(module)) as { default: WorkerFunction<unknown> };
  if (typeof work !== 'function') throw new Error(`${module} has no default export that is a function.`);
  try {
    return { ok: true, output: await work(params, context) };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
    return { ok: false, name, message, terminal: error instanceof TerminalError || name === 'TerminalError' };
  }
}
