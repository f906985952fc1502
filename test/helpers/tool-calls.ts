import { afterAll, beforeAll, expect } from 'vitest';
import type { CallOptions, CallRecord, ToolCall } from '../../src/actors/call.js';
import { defineNode, type NodeContext, type NodeDefinition } from '../../src/actors/node.js';
import type { JsonValue } from '../../src/ir/json.js';
import type { RunnerOptions } from '../../src/runtime/runner-options.js';
import type { VirtualClock } from '../../src/runtime/virtual-clock.js';
import { type Trace, traceRun } from './trace.js';

/** Fails the file in which a rejection is handled by nobody, or something warns. */
export function expectNothingUnheard(): void {
  const unheard: unknown[] = [];
  const hear = (reason: unknown) => unheard.push(reason);
  beforeAll(() => {
    process.on('unhandledRejection', hear);
    process.on('warning', hear);
  });
  afterAll(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', hear);
    process.off('warning', hear);
    expect(unheard).toEqual([]);
  });
}

export interface Called extends Trace {
  readonly records: readonly CallRecord[];
  /** What `callToolsParallel` ended with where it gave back no records. */
  readonly error: unknown;
}

export interface Setting extends Omit<RunnerOptions, 'clock'> {
  readonly clock?: VirtualClock;
  /** The node that makes the calls. */
  readonly node?: object;
  /** The resources that the workflow declares. */
  readonly declared?: object;
}

/** Runs one node that makes these calls. */
export async function call(
  calls: readonly ToolCall[],
  options: CallOptions = {},
  { node = {}, nodes = [], declared = {}, ...runner }: Setting = {},
): Promise<Called> {
  let records: readonly CallRecord[] = [];
  let error: unknown = null;
  const caller = defineNode({
    type: 'caller',
    async run(_, ctx) {
      try {
        records = await ctx.callToolsParallel(calls, options);
      } catch (thrown) {
        error = thrown;
        throw thrown;
      }
      return records.length;
    },
  });
  const trace = await traceRun(
    { resources: declared, nodes: [{ id: 'n', type: 'caller', ...node }] },
    { ...runner, nodes: [...nodes, caller] },
  );
  return { ...trace, records, error };
}

/** Runs one node with a function of its own. */
export const runNode = (
  run: (ctx: NodeContext) => unknown,
  { node = {}, nodes = [], ...runner }: Setting = {},
) =>
  traceRun(
    { nodes: [{ id: 'n', type: 'own', ...node }] },
    { ...runner, nodes: [...nodes, defineNode({ type: 'own', run: (_, ctx) => run(ctx) })] },
  );

export const rest = (ms: number, value: JsonValue = ms): ToolCall => ({
  tool: 'sleep',
  params: { ms, value },
});
export const tool = (type: string, run: (ctx: NodeContext) => unknown): NodeDefinition =>
  defineNode({ type, run: (_, ctx) => run(ctx) });
export const failing = (times?: number): ToolCall => ({
  tool: 'fail',
  params: times === undefined ? {} : { times, value: 'up' },
});
export const statuses = (records: readonly CallRecord[]) => records.map(({ status }) => status);
export const outputs = (records: readonly CallRecord[]) => records.map(({ output }) => output);

/** Does not hear its signal, and returns `ms` after it was called. */
export function deaf(clock: VirtualClock, ms: number, begins: number[] = []): NodeDefinition {
  return tool('deaf', () => {
    begins.push(clock.now());
    return new Promise((resolve) => clock.setTimeout(() => resolve('late'), ms));
  });
}
