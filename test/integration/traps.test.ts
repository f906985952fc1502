import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineNode } from '../../src/actors/node.js';
import { InvalidWorkflowError } from '../../src/ir/errors.js';
import { createRunner } from '../../src/runtime/runner.js';
import { type Trace, traceRun } from '../helpers/trace.js';

/** When each node started, in milliseconds. */
const starts = ({ result }: Trace) =>
  Object.fromEntries(Object.entries(result.nodes).map(([id, { started_at }]) => [id, started_at]));

const codesOf = (source: unknown): string[] => {
  const { diagnostics } = createRunner().check(source);
  return diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code);
};

const sleeper = (id: string, more: object = {}) => ({
  step_id: id,
  tool: 'sleep',
  input_mapping: { ms: 10 },
  ...more,
});

/** What other systems got wrong: each once. */
describe('traps that other systems fell into', () => {
  it('a second default edge from a node does not overwrite the first, and a second root runs', async () => {
    for (const ir_version of ['0.1.0', '0.2.0']) {
      const { statuses } = await traceRun({
        ir_version,
        nodes: ['root', 'left', 'right', 'other'].map((id) => ({ id, type: 'echo' })),
        edges: [
          { from: 'root', to: 'left' },
          { from: 'root', to: 'right' },
        ],
      });
      expect(statuses).toEqual({
        root: 'succeeded',
        left: 'succeeded',
        right: 'succeeded',
        other: 'succeeded',
      });
    }
  });

  it('a retry counter is one node’s, even where two nodes are of one definition', async () => {
    const attempts: Record<string, number[]> = { a: [], b: [] };
    const flaky = defineNode({
      type: 'flaky',
      params: z.strictObject({ fails: z.number() }),
      run: ({ fails }, { node, attempt }) => {
        attempts[node]?.push(attempt);
        if (attempt <= fails) throw new Error('again');
        return node;
      },
    });
    const retry = { max_attempts: 4, initial_ms: 10 };
    const { result } = await traceRun(
      {
        nodes: [
          { id: 'a', type: 'flaky', params: { fails: 3 }, retry },
          { id: 'b', type: 'flaky', params: { fails: 1 }, retry },
        ],
      },
      { nodes: [flaky] },
    );
    expect(attempts).toEqual({ a: [1, 2, 3, 4], b: [1, 2] });
    expect([result.nodes.a?.output, result.nodes.b?.output]).toEqual(['a', 'b']);
  });

  it('a failure is a record and never a value: it is retried, and has no output', async () => {
    const { result } = await traceRun({
      nodes: [
        { id: 'bad', type: 'fail', params: { value: 'never' }, retry: { max_attempts: 2, initial_ms: 1 } },
      ],
    });
    expect(result.nodes.bad).toMatchObject({
      status: 'failed',
      attempts: 2,
      output: null,
      error: { code: 'FC6001' },
    });
    expect(result.status).toBe('failed');
  });

  it('a misspelt dependency stops the workflow before anything runs', () => {
    const source = {
      nodes: [
        { id: 'fetch', type: 'echo' },
        { id: 'use', type: 'echo', depends_on: ['fecth'] },
      ],
    };
    expect(codesOf(source)).toEqual(['FC2002']);
    expect(() => createRunner().start(source)).toThrow(InvalidWorkflowError);
  });

  it('groups that are ready together run together, and none before what it depends on', async () => {
    const trace = await traceRun({
      steps: [
        sleeper('load'),
        sleeper('a1', { depends_on: ['load'], parallel_group: 'a' }),
        sleeper('a2', { depends_on: ['load'], parallel_group: 'a' }),
        sleeper('b1', { depends_on: ['load'], parallel_group: 'b' }),
        sleeper('b2', { depends_on: ['a1'], parallel_group: 'b' }),
      ],
    });
    expect(starts(trace)).toEqual({ load: 0, a1: 10, a2: 10, b1: 10, b2: 20 });
  });

  it('an empty list of calls is no error: a merge of nothing is nothing', async () => {
    const { result } = await traceRun({
      nodes: ['array', 'dict', 'concat', 'deep'].map((strategy) => ({
        id: strategy,
        type: 'merge',
        params: { strategy, values: [] },
      })),
    });
    expect(result.status).toBe('succeeded');
    expect(Object.values(result.nodes).map(({ output }) => output)).toEqual([[], {}, [], {}]);
  });

  it('fail_fast keeps the results of the branches that had finished', async () => {
    const { result } = await traceRun({
      nodes: [
        { id: 'done', type: 'sleep', params: { ms: 1, value: 'kept' } },
        { id: 'wait', type: 'sleep', params: { ms: 5 } },
        { id: 'bad', type: 'fail', depends_on: ['wait'] },
      ],
    });
    expect(result.status).toBe('failed');
    expect(result.nodes.done).toMatchObject({ status: 'succeeded', output: 'kept' });
  });

  it('a join below a skipped branch neither waits for ever nor is dropped', async () => {
    const { statuses } = await traceRun({
      nodes: [
        { id: 'start', type: 'echo' },
        { id: 'off', type: 'echo', when: 'false' },
        { id: 'below', type: 'echo' },
        { id: 'on', type: 'echo' },
        { id: 'join', type: 'merge' },
      ],
      edges: [
        { from: 'start', to: 'off' },
        { from: 'off', to: 'below' },
        { from: 'start', to: 'on' },
        { from: 'below', to: 'join' },
        { from: 'on', to: 'join' },
      ],
    });
    expect(statuses).toEqual({
      start: 'succeeded',
      off: 'skipped',
      below: 'skipped',
      on: 'succeeded',
      join: 'succeeded',
    });
  });

  it.each(['__proto__', 'a.b', '#x', '', 'constructor'])(
    '%j is a node id, a key and an input like any other',
    async (id) => {
      const source = JSON.parse(
        JSON.stringify({ nodes: [{ id: 'NAME', type: 'echo', params: { value: { NAME: 1 } } }] }).replaceAll(
          'NAME',
          id,
        ),
      );
      const { result } = await traceRun(source);
      expect(Object.keys(result.nodes)).toEqual([id]);
      const output = Object.getOwnPropertyDescriptor(result.nodes, id)?.value.output;
      expect(Object.keys(output)).toEqual([id]);
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    },
  );
});
