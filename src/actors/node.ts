import { z } from 'zod';
import { ForkchartError } from '../ir/errors.js';
import type { JsonValue } from '../ir/json.js';
import type { WorkerPool } from './worker-pool.js';

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
  /** Tells whoever watches how far the node is; `total` is `null` where it is not known. */
  progress(done: number, total?: number | null, message?: string): void;
  log(message: string): void;
  /** Waits `ms` milliseconds on the run's clock; rejects at once when `signal` is aborted. */
  sleep(ms: number): Promise<void>;
  /** Threads for work that would hold up everything else. */
  readonly workers: WorkerPool;
}

/** What repeating a node costs: nothing (`pure`), nothing more (`idempotent`), or a second effect (`effect`). */
export type Effects = 'pure' | 'idempotent' | 'effect';

/** A node type: its name, what parameters it takes and what it does. Made by {@link defineNode}. */
export interface NodeDefinition {
  readonly type: string;
  readonly description: string;
  readonly params: z.ZodType;
  readonly effects: Effects;
  run(params: unknown, ctx: NodeContext): unknown;
}

interface NodeOptions<Schema extends z.ZodType> {
  /** Lower-case letters, digits, `-`, `_`, `.` and `/`; the first is a letter. */
  readonly type: string;
  readonly description?: string;
  /** Default: none are taken. */
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
export type WorkerContext = Pick<NodeContext, 'node' | 'runId' | 'attempt' | 'idempotencyKey'>;

/** The default export of a worker module. */
export type WorkerFunction<Params = never> = (params: Params, ctx: WorkerContext) => unknown;

const TYPE_NAME = /^[a-z][a-z0-9._/-]{0,63}$/;

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
 * @throws ForkchartError FC9002 for a type name that cannot be used
 */
export function defineNode<Schema extends z.ZodType = z.ZodObject<Record<never, never>, z.core.$strict>>(
  options: FunctionNodeOptions<Schema> | WorkerNodeOptions<Schema>,
): NodeDefinition {
  const { type, description = '', effects = 'effect' } = options;
  if (!TYPE_NAME.test(type) || type.startsWith('forkchart.')) {
    throw new ForkchartError('FC9002', `\`${type}\` cannot be the name of a node type.`, {
      hint: 'Use lower-case letters, digits, `-`, `_`, `.` and `/`, with a letter first; `forkchart.` is reserved.',
    });
  }
  const params = options.params ?? z.strictObject({});
  if ('worker' in options) {
    const { worker } = options;
    return { type, description, params, effects, run: (given, ctx) => ctx.workers.run(worker, given, ctx) };
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
