import { describe, expect, it } from 'vitest';
import { check, codesOf, echoes, edges, expectRepair, only, valid } from './checking.js';

const rule = (match: string, goto: string, as?: string) => ({
  match,
  goto,
  ...(as === undefined ? {} : { as }),
});
const echo = (id: string, more: object) => ({ id, type: 'echo', ...more });

describe('a catch rule', () => {
  it('is an edge, after those written as edges and before dependencies, in the order of the rules', () => {
    const workflow = valid({
      nodes: [
        echo('a', { catch: [rule('E_BUSY', 'late', 'busy'), rule('*', 'repair')] }),
        echo('b', { catch: [rule('timeout', 'repair')], depends_on: ['a'] }),
        ...echoes('late', 'repair', 'c'),
      ],
      edges: edges('a -> c'),
    });
    const shown = workflow.edges.map(({ from, to, origin, catches }) => [from, to, origin, catches]);
    expect(shown).toEqual([
      ['a', 'c', 'edge', null],
      ['a', 'late', 'catch', { match: 'E_BUSY', as: 'busy' }],
      ['a', 'repair', 'catch', { match: '*', as: null }],
      ['b', 'repair', 'catch', { match: 'timeout', as: null }],
      ['a', 'b', 'depends_on', null],
    ]);
    expect(workflow.edges[1]).toMatchObject({
      action: null,
      when: null,
      closes: null,
      pointer: '/nodes/0/catch/0',
      whenPointer: '/nodes/0/catch/0',
    });
  });

  it('leads to a node that is there', () => {
    const ir = { nodes: [echo('a', { catch: [rule('*', 'repiar')] }), ...echoes('repair')] };
    expect(expectRepair(ir, 'FC2002').before).toMatchObject({
      path: '/nodes/0/catch/0/goto',
      hint: 'Did you mean `repair`?',
    });
  });

  it('closes no loop', () => {
    const ir = { nodes: [...echoes('a'), echo('b', { catch: [rule('*', 'a')] })], edges: edges('a -> b') };
    expect(only(check(ir), 'FC2004')).toMatchObject({
      path: '/nodes/1/catch/0',
      severity: 'error',
      hint: expect.stringContaining('cannot close a loop'),
    });
    const itself = { nodes: [echo('a', { catch: [rule('*', 'a')] })] };
    expect(only(check(itself), 'FC2004').message).toContain('into itself');
  });

  it('reaches its target from a start node', () => {
    const ir = { nodes: [echo('a', { catch: [rule('*', 'b')] }), ...echoes('b')], start_node: 'a' };
    expect(codesOf(check(ir))).toEqual([]);
    // It does not lead back to the source from the target.
    expect(codesOf(check({ ...ir, start_node: 'b' }))).toEqual(['FC2005 error']);
  });

  it('takes the place of a dependency', () => {
    const ir = { nodes: [echo('a', { catch: [rule('*', 'b')] }), echo('b', { depends_on: ['a'] })] };
    expect(expectRepair(ir, 'FC2010').after.workflow?.edges).toHaveLength(1);
  });

  it('makes writers of one key exclude each other', () => {
    const writer = (id: string) => echo(id, { writes: ['k'] });
    const ir = {
      nodes: [echo('a', { catch: [rule('E', 'b'), rule('F', 'c')] }), ...['b', 'c', 'd'].map(writer)],
      edges: edges('a -> d'),
    };
    expect(codesOf(check(ir))).toEqual([]);
  });
});

describe('the name of a failure that was caught', () => {
  const ir = (value: string, more: object = {}, as = 'problem') => ({
    inputs: { q: {} },
    nodes: [
      echo('a', { catch: [rule('*', 'b', as)] }),
      echo('b', { params: { value }, ...more }),
      ...echoes('c'),
    ],
    edges: edges('b -> c'),
  });

  it('is known in the parameters and the condition of the node that it leads to', () => {
    expect(codesOf(check(ir('${problem.error.code}', { when: 'problem.error.code == "E"' })))).toEqual([]);
    expect(expectRepair(ir('${probelm.error}'), 'FC3002').before.hint).toBe('Did you mean `problem`?');
  });

  it('is known nowhere else', () => {
    const elsewhere = {
      ...ir('x'),
      nodes: [...ir('x').nodes, echo('d', { params: { value: '${problem}' } })],
    };
    expect(only(check(elsewhere), 'FC3002').path).toBe('/nodes/3/params/value');
    const onEdge = { ...ir('x'), edges: [{ from: 'b', to: 'c', when: '${problem} == 1' }] };
    expect(only(check(onEdge), 'FC3002').path).toBe('/edges/0/when');
  });

  it.each(['c', 'q', 'inputs'])('is not that of something else: %s', (as) => {
    expect(only(check(ir('x', {}, as)), 'FC3006')).toMatchObject({
      path: '/nodes/0/catch/0/as',
      severity: 'warning',
    });
  });
});

describe('a quorum', () => {
  const counting = (count: number, ...lines: string[]) => ({
    nodes: [...echoes('a', 'b'), echo('j', { join: { policy: 'quorum', count } })],
    edges: edges(...lines),
  });

  it('counts what can be taken together', () => {
    const exclusive = counting(3, 'a -x-> j', 'a -y-> j', 'b -> j');
    expect(expectRepair(exclusive, 'FC2011').before).toMatchObject({
      path: '/nodes/2/join/count',
      fix: [{ value: 2 }],
    });
    expect(codesOf(check(counting(2, 'a -x-> j', 'a -y-> j', 'b -> j')))).toEqual([]);
    const parallel = {
      ...counting(2),
      edges: ['1 == 1', '2 == 2'].map((when) => ({ from: 'a', to: 'j', when })),
    };
    expect(codesOf(check(parallel))).toEqual([]);
  });

  it('counts one catch of a node, and no dependency beside edges', () => {
    const join = { policy: 'quorum', count: 2 };
    const caught = { nodes: [echo('a', { catch: [rule('E', 'j'), rule('F', 'j')] }), echo('j', { join })] };
    expect(expectRepair(caught, 'FC2011').before.fix).toMatchObject([{ value: 1 }]);
    const beside = {
      nodes: [...echoes('a', 'b'), echo('j', { join, depends_on: ['b'] })],
      edges: edges('a -> j'),
    };
    expect(expectRepair(beside, 'FC2011').before.fix).toMatchObject([{ value: 1 }]);
  });

  it('of a loop counts every edge into it', () => {
    const ir = {
      nodes: [...echoes('a', 'b'), echo('j', { join: { policy: 'quorum', count: 2 } }), ...echoes('m')],
      edges: edges('a -> j', 'b -> m', 'j -> m', 'm -again-> j *3'),
    };
    expect(codesOf(check(ir)).filter((code) => code.startsWith('FC2011'))).toEqual([]);
    const more = { ...ir, nodes: ir.nodes.with(2, echo('j', { join: { policy: 'quorum', count: 3 } })) };
    expect(only(check(more), 'FC2011').fix).toMatchObject([{ value: 2 }]);
  });

  it.each([
    { policy: 'quorum', count: 1 },
    { policy: 'one_success' },
    { policy: 'one_success', cancel_rest: true },
  ])('does nothing without edges: %j', (join) => {
    const { before } = expectRepair({ nodes: [echo('a', { join })] }, 'FC2011');
    expect(before).toMatchObject({ path: '/nodes/0/join', severity: 'warning' });
  });
});
