import { describe, expect, it } from 'vitest';
import { checkWorkflow } from '../../../src/ir/check.js';
import { nameOf } from '../../../src/machines/names.js';
import { planTopology } from '../../../src/machines/topology.js';
import { echo, edges } from '../../helpers/sketch.js';

function namer(document: object) {
  const { workflow, diagnostics } = checkWorkflow(document);
  if (workflow === null) throw new Error(JSON.stringify(diagnostics));
  const topology = planTopology(workflow);
  return (id: string, iterations: readonly number[] = [], item: number | null = null) =>
    nameOf(topology, workflow.id, topology.nodeIndex.get(id) ?? -1, iterations, item);
}

const fork = (from: string, to: string, group: string) => ({ from, to, parallel_group: group });

describe('hierarchical names', () => {
  it('are the workflow and the node where nothing is around it', () => {
    const name = namer({ id: 'report', nodes: [echo('fetch')] });
    expect(name('fetch')).toBe('report.fetch');
    expect(name('fetch', [], 3)).toBe('report.fetch.item_3');
  });

  it('keep an id as it was written', () => {
    const name = namer({ id: 'w', nodes: [echo('__proto__'), echo('a.b'), echo('#x')] });
    expect([name('__proto__'), name('a.b'), name('#x')]).toEqual(['w.__proto__', 'w.a.b', 'w.#x']);
  });

  it('count the branches of the groups around a node from 0, from the outermost', () => {
    const name = namer({
      id: 'w',
      nodes: ['start', 'a', 'b', 'b1', 'b2', 'after', 'end'].map((id) => echo(id)),
      edges: [
        fork('start', 'a', 'outer'),
        fork('start', 'b', 'outer'),
        fork('b', 'b1', 'inner'),
        fork('b', 'b2', 'inner'),
        ...edges('b1>after', 'b2>after', 'after>end', 'a>end'),
      ],
    });
    expect(['start', 'a', 'b', 'b1', 'b2', 'after', 'end'].map((id) => name(id))).toEqual([
      'w.start',
      'w.a.branch_0',
      'w.b.branch_1',
      'w.b1.branch_1.branch_0',
      'w.b2.branch_1.branch_1',
      'w.after.branch_1',
      'w.end',
    ]);
  });

  it('count iterations from 0, from the outermost loop, after the branches', () => {
    const name = namer({
      id: 'w',
      nodes: ['outer', 'fork', 'a', 'b', 'c', 'join', 'end'].map((id) => echo(id)),
      edges: [
        ...edges('outer>fork', 'b>c', 'c>join', 'a>join', 'join>end'),
        fork('fork', 'a', 'g'),
        fork('fork', 'b', 'g'),
        { from: 'c', to: 'b', action: 'again', max_iterations: 3 },
        { from: 'join', to: 'outer', action: 'again', max_iterations: 3 },
      ],
    });
    expect(name('a', [2])).toBe('w.a.branch_0.iteration_1');
    expect(name('c', [2, 1])).toBe('w.c.branch_1.iteration_1.iteration_0');
    expect(name('c', [2, 1], 7)).toBe('w.c.branch_1.iteration_1.iteration_0.item_7');
    // The inner loop was not entered.
    expect(name('c', [1, 0])).toBe('w.c.branch_1.iteration_0');
    expect(name('end')).toBe('w.end');
  });
});
