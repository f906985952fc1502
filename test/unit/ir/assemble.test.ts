import { describe, expect, it } from 'vitest';
import { pointerSegments, valueAt } from '../../../src/ir/diagnostics/pointer.js';
import type { WorkflowNode } from '../../../src/ir/workflow.js';
import { traceRun } from '../../helpers/trace.js';
import { edges, valid } from './analyze/checking.js';

const SLEEPY = { id: 'a', type: 'sleep', params: { ms: 500 }, timeout: { attempt_ms: 100 } };

/** What stands at the pointers of a node, in the document that its author wrote. */
function partsOf(document: unknown, node: WorkflowNode | undefined): unknown[] {
  if (node === undefined) throw new Error('There is no such node.');
  return [node.paramsPointer, node.whenPointer, node.timeoutPointer].map((pointer) =>
    valueAt(document, pointerSegments(pointer)),
  );
}

describe('the pointers of a workflow', () => {
  it('lead to the parts of a step where the author of a step plan wrote them', () => {
    const plan = {
      inputs: { topic: { type: 'string', default: 'x' } },
      steps: [{ step_id: 'a', tool: 'sleep', input_mapping: { ms: 1 }, timeout: 2 }],
    };
    const { nodes, inputsPointer } = valid(plan);
    expect(partsOf(plan, nodes[0])).toEqual([{ ms: 1 }, undefined, 2]);
    expect(inputsPointer).toBe('/inputs');
  });

  it('lead into the wrapper where there is one', () => {
    const node = { ...SLEEPY, when: 'true' };
    const ir = { nodes: [node, { id: 'b', type: 'echo' }], edges: edges('a -> b'), timeout_ms: 5 };
    const workflow = valid({ name: 'w', ir });
    expect(partsOf({ ir }, workflow.nodes[0])).toEqual([{ ms: 500 }, 'true', { attempt_ms: 100 }]);
    expect(workflow.edges[0]?.whenPointer).toBe('/ir/edges/0/when');
    expect(workflow.timeoutPointer).toBe('/ir/timeout_ms');
    expect(workflow.inputsPointer).toBe('/ir/inputs');
  });

  it('lead to the dependency itself where an edge was written as one', () => {
    const [edge] = valid({
      nodes: [
        { id: 'a', type: 'echo' },
        { id: 'b', type: 'echo', depends_on: ['a'] },
      ],
    }).edges;
    expect(edge).toMatchObject({ pointer: '/nodes/1/depends_on/0', whenPointer: '/nodes/1/depends_on/0' });
  });
});

describe('a failure of a run', () => {
  it.each([
    ['a graph', { nodes: [SLEEPY] }, '/nodes/0/timeout'],
    ['a wrapped graph', { name: 'w', ir: { nodes: [SLEEPY] } }, '/ir/nodes/0/timeout'],
    [
      'a step plan',
      { steps: [{ step_id: 'a', tool: 'sleep', input_mapping: { ms: 500 }, timeout: 0.1 }] },
      '/steps/0/timeout',
    ],
  ])('points at the timeout of an attempt in %s', async (_, document, path) => {
    const { result } = await traceRun(document);
    expect(result.error).toMatchObject({ code: 'FC5005', path });
  });

  it('points at the timeout of the run', async () => {
    const { result } = await traceRun({
      name: 'w',
      ir: { timeout_ms: 100, nodes: [{ ...SLEEPY, timeout: {} }] },
    });
    expect(result.error).toMatchObject({ code: 'FC5006', path: '/ir/timeout_ms' });
  });

  it('points at the condition of a node and of an edge', async () => {
    const nodes = [
      { id: 'a', type: 'echo', params: { value: {} } },
      { id: 'b', type: 'echo' },
    ];
    const when = '${a.gone} == 1';
    const ofEdge = { name: 'w', ir: { nodes, edges: [{ from: 'a', to: 'b', when }] } };
    expect((await traceRun(ofEdge)).result.error).toMatchObject({ code: 'FC5003', path: '/ir/edges/0/when' });
    const ofNode = { name: 'w', ir: { nodes: [nodes[0], { ...nodes[1], depends_on: ['a'], when }] } };
    expect((await traceRun(ofNode)).result.error).toMatchObject({ code: 'FC5003', path: '/ir/nodes/1/when' });
  });
});
