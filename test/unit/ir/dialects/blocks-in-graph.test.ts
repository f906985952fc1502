import { describe, expect, it } from 'vitest';
import { checkWorkflow } from '../../../../src/ir/check.js';
import { traceRun } from '../../../helpers/trace.js';

const sleep = (id: string) => ({ id, type: 'sleep', params: { ms: 10, value: id } });
const source = {
  nodes: [
    sleep('first'),
    { pipeline: [sleep('a'), { parallel: [sleep('b'), sleep('c')], id: 'both' }, sleep('d')] },
    { id: 'last', type: 'echo', params: { value: '${d}' } },
  ],
  edges: [
    { source: 'first', target: 'a' },
    { from: 'd', to: 'last' },
  ],
};

describe('blocks among the nodes of a graph', () => {
  it('run in their order, beside what other edges say', async () => {
    const { result } = await traceRun(source);
    expect(result.status).toBe('succeeded');
    expect(Object.entries(result.nodes).map(([id, { started_at }]) => [id, started_at])).toEqual([
      ['first', 0],
      ['a', 10],
      ['b', 20],
      ['c', 20],
      ['d', 30],
      ['last', 40],
    ]);
    expect(checkWorkflow(source).workflow?.groups.map(({ id }) => id)).toEqual(['both']);
  });

  it('have their problems told in their author’s places', () => {
    const broken = {
      nodes: [sleep('first'), { pipeline: [sleep('a'), { ...sleep('b'), tpye: 1 }] }],
      edges: [{ source: 'first', target: 'aa' }],
    };
    expect(checkWorkflow(broken).diagnostics.map(({ code, path }) => [code, path])).toEqual([
      ['FC1003', '/nodes/1/pipeline/1/tpye'],
      ['FC2002', '/edges/0/target'],
    ]);
  });
});
