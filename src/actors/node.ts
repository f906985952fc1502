import { z } from 'zod';
import { ForkchartError } from '../ir/errors.js';
import type { JsonObject, JsonValue } from '../ir/json.js';
import type { NodeTypeInfo } from '../ir/node-type-info.js';
import type { CallOptions, CallRecord, ToolCall } from './call.js';

/** Threads that a node function may have work done on. */
export interface NodeWorkers {
  /**
   * Runs the default export of a module, a {@link WorkerFunction}, on a thread, as soon as one is free; it is given the data of the
   * node's context. Aborting the node ends the thread, whatever it is doing.
   *
   * @throws what the function throws: its message and name; a `TerminalError` stays one
   * @throws ForkchartError FC6006 when the thread cannot run it, or has crashed
   */
  run(module: URL, params: unknown): Promise<unknown>;
}

/** What a node function is given besides its parameters. */
export interface NodeContext {
  readonly node: string;
  readonly runId: string;
  /** Aborted when the run is cancelled, another node fails under `fail_fast`, or the attempt times out. */
  readonly signal: AbortSignal;
  /** 1 for the first. */
  readonly attempt: number;
  /** The same for every attempt at this node (and iteration) of this run, so that a service can drop repeats. */
  readonly idempotencyKey: string;
  /** Outputs of the nodes that lead here, by node id, in the order in which their edges are declared. */
  readonly input: ReadonlyMap<string, JsonValue>;
  /**
   * What the node sees of the workflow's shared state, by key. Empty for a node that names no key in `reads` or `writes` and
   * has no `${state…}` in its parameters.
   */
  readonly state: JsonObject;
  /**
   * Tells whoever watches how far the node is; `total` is `null` where it is not known.
   *
   * @throws ForkchartError FC9002 for what is no finite number
   */
  progress(done: number, total?: number | null, message?: string): void;
  log(message: string): void;
  /**
   * Waits `ms` milliseconds on the run's clock, less than 0 as 0; rejects at once when `signal` is aborted.
   *
   * @throws ForkchartError FC9002 for what is no number
   */
  sleep(ms: number): Promise<void>;
  /** Threads for work that would hold up everything else. */
  readonly workers: NodeWorkers;
  /**
   * Calls other node types at once, and gives back a record of each, in the order of the calls. One that fails loses nothing of
   * the others: its record says what happened. Each call is given a context of its own, and what it ends with besides its
   * output (an action of {@link route}) does not count.
   *
   * Calls take no place of the run, as the node that makes them has one, and are no work of their own in its metrics. When the
   * node is aborted, or its function returns, what runs is told to stop, and no other call begins.
   *
   * @throws ForkchartError FC9002, before any of them begins, for calls that cannot be made; FC1006 inside of 16 calls that were
   * made inside one another
   *
   * @example
   * const records = await ctx.callToolsParallel(
   *   urls.map((url) => ({ tool: 'fetch-page', params: { url } })),
   *   { maxConcurrent: 5, retry: { maxAttempts: 3 }, timeoutMs: 10_000 },
   * );
   * const pages = records.flatMap(({ status, output }) => (status === 'succeeded' ? [output] : []));
   */
  callToolsParallel(calls: readonly ToolCall[], options?: CallOptions): Promise<readonly CallRecord[]>;
}

/** What repeating a node costs: nothing (`pure`), nothing more (`idempotent`), or a second effect (`effect`). */
export type Effects = NodeTypeInfo['effects'];

/** A node type: its name, what parameters it takes and what it does. Made by {@link defineNode}. */
export interface NodeDefinition extends NodeTypeInfo {
  readonly description: string;
  run(params: unknown, ctx: NodeContext): unknown;
}

interface NodeOptions<Schema extends z.ZodType> {
  /** Letters, digits, `-`, `_`, `.` and `/`, at most 64; the first is a letter. `forkchart.` is reserved as a beginning. */
  readonly type: string;
  /** What the node does, in one sentence, for whoever writes workflows. */
  readonly description?: string;
  /** What parameters the node takes, filled in and parsed before `run` is called. Default: none. */
  readonly params?: Schema;
  /** Default `effect`. */
  readonly effects?: Effects;
}

/** A node whose function runs on the main thread, as I/O-bound work should. */
export interface FunctionNodeOptions<Schema extends z.ZodType> extends NodeOptions<Schema> {
  /** Its result must be JSON; {@link route} ends the node with another action than `default`. */
  run(params: z.output<Schema>, ctx: NodeContext): unknown;
}

/** A node whose function runs on a worker thread, as CPU-bound work should. */
export interface WorkerNodeOptions<Schema extends z.ZodType> extends NodeOptions<Schema> {
  /** A module whose default export is a {@link WorkerFunction}. */
  readonly worker: URL;
}

/** What a worker's function is given besides its parameters: the part of a node's context that is data. */
export type WorkerContext = Pick<NodeContext, 'node' | 'runId' | 'attempt' | 'idempotencyKey' | 'input'>;

/**
 * The default export of a worker module. What it takes, returns and throws is copied between threads. Aborting the node ends
 * the thread, so that it needs no signal.
 */
export type WorkerFunction<Params = never> = (params: Params, ctx: WorkerContext) => unknown;

const TYPE_NAME = /^[A-Za-z][A-Za-z0-9._/-]{0,63}$/;
const RESERVED = 'forkchart.';
const EFFECTS: readonly unknown[] = ['pure', 'idempotent', 'effect'] satisfies readonly Effects[];

/**
 * Defines a node type. The parameters of `run` have the type that `params` describes.
 *
 * @example
 * const greet = defineNode({
 *   type: 'greet',
 *   params: z.strictObject({ name: z.string() }),
 *   run: ({ name }) => `Hello, ${name}!`,
 * });
 *
 * @example
 * const countLines = defineNode({
 *   type: 'count-lines',
 *   params: z.strictObject({ path: z.string() }),
 *   worker: new URL('./count-lines.js', import.meta.url),
 * });
 *
 * @throws ForkchartError FC9002 for a type name that cannot be used, and for options of a wrong type
 */
export function defineNode<Schema extends z.ZodType = z.ZodObject<Record<never, never>, z.core.$strict>>(
  options: FunctionNodeOptions<Schema> | WorkerNodeOptions<Schema>,
): NodeDefinition {
  checkOptions(options);
  const { type, description = '', params = z.strictObject({}), effects = 'effect' } = options;
  if ('worker' in options) {
    const { worker } = options;
    return { type, description, params, effects, run: (given, ctx) => ctx.workers.run(worker, given) };
  }
  // The runtime hands over what `params` has parsed, and so a value of its output type.
  return {
    type,
    description,
    params,
    effects,
    run: (given, ctx) => options.run(given as z.output<Schema>, ctx),
  };
}

/** What the compiler cannot tell those who write JavaScript. */
function checkOptions(
  options: { readonly [Key in keyof WorkerNodeOptions<z.ZodType> | 'run']?: unknown },
): void {
  const { type, params, effects, run, worker } = options;
  if (typeof type !== 'string' || !TYPE_NAME.test(type) || type.startsWith(RESERVED)) {
    throw new ForkchartError('FC9002', `${JSON.stringify(type)} cannot be the name of a node type.`, {
      hint: `Use at most 64 letters, digits, \`-\`, \`_\`, \`.\` and \`/\`, with a letter first; \`${RESERVED}\` is reserved.`,
    });
  }
  const wrong = (what: string, hint: string) =>
    new ForkchartError('FC9002', `Node type \`${type}\`: ${what}.`, { hint });
  if (params !== undefined && !(params instanceof z.ZodType)) {
    throw wrong('`params` is not a zod schema', 'Pass `z.strictObject({ … })`, from zod 4.');
  }
  if (effects !== undefined && !EFFECTS.includes(effects)) {
    throw wrong(
      `\`effects\` is ${JSON.stringify(effects)}`,
      `Pass ${EFFECTS.map((one) => `'${one}'`).join(', ')}.`,
    );
  }
  if ((run === undefined) === (worker === undefined)) {
    throw wrong('it needs either `run` or `worker`', 'Pass one of the two.');
  }
  if (run !== undefined && typeof run !== 'function') {
    throw wrong('`run` is not a function', 'Pass `run: (params, ctx) => …`.');
  }
  if (worker !== undefined && !(worker instanceof URL)) {
    throw wrong('`worker` is not a URL', "Pass `new URL('./my-worker.js', import.meta.url)`.");
  }
}
