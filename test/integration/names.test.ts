import { describe, expect, it } from 'vitest';
import { createRunner } from '../../src/runtime/runner.js';
import { createVirtualClock } from '../../src/runtime/virtual-clock.js';
import { echo, edges } from '../helpers/sketch.js';
import { traceRun } from '../helpers/trace.js';

const fork = (from: string, to: string, group: string) => ({ from, to, parallel_group: group });

/** A loop in a branch of a group in a loop. */
const nested = {
  id: 'w',
  nodes: ['outer', 'fork', 'a', 'b', 'c', 'join', 'end'].map((id) => echo(id)),
  edges: [
    ...edges('outer>fork', 'b>c', 'c>join', 'a>join', 'join>end'),
    fork('fork', 'a', 'g'),
    fork('fork', 'b', 'g'),
    { from: 'c', to: 'b', max_iterations: 2 },
    { from: 'join', to: 'outer', max_iterations: 2 },
  ],
};

describe('hierarchical names', () => {
  it('tell every execution of a run from every other', async () => {
    const { result, events } = await traceRun(nested);
    const settled = events.flatMap((event) => (event.type === 'node.settled' ? [event.name] : []));
    expect(new Set(settled).size).toBe(settled.length);
    expect(settled.filter((name) => name.startsWith('w.c.'))).toEqual([
      'w.c.branch_1.iteration_0.iteration_0',
      'w.c.branch_1.iteration_0.iteration_1',
      'w.c.branch_1.iteration_1.iteration_0',
      'w.c.branch_1.iteration_1.iteration_1',
    ]);
    expect(result.nodes.a).toMatchObject({
      name: 'w.a.branch_0.iteration_1',
      earlier: [{ name: 'w.a.branch_0.iteration_0' }],
    });
    expect(result.nodes.end?.name).toBe('w.end');
  });

  it('are on every event about a node', async () => {
    const { events } = await traceRun({
      ...nested,
      nodes: nested.nodes.map((node) =>
        node.id === 'a' ? { ...node, type: 'sleep', params: { ms: 1 } } : node,
      ),
    });
    const about = events.filter((event) => 'node' in event);
    expect(about.length).toBeGreaterThan(50);
    for (const event of about) {
      expect('name' in event && event.name.startsWith(`w.${'node' in event && event.node}`)).toBe(true);
    }
  });

  it('are in what fails, in the record, in the events and in the result', async () => {
    const clock = createVirtualClock();
    const runner = createRunner({ clock });
    const failures: unknown[] = [];
    const run = runner.start({
      id: 'w',
      nodes: [echo('h'), { id: 'bad', type: 'fail', retry: { max_attempts: 2, initial_ms: 5 } }],
      edges: [...edges('h>bad'), { from: 'bad', to: 'h', action: 'again', max_iterations: 3 }],
    });
    run.on((event) => {
      if (event.type === 'node.attempt_failed') failures.push(event.error.name);
    });
    const result = await clock.runUntil(run.result);
    await runner.close();
    expect(failures).toEqual(['w.bad.iteration_0', 'w.bad.iteration_0']);
    expect(result.error?.name).toBe('w.bad.iteration_0');
    expect(result.nodes.bad?.error?.name).toBe('w.bad.iteration_0');
  });

  it('name the items of a batch', async () => {
    const { events } = await traceRun({
      id: 'w',
      nodes: [
        {
          id: 'b',
          type: 'echo',
          params: { value: '${item}' },
          batch: { items: ['x', 'y'], max_concurrent: 1 },
        },
      ],
      edges: [{ from: 'b', to: 'b', max_iterations: 2 }],
    });
    expect(events.flatMap((event) => (event.type === 'item.settled' ? [event.name] : []))).toEqual([
      'w.b.iteration_0.item_0',
      'w.b.iteration_0.item_1',
      'w.b.iteration_1.item_0',
      'w.b.iteration_1.item_1',
    ]);
  });

  it('go on inside of sub-workflows, with the item that one runs for', async () => {
    const inner = { id: 'inner', nodes: [echo('leaf', '${inputs.x}')], inputs: { x: { type: 'any' } } };
    const { result, events } = await traceRun({
      id: 'w',
      nodes: [
        {
          id: 'each',
          type: 'workflow',
          params: { inline: inner, inputs: { x: '${item}' } },
          batch: { items: [1, 2], max_concurrent: 1 },
        },
      ],
    });
    expect(result.nodes.each?.output).toMatchObject({ results: [{ leaf: 1 }, { leaf: 2 }] });
    expect(result.nodes.each).not.toHaveProperty('nodes');
    const leaves = events.filter((event) => event.type === 'node.settled' && event.node === 'leaf');
    expect(leaves).toMatchObject([
      { name: 'w.each.item_0.leaf', scope: 'w.each.item_0' },
      { name: 'w.each.item_1.leaf', scope: 'w.each.item_1' },
    ]);
  });
});
