import { describe, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import {
  type CallRecord,
  createRunner,
  defineNode,
  type JsonValue,
  type NodeContext,
  type NodeDefinition,
  type Run,
  type RunEvent,
  type RunResult,
  type Workflow,
} from '../../src/index.js';

// Compiled by `npm run types`; there is nothing to run.
describe('the types of the public API', () => {
  it('give `run` the parameters that the schema describes', () => {
    const definition = defineNode({
      type: 'typed',
      params: z.strictObject({ url: z.string(), times: z.number().default(1) }),
      run(params, ctx) {
        expectTypeOf(params).toEqualTypeOf<{ url: string; times: number }>();
        expectTypeOf(ctx).toEqualTypeOf<NodeContext>();
        expectTypeOf(ctx.signal).toEqualTypeOf<AbortSignal>();
        expectTypeOf(ctx.input).toEqualTypeOf<ReadonlyMap<string, JsonValue>>();
        return null;
      },
    });
    expectTypeOf(definition).toEqualTypeOf<NodeDefinition>();
  });

  it('take no parameters where no schema is given', () => {
    defineNode({
      type: 'bare',
      run: (params) => expectTypeOf(params).toEqualTypeOf<Record<string, never>>(),
    });
  });

  it('want a function or a worker module, and a type', () => {
    // @ts-expect-error neither `run` nor `worker`
    expectTypeOf(() => defineNode({ type: 'idle' })).toBeFunction();
    // @ts-expect-error no type
    expectTypeOf(() => defineNode({ run: () => 1 })).toBeFunction();
  });

  it('tell what a run is, and what it leaves', () => {
    const start = () => createRunner().start({} as Workflow);
    expectTypeOf(start).returns.toEqualTypeOf<Run>();
    expectTypeOf<Run['result']>().resolves.toEqualTypeOf<RunResult>();
    expectTypeOf<RunResult['status']>().toEqualTypeOf<'succeeded' | 'failed' | 'cancelled'>();
    expectTypeOf<RunResult['nodes'][string]['status']>().toEqualTypeOf<
      'succeeded' | 'failed' | 'skipped' | 'cancelled' | 'timed_out'
    >();
    expectTypeOf<Extract<RunEvent, { type: 'node.backoff' }>['delay_ms']>().toEqualTypeOf<number>();
  });

  it('tell what calls are, and what becomes of them', () => {
    defineNode({
      type: 'calling',
      run(_, ctx) {
        const options = { maxConcurrent: 2, onError: 'fail_fast', uses: { llm: 1 } } as const;
        const records = ctx.callToolsParallel(
          [{ tool: 'echo', params: { value: 1 }, timeout_ms: 5 }],
          options,
        );
        expectTypeOf(records).resolves.toEqualTypeOf<readonly CallRecord[]>();
        expectTypeOf<CallRecord['output']>().toEqualTypeOf<JsonValue>();
        // @ts-expect-error what a call says in snake case the options say in camel case
        return ctx.callToolsParallel([], { timeout_ms: 5 });
      },
    });
  });

  it('let a run be sent events', () => {
    expectTypeOf<Run['send']>().toEqualTypeOf<(event: string, payload?: unknown) => boolean>();
  });

  it('refuse options that are not there', () => {
    // @ts-expect-error misspelt
    expectTypeOf(() => createRunner({ maxConcurency: 2 })).toBeFunction();
  });
});
