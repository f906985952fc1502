import { isTerminal } from '../ir/errors.js';
import type { WorkerContext, WorkerFunction } from './node.js';
import { readRouted } from './route.js';

/** What a worker thread is asked to do. */
export interface WorkerTask {
  /** URL of the module whose default export is to be called. */
  readonly module: string;
  readonly params: unknown;
  readonly context: WorkerContext;
}

/**
 * What comes back. Errors and actions are data here: between threads an error loses its class, and a routed result the symbol
 * that marks it.
 */
export type WorkerReply =
  | { readonly ok: true; readonly action: string; readonly output: unknown }
  | { readonly ok: false; readonly name: string; readonly message: string; readonly terminal: boolean };

// Both reach the process's stdout otherwise, where the command line puts its one JSON document.
Object.defineProperty(process, 'stdout', { value: process.stderr });

/** Runs on the worker thread: loads the module (once a thread) and calls its default export. */
export default async function runTask({ module, params, context }: WorkerTask): Promise<WorkerReply> {
  const { default: work } = (await import(module)) as { readonly default?: WorkerFunction<unknown> };
  if (typeof work !== 'function') throw new Error('it has no default export that is a function');
  try {
    return { ok: true, ...readRouted(await work(params, context)) };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
    return { ok: false, name, message, terminal: isTerminal(error) };
  }
}
