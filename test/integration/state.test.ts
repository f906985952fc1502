import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineNode } from '../../src/actors/node.js';
import type { JsonObject } from '../../src/ir/json.js';
import { createRunner } from '../../src/runtime/runner.js';
import { createVirtualClock } from '../../src/runtime/virtual-clock.js';
import { settings } from '../helpers/arbitrary/settings.js';
import { echo, edges } from '../helpers/sketch.js';
import { traceRun } from '../helpers/trace.js';

const writes = (...keys: string[]) => ({ writes: keys });

describe('shared state', () => {
  it('is what comes before a node by the graph, in parameters, in conditions and in outputs', async () => {
    const { result } = await traceRun({
      state: { notes: { reducer: 'append' }, total: { reducer: 'sum' } },
      nodes: [
        echo('a', { notes: 'from a', total: 1 }, writes('notes', 'total')),
        echo('b', 'from b', writes('notes')),
        echo('c', '${state.notes}', { when: 'state.total == 1' }),
        echo('d', '${state.notes}', { when: 'state.total > 1' }),
        echo('end', { notes: '${state.notes}', total: '${state.total}' }),
      ],
      edges: [...edges('a>c', 'b>c', 'a>d'), { from: 'a', to: 'end', when: 'size(state.notes) == 1' }],
      outputs: { notes: { source: '${state.notes}' } },
    });
    expect(result.nodes.c?.output).toEqual(['from a', 'from b']);
    expect(result.nodes.d).toMatchObject({ status: 'skipped', reason: { kind: 'when_false' } });
    expect(result.nodes.end?.output).toEqual({ notes: ['from a'], total: 1 });
    expect(result.outputs).toEqual({ notes: ['from a', 'from b'] });
  });

  it('begins with the defaults', async () => {
    const { result } = await traceRun({
      state: { n: { reducer: 'max', default: 3 }, list: { reducer: 'unique' }, any: {} },
      nodes: [echo('see', ['${state.n}', '${state.list}', '${state.any}'])],
    });
    expect(result.nodes.see?.output).toEqual([3, [], null]);
  });

  it('is seen by node functions, and cannot be changed by them', async () => {
    const seen: JsonObject[] = [];
    const look = defineNode({
      type: 'look',
      run: (_params, ctx) => {
        seen.push(ctx.state);
        expect(() => Object.assign(ctx.state, { k: 'mine' })).toThrow(TypeError);
        return null;
      },
    });
    await traceRun(
      {
        state: { k: { reducer: 'deep', default: { a: 1 } } },
        nodes: [
          echo('w', { k: { b: 2 } }, writes('k')),
          { id: 'reads', type: 'look', reads: ['k'] },
          { id: 'not', type: 'look' },
        ],
        edges: edges('w>reads', 'w>not'),
      },
      { nodes: [look] },
    );
    expect(seen).toEqual([{ k: { a: 1, b: 2 } }, {}]);
  });

  it('may have a key `__proto__`', async () => {
    const { result } = await traceRun(
      `{"state": {"__proto__": {"reducer": "sum"}},
        "nodes": [{"id": "a", "type": "echo", "params": {"value": 2}, "writes": ["__proto__"]},
                  {"id": "b", "type": "echo", "params": {"value": "\${state.__proto__}"}, "depends_on": ["a"]}]}`,
    );
    expect(result.nodes.b?.output).toBe(2);
  });

  it('gathers what the iterations of a loop write, also of one that is inside of another', async () => {
    let calls = 0;
    const count = defineNode({ type: 'count', run: () => ++calls });
    const { result } = await traceRun(
      {
        state: { log: { reducer: 'append' } },
        nodes: [
          { id: 'outer', type: 'count' },
          { id: 'inner', type: 'count', writes: ['log'] },
          echo('seen', '${state.log}'),
          echo('after', '${state.log}'),
        ],
        edges: [
          ...edges('outer>inner', 'inner>seen', 'seen>after'),
          { from: 'inner', to: 'inner', max_iterations: 2 },
          { from: 'seen', to: 'outer', max_iterations: 2 },
        ],
      },
      { nodes: [count] },
    );
    expect(result.nodes.seen).toMatchObject({ output: [2, 3, 5, 6], earlier: [{ output: [2, 3] }] });
    expect(result.nodes.after?.output).toEqual([2, 3, 5, 6]);
  });

  it('ends a loop by what the loop has written', async () => {
    const { result } = await traceRun({
      state: { n: { reducer: 'sum' } },
      nodes: [echo('step', 2, writes('n')), echo('end', '${state.n}')],
      edges: [
        { from: 'step', to: 'step', when: 'state.n < 6', max_iterations: 10 },
        { from: 'step', to: 'end', when: 'state.n >= 6' },
      ],
    });
    expect(result.nodes.step?.iteration).toBe(3);
    expect(result.nodes.end?.output).toBe(6);
  });

  it('decides an edge that leaves two loops by what its source has seen and written in the last iteration', async () => {
    const { result } = await traceRun({
      state: { n: { reducer: 'sum' } },
      nodes: [
        echo('outer'),
        echo('inner', 1, writes('n')),
        echo('close'),
        echo('out', '${state.n}'),
        echo('no'),
      ],
      edges: [
        ...edges('outer>inner', 'inner>close'),
        { from: 'inner', to: 'inner', max_iterations: 2 },
        { from: 'close', to: 'outer', max_iterations: 2 },
        { from: 'inner', to: 'out', when: 'state.n == 4' },
        { from: 'inner', to: 'no', when: 'state.n != 4' },
      ],
    });
    expect(result.nodes.out?.output).toBe(4);
    expect(result.nodes.no?.status).toBe('skipped');
  });

  it('is written by a fallback as well, and not by a failure', async () => {
    const { result } = await traceRun({
      state: { got: { reducer: 'append' } },
      nodes: [
        { id: 'bad', type: 'fail', fallback: 'instead', writes: ['got'] },
        { id: 'lost', type: 'fail', on_error: 'continue', writes: ['got'] },
        echo('see', '${state.got}'),
      ],
      edges: edges('bad>see', 'lost>see'),
    });
    expect(result.nodes.see?.output).toEqual(['instead']);
  });

  it.each([
    ['the reducer cannot take it', { k: { reducer: 'sum' } }, 'x', '`sum` of `k` takes a number'],
    ['the field is not there', { k: {} }, { other: 1 }, 'no field `k`'],
    [
      'its schema does not fit after it',
      { k: { reducer: 'sum', default: 8, schema: { type: 'number', maximum: 10 } } },
      3,
      '`k` would not fit its schema',
    ],
    [
      'a sum would be larger than any number',
      { k: { reducer: 'sum', default: Number.MAX_VALUE } },
      Number.MAX_VALUE,
      'the sum of `k` would be larger than any number',
    ],
  ])('refuses a write where %s: FC5019, without another attempt', async (_what, state, value, message) => {
    const { result } = await traceRun({
      state,
      nodes: [echo('w', value, { writes: ['k'], retry: { max_attempts: 3 } })],
    });
    expect(result.nodes.w).toMatchObject({ status: 'failed', attempts: 1, error: { code: 'FC5019' } });
    expect(result.nodes.w?.error?.message).toContain(message);
  });

  it('says once what is wrong with an output that is no object, however many keys it should have', async () => {
    const { result } = await traceRun({
      state: { a: {}, b: {} },
      nodes: [echo('w', 3, { writes: ['a', 'b'] })],
    });
    expect(result.nodes.w?.error?.message).toBe(
      'What `w` writes to the state cannot be taken: the output is no object with the fields `a` and `b`.',
    );
  });

  it('drops what a cancelled node returns too late, and says which keys it was for', async () => {
    const late = defineNode({
      type: 'late',
      run: (_params, ctx) =>
        new Promise((resolve) => ctx.signal.addEventListener('abort', () => resolve('too late'))),
    });
    const { result, events } = await traceRun(
      {
        state: { k: { reducer: 'append' }, other: {} },
        on_error: 'fail_safe',
        nodes: [
          { id: 'l', type: 'late', writes: ['k'], timeout: { attempt_ms: 5 }, on_error: 'continue' },
          echo('see', '${state.k}', { depends_on: ['l'] }),
        ],
        outputs: { k: { source: '${state.k}' } },
      },
      { nodes: [late] },
    );
    expect(events.filter(({ type }) => type === 'node.late_result_dropped')).toMatchObject([
      { node: 'l', writes: ['k'] },
    ]);
    expect(result).toMatchObject({ outputs: { k: [] }, nodes: { see: { output: [] } } });
  });

  it("is each sub-workflow's own", async () => {
    const { result } = await traceRun({
      state: { k: { default: 'outer' } },
      nodes: [
        {
          id: 'sub',
          type: 'workflow',
          params: { inline: { state: { k: { default: 'inner' } }, nodes: [echo('see', '${state.k}')] } },
        },
        echo('see', '${state.k}'),
      ],
    });
    expect(result.outputs).toEqual({ sub: { see: 'inner' }, see: 'outer' });
  });

  it('leaves the same records whatever ends first (P4)', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const work = defineNode({
      type: 'work',
      params: z.strictObject({ ms: z.number(), seen: z.unknown() }),
      run: async ({ ms, seen }, ctx) => {
        await ctx.sleep(ms);
        return { log: ctx.node, last: ctx.node, seen };
      },
    });
    const runWith = async (times: readonly number[]) => {
      const clock = createVirtualClock();
      const runner = createRunner({ clock, nodes: [work] });
      const run = runner.start(
        {
          inputs: Object.fromEntries(ids.map((id) => [`ms_${id}`, { type: 'number' }])),
          state: { log: { reducer: 'append' }, last: {} },
          nodes: ids.map((id) => ({
            id,
            type: 'work',
            params: { ms: `\${ms_${id}}`, seen: ['${state.log}', '${state.last}'] },
            writes: ['log', 'last'],
          })),
          edges: [
            ...edges('a>c', 'b>c', 'b>d', 'c>e'),
            { from: 'e', to: 'c', when: 'size(state.log) < 7', max_iterations: 3 },
          ],
          outputs: { log: { source: '${state.log}' }, last: { source: '${state.last}' } },
        },
        Object.fromEntries(ids.map((id, index) => [`ms_${id}`, times[index] ?? 0])),
      );
      const { outputs, nodes } = await clock.runUntil(run.result);
      await runner.close();
      const seen = (record: (typeof nodes)[string] | undefined): unknown => [
        record?.output,
        (record?.earlier ?? []).map(seen),
      ];
      return JSON.stringify([outputs, ids.map((id) => seen(nodes[id]))]);
    };
    const expected = await runWith([0, 0, 0, 0, 0]);
    const times = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 5, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(times, async (given) => {
        expect(await runWith(given)).toBe(expected);
      }),
      settings(200),
    );
  });
});
