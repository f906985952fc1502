import { describe, expect, it } from 'vitest';
import { check, codesOf, echoes, edges, expectRepair, only, valid } from './checking.js';

const arrows = (ir: unknown): string[] =>
  valid(ir).edges.map(({ from, to, action, closes, maxIterations }) => {
    return `${from} -${action ?? ''}> ${to}${closes === null ? '' : ` closes ${closes} *${maxIterations}`}`;
  });

describe('nodes', () => {
  it('has to have some', () => {
    expect(codesOf(check({ nodes: [] }))).toEqual(['FC2009 error']);
  });

  it('reports a duplicate id, and renames the second', () => {
    const ir = { nodes: echoes('a', 'b', 'a'), edges: edges('a -> b') };
    const { before, after } = expectRepair(ir, 'FC2001');
    expect(before).toMatchObject({ path: '/nodes/2/id', message: expect.stringContaining('`a`') });
    expect(after.workflow?.nodes.map(({ id }) => id)).toEqual(['a', 'b', 'a_2']);
  });

  it('finds a free name for a duplicate when the obvious one is taken', () => {
    const { after } = expectRepair({ nodes: echoes('a', 'a', 'a_2') }, 'FC2001');
    expect(after.workflow?.nodes.map(({ id }) => id)).toEqual(['a', 'a_3', 'a_2']);
  });
});

describe('edges', () => {
  it('suggests the nearest name for an unknown node in an edge (a misspelt dependency must not run anyway)', () => {
    const ir = { nodes: echoes('analyze', 'report'), edges: edges('analyse -> report') };
    const { before, after } = expectRepair(ir, 'FC2002');
    expect(before).toMatchObject({
      path: '/edges/0/from',
      severity: 'error',
      hint: 'Did you mean `analyze`?',
    });
    expect(after.ok).toBe(true);
  });

  it('suggests the nearest name for an unknown node in depends_on, but never the node itself', () => {
    const ir = { nodes: [...echoes('fetch'), { id: 'fetch2', type: 'echo', depends_on: ['fetch3'] }] };
    const { before, after } = expectRepair(ir, 'FC2002');
    expect(before.path).toBe('/nodes/1/depends_on/0');
    expect(after.workflow?.edges).toMatchObject([{ from: 'fetch', to: 'fetch2', action: null }]);
  });

  it('lists the nodes where no name is near', () => {
    const found = only(check({ nodes: echoes('a', 'b'), edges: edges('zebra -> b') }), 'FC2002');
    expect(found.fix).toBeUndefined();
    expect(found.hint).toContain('`a` and `b`');
  });

  it('takes an edge that is written twice for one', () => {
    const ir = { nodes: echoes('a', 'b'), edges: edges('a -> b', 'a -> b') };
    expect(arrows(ir)).toEqual(['a -default> b']);
    expect(expectRepair(ir, 'FC2010').before.severity).toBe('warning');
  });

  it('keeps every default edge and every root: none overwrites another', () => {
    const ir = { nodes: echoes('a', 'b', 'c', 'd'), edges: edges('a -> b', 'a -> c') };
    expect(arrows(ir)).toEqual(['a -default> b', 'a -default> c']);
    expect(codesOf(check(ir))).toEqual([]);
  });

  it('keeps edges with different actions or conditions between the same nodes', () => {
    const ir = {
      nodes: echoes('a', 'b'),
      edges: [...edges('a -> b', 'a -error-> b'), { from: 'a', to: 'b', when: 'a.n > 1' }],
    };
    expect(valid(ir).edges).toHaveLength(3);
    expect(codesOf(check(ir))).toEqual([]);
  });

  it('drops a depends_on that an edge says as well, with a warning where the edge asks for more', () => {
    const dependent = { id: 'b', type: 'echo', depends_on: ['a'] };
    const plain = { nodes: [...echoes('a'), dependent], edges: edges('a -> b') };
    expect(arrows(plain)).toEqual(['a -default> b']);
    expect(codesOf(check(plain))).toEqual([]);
    const conditional = { nodes: [...echoes('a'), dependent], edges: edges('a -yes-> b') };
    expect(arrows(conditional)).toEqual(['a -yes> b']);
    expect(expectRepair(conditional, 'FC2010').before.path).toBe('/nodes/1/depends_on/0');
  });

  it('drops a dependency that is listed twice', () => {
    const ir = { nodes: [...echoes('a'), { id: 'b', type: 'echo', depends_on: ['a', 'a'] }] };
    expect(expectRepair(ir, 'FC2010').after.workflow?.edges).toHaveLength(1);
  });
});

describe('cycles', () => {
  const cyclic = {
    nodes: echoes('a', 'b', 'c', 'd'),
    edges: edges('a -> b', 'b -> c', 'c -again-> b', 'c -> d'),
  };

  it('spells out a cycle without max_iterations, and adds it to the edge that closes it', () => {
    const { before, after } = expectRepair(cyclic, 'FC2004');
    expect(before).toMatchObject({ path: '/edges/2', severity: 'error' });
    expect(before.message).toContain('b -> c -> b');
    expect(after.workflow?.loops).toEqual([{ id: 'b', header: 'b', body: ['b', 'c'], parent: null }]);
    expect(after.workflow?.edges[2]).toMatchObject({ closes: 0, maxIterations: 10 });
  });

  it('assumes ten iterations in version 0.1, which has no max_iterations, with a warning', () => {
    const ir = { ...cyclic, ir_version: '0.1.0' };
    expect(codesOf(check(ir))).toEqual(['FC2004 warning']);
    expect(arrows(ir)).toContain('c -again> b closes 0 *10');
    expect(valid(ir).maxConcurrency).toBe(1);
    expectRepair(ir, 'FC2004');
  });

  it('finds where a cycle closes from the start node', () => {
    const ir = { nodes: echoes('a', 'b', 'c'), edges: edges('a -> b', 'b -> c', 'c -> a'), start_node: 'b' };
    const { before, after } = expectRepair(ir, 'FC2004');
    expect(before.message).toContain('b -> c -> a -> b');
    expect(after.workflow?.loops[0]?.header).toBe('b');
  });

  it('reports each of several cycles', () => {
    const ir = { nodes: echoes('a', 'b', 'c'), edges: edges('a -> b', 'b -> a', 'c -> c') };
    expect(codesOf(check(ir))).toEqual(['FC2004 error', 'FC2004 error']);
  });

  it('refuses dependencies that go in a circle, and repairs a node that depends on itself', () => {
    const circle = {
      nodes: [
        { id: 'a', type: 'echo', depends_on: ['b'] },
        { id: 'b', type: 'echo', depends_on: ['a'] },
      ],
    };
    expect(only(check(circle), 'FC2004')).toMatchObject({
      severity: 'error',
      message: expect.stringMatching(/a -> b -> a|b -> a -> b/),
    });
    const itself = { nodes: [{ id: 'a', type: 'echo', depends_on: ['a'] }] };
    expect(expectRepair(itself, 'FC2004').after.ok).toBe(true);
  });

  it('refuses dependencies in a circle in version 0.1 as well', () => {
    const nodes = [
      { id: 'a', type: 'echo', depends_on: ['b'] },
      { id: 'b', type: 'echo', depends_on: ['a'] },
    ];
    expect(check({ ir_version: '0.1.0', nodes }).ok).toBe(false);
  });

  it('ignores max_iterations on an edge that closes nothing', () => {
    const ir = { nodes: echoes('a', 'b'), edges: edges('a -> b *3') };
    expect(arrows(ir)).toEqual(['a -default> b']);
    expect(expectRepair(ir, 'FC2007').before).toMatchObject({
      severity: 'warning',
      path: '/edges/0/max_iterations',
    });
  });

  it('tells the edge that closes a loop from one that leads into it, where both have max_iterations', () => {
    const ir = { nodes: echoes('r', 'x', 'y'), edges: edges('r -> x', 'x -> y *3', 'y -> x *3') };
    expect(arrows(ir)).toEqual(['r -default> x', 'x -default> y', 'y -default> x closes 0 *3']);
    expect(only(check(ir), 'FC2007').path).toBe('/edges/1/max_iterations');
  });

  it('lets a node repeat itself', () => {
    expect(arrows({ nodes: echoes('a'), edges: edges('a -again-> a *5') })).toEqual([
      'a -again> a closes 0 *5',
    ]);
  });
});

describe('loops', () => {
  it('merges those with one header and nests the others', () => {
    const workflow = valid({
      nodes: echoes('a', 'b', 'c', 'd'),
      edges: edges('a -> b', 'b -> c', 'c -> d', 'c -x-> b *2', 'c -y-> b *3', 'd -> a *4'),
    });
    expect(workflow.loops).toEqual([
      { id: 'a', header: 'a', body: ['a', 'b', 'c', 'd'], parent: null },
      { id: 'b', header: 'b', body: ['b', 'c'], parent: 0 },
    ]);
    expect(workflow.edges.map(({ closes }) => closes)).toEqual([null, null, null, 1, 1, 0]);
  });

  it('refuses two that overlap without nesting', () => {
    const ir = {
      nodes: echoes('a', 'b', 'x'),
      edges: edges('a -> x', 'b -> x', 'x -p-> a *2', 'x -q-> b *2'),
    };
    const found = only(check(ir), 'FC2006');
    expect(found.severity).toBe('error');
    expect(found.message).toContain('share `x`');
  });

  it('refuses one whose way back begins where its header does not lead to', () => {
    const ir = {
      nodes: echoes('r', 't', 's', 'u'),
      edges: edges('r -> t', 's -> t', 't -> s *2', 's -> u', 'u -> t *2'),
    };
    const found = only(check(ir), 'FC2006');
    expect(found).toMatchObject({ severity: 'error', path: '/edges/4' });
    expect(found.message).toContain('nothing leads from `t` to `u`');
  });

  it('accepts a value fed into the middle, and a loop that begins at once', () => {
    const ir = {
      nodes: [...echoes('config', 'draft'), { id: 'review', type: 'echo', depends_on: ['config', 'draft'] }],
      edges: edges('review -revise-> draft *3'),
    };
    expect(codesOf(check(ir))).toEqual([]);
    expect(valid(ir).loops).toMatchObject([{ header: 'draft', body: ['draft', 'review'] }]);
  });

  it('warns of an edge that leads into the middle of a loop whose header nothing leads to', () => {
    const ir = { nodes: echoes('r', 's', 't'), edges: edges('r -> t', 's -> t', 't -> s *3') };
    expect(codesOf(check(ir))).toEqual(['FC2006 warning']);
  });

  it('refuses a loop that the start node enters in its middle', () => {
    const ir = {
      nodes: echoes('r', 's', 't'),
      edges: edges('r -> t', 's -> t', 't -> s *3'),
      start_node: 'r',
    };
    expect(only(check(ir), 'FC2006')).toMatchObject({ severity: 'error', path: '/edges/0' });
  });

  it('refuses a loop that waits for what waits for its end (P2)', () => {
    // Loop h1 {h1, u1} leads into the middle of loop h2 {h2, u2}, and h2 back into the middle of h1.
    const ir = {
      nodes: echoes('h1', 'u1', 'h2', 'u2'),
      edges: edges('h1 -> u1', 'u1 -again-> h1 *2', 'h2 -> u2', 'u2 -again-> h2 *2', 'h1 -> u2', 'h2 -> u1'),
    };
    const found = check(ir).diagnostics.filter(({ code }) => code === 'FC2006');
    expect(found).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('(loop of h1) -> (loop of h2)') }),
    );
    expect(check(ir).ok).toBe(false);
  });

  it('refuses loops nested deeper than the limit, and accepts them at it', () => {
    const nest = (depth: number) => {
      const ids = Array.from({ length: depth }, (_, i) => `n${i}`);
      const forth = ids.slice(1).map((id, i) => `n${i} -> ${id}`);
      return {
        nodes: echoes(...ids, 'z'),
        edges: edges(...forth, `n${depth - 1} -> z`, ...ids.map((id) => `z -${id}-> ${id} *2`)),
      };
    };
    expect(check(nest(32)).ok).toBe(true);
    expect(codesOf(check(nest(33)))).toEqual(['FC1006 error']);
    expect(codesOf(check(nest(500)))).toEqual(['FC1006 error']);
  });
});

describe('start_node', () => {
  it('has to be a node', () => {
    expect(expectRepair({ nodes: echoes('begin'), start_node: 'begn' }, 'FC2002').after.ok).toBe(true);
    expect(expectRepair({ nodes: echoes('begin'), start_node: 'xyz' }, 'FC2002').after.ok).toBe(true);
  });

  it('has to lead to every node', () => {
    const ir = { nodes: echoes('a', 'b', 'c'), edges: edges('a -> b'), start_node: 'a' };
    const { before, after } = expectRepair(ir, 'FC2005');
    expect(before).toMatchObject({ path: '/nodes/2', severity: 'error' });
    expect(after.ok).toBe(true);
  });

  it('counts what feeds its successors by a dependency or a template as reached', () => {
    const ir = {
      nodes: [
        ...echoes('a', 'config', 'table'),
        { id: 'b', type: 'echo', depends_on: ['config'], params: { value: '${table}' } },
      ],
      edges: edges('a -> b'),
      start_node: 'a',
    };
    expect(codesOf(check(ir))).toEqual(['FC3004 info']);
  });

  it('may be the header of a loop', () => {
    const ir = { nodes: echoes('a', 'b'), edges: edges('a -> b', 'b -> a *2'), start_node: 'a' };
    expect(codesOf(check(ir))).toEqual([]);
  });
});

describe('joins', () => {
  it('cannot ask for more nodes than lead to them', () => {
    const join = { policy: 'quorum', count: 3 };
    const ir = {
      nodes: [...echoes('a', 'b'), { id: 'c', type: 'echo', join }],
      edges: edges('a -> c', 'b -> c'),
    };
    expect(expectRepair(ir, 'FC2011').before).toMatchObject({
      path: '/nodes/2/join/count',
      severity: 'error',
    });
  });

  it('warns of a node on the error of a node whose failures count as done', () => {
    const ir = {
      nodes: [{ id: 'a', type: 'echo', on_error: 'continue' }, ...echoes('b')],
      edges: edges('a -error-> b'),
    };
    expect(expectRepair(ir, 'FC2011').before.severity).toBe('warning');
  });
});

describe('concurrent writers', () => {
  const writer = (id: string, depends_on: string[] = []) => ({
    id,
    type: 'echo',
    writes: ['total'],
    depends_on,
  });

  it('are named, and the fix orders them', () => {
    const ir = { nodes: [writer('a'), writer('b')] };
    expect(expectRepair(ir, 'FC3007').after.workflow?.edges).toMatchObject([{ from: 'a', to: 'b' }]);
  });

  it('are not those that are ordered, or of which only one can run', () => {
    expect(
      codesOf(
        check({
          nodes: [writer('a'), ...echoes('x').map((n) => ({ ...n, depends_on: ['a'] })), writer('b', ['x'])],
        }),
      ),
    ).toEqual([]);
    const forked = {
      nodes: [...echoes('f'), writer('a'), writer('b')],
      edges: edges('f -yes-> a', 'f -no-> b'),
    };
    expect(codesOf(check(forked))).toEqual([]);
    const both = { nodes: [...echoes('f'), writer('a'), writer('b')], edges: edges('f -> a', 'f -> b') };
    expect(codesOf(check(both))).toEqual(['FC3007 warning']);
  });
});
