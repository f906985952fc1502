import type { z } from 'zod';
import type { JsonValue } from '../ir/json.js';

/** What a node function is given besides its parameters. */
export interface NodeContext {
  readonly node: string;
  readonly runId: string;
  /** Aborted when the run is cancelled, a sibling fails under `fail_fast`, or the attempt times out. */
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
}

/** A node type: its name, what parameters it takes and what it does. */
export interface NodeDefinition<Params = unknown> {
  /** Lower-case letters, digits, `-`, `_`, `.` and `/`; the first is a letter. */
  readonly type: string;
  readonly description: string;
  readonly params: z.ZodType<Params>;
  /** What repeating it costs: nothing (`pure`), nothing more (`idempotent`), or a second effect (`effect`, the default). */
  readonly effects: 'pure' | 'idempotent' | 'effect';
  run(params: Params, ctx: NodeContext): Promise<unknown> | unknown;
}
