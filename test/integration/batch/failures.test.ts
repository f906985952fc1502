import { describe, expect, it } from 'vitest';
import { defineNode } from '../../../src/actors/node.js';
import { NEVER, runTasks, taskOfItem } from '../../helpers/item-tasks.js';
import { traceRun } from '../../helpers/trace.js';

describe('an item that fails', () => {
  it('fails the batch under fail_fast: no further item begins, and those that run are told to stop', async () => {
    const { result, events } = await runTasks(
      [{ name: 'a', ms: 10, fails: NEVER }, { name: 'b', ms: 50 }, { name: 'c' }],
      { max_concurrent: 2 },
    );
    expect(result.nodes.b).toMatchObject({
      status: 'failed',
      ended_at: 10,
      error: { message: 'item 0: failed a' },
    });
    const settled = events.filter((event) => event.type === 'item.settled');
    expect(settled.map(({ index, status }) => [index, status])).toEqual([
      [0, 'failed'],
      [1, 'cancelled'],
    ]);
  });

  it('is named by the failure of the batch and of the run, with its own code and causes', async () => {
    const items = [{ name: 'a' }, { name: 'b' }, { name: 'c', fails: NEVER }];
    for (const batch of [{}, { error_handling: 'fail_safe', tolerate: { count: 0 } }]) {
      const { result } = await runTasks(items, batch);
      const error = {
        code: 'FC5008',
        message: 'item 2: failed c',
        name: 'workflow.b.item_2',
        causes: [{ name: 'Error', message: 'failed c' }],
      };
      expect(result.nodes.b?.error).toMatchObject(error);
      expect(result.error).toMatchObject(error);
    }
  });

  it.each(['fail_safe', 'continue'])(
    'is an entry in `errors` under %s, and `null` among the results',
    async (error_handling) => {
      const { result } = await runTasks([{ name: 'a' }, { name: 'b', fails: NEVER }, { name: 'c' }], {
        error_handling,
      });
      expect(result.nodes.b?.output).toEqual({
        results: ['a:1', null, 'c:1'],
        count: 3,
        success_count: 2,
        error_count: 1,
        errors: [
          {
            index: 1,
            item: { name: 'b', fails: NEVER },
            error: expect.objectContaining({
              code: 'FC5008',
              message: 'failed b',
              node: 'b',
              name: 'workflow.b.item_1',
              causes: [{ name: 'Error', message: 'failed b' }],
            }),
          },
        ],
      });
    },
  );

  it('stands in `errors` in the order of the items, whatever the order in which they failed', async () => {
    const items = [30, 10, 20].map((ms, index) => ({ name: String(index), ms, fails: NEVER }));
    const { result } = await runTasks(items, { error_handling: 'continue' });
    expect(result.nodes.b?.output).toMatchObject({ errors: [{ index: 0 }, { index: 1 }, { index: 2 }] });
  });

  it('counts against `tolerate`: beyond it, fail_safe runs all items, and fails with the first too many of these', async () => {
    const items = [30, 10, 20].map((ms, index) => ({ name: String(index), ms, fails: NEVER }));
    const within = await runTasks([...items, { name: 'last', ms: 90 }], {
      error_handling: 'fail_safe',
      tolerate: { count: 3 },
    });
    expect(within.result.nodes.b?.output).toMatchObject({ error_count: 3, success_count: 1 });
    const beyond = await runTasks([...items, { name: 'last', ms: 90 }], {
      error_handling: 'fail_safe',
      tolerate: { count: 1 },
    });
    expect(beyond.result.nodes.b).toMatchObject({
      status: 'failed',
      ended_at: 90,
      error: { message: 'item 1: failed 1' },
    });
  });

  it('may be one of so many percent; fail_fast ends at the first too many', async () => {
    const items = [1, 2, 3, 4].map((ms) => ({ name: String(ms), ms, fails: NEVER }));
    const { result } = await runTasks([...items, { ms: 90 }, { ms: 90 }, { ms: 90 }, { ms: 90 }], {
      tolerate: { percent: 25 },
    });
    expect(result.nodes.b).toMatchObject({
      status: 'failed',
      ended_at: 3,
      error: { message: 'item 2: failed 3' },
    });
  });

  it('is held against a percentage in the end, where the number of items is not known before', async () => {
    const rows = (count: number) =>
      defineNode({
        type: 'rows',
        run: async function* () {
          for (let n = 0; n < count; n++) yield { name: String(n), fails: n < 2 ? NEVER : 0 };
        },
      });
    const of = (count: number) =>
      traceRun(
        {
          nodes: [
            { id: 'rows', type: 'rows' },
            {
              id: 'b',
              type: 'task',
              params: { item: '${item}' },
              batch: { items: '${rows}', tolerate: { percent: 50 } },
            },
          ],
        },
        { nodes: [rows(count), taskOfItem] },
      );
    expect((await of(4)).result.nodes.b?.output).toMatchObject({ error_count: 2, count: 4 });
    expect((await of(3)).result.nodes.b).toMatchObject({
      status: 'failed',
      error: { message: 'item 1: failed 1' },
    });
  });

  it('is listed only with the first 1000', async () => {
    const items = Array.from({ length: 1003 }, () => ({ fails: NEVER }));
    const { result } = await runTasks(items, { error_handling: 'continue', max_concurrent: 100 });
    const output = result.nodes.b?.output as { errors: { index: number }[]; error_count: number };
    expect(output.error_count).toBe(1003);
    expect(output.errors).toHaveLength(1000);
    expect(output.errors.at(-1)?.index).toBe(999);
  });

  it('is what a node with a fallback or `continue` answers for', async () => {
    const { result } = await runTasks([{ fails: NEVER }], {}, { fallback: 'nothing' });
    expect(result.nodes.b).toMatchObject({
      status: 'succeeded',
      output: 'nothing',
      handled_by: { kind: 'fallback' },
    });
  });
});
