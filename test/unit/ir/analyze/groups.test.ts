import { describe, expect, it } from 'vitest';
import { check, codesOf, echoes, edges, expectRepair, only, valid } from './checking.js';

/** Edges that name a group. */
const forks = (group: string, ...lines: string[]) =>
  edges(...lines).map((edge) => ({ ...edge, parallel_group: group }));

describe('parallel groups', () => {
  it('are the targets of the edges that name them; a branch is all that a member alone leads to', () => {
    const workflow = valid({
      nodes: echoes('start', 'a', 'a2', 'b', 'join'),
      edges: [...forks('g', 'start -> a', 'start -> b'), ...edges('a -> a2', 'a2 -> join', 'b -> join')],
      parallel_groups: { g: { description: 'both at once' } },
    });
    expect(workflow.groups).toEqual([
      {
        id: 'g',
        description: 'both at once',
        fork: 'start',
        onError: null,
        tolerate: null,
        cancel: 'abort',
        maxConcurrency: null,
        branches: [
          { member: 'a', nodes: ['a', 'a2'] },
          { member: 'b', nodes: ['b'] },
        ],
        pointer: '/parallel_groups/g',
      },
    ]);
    expect(workflow.layout.regions.map(({ kind }) => kind)).toEqual(['node', 'group', 'node']);
  });

  it('are named by their nodes as well, and fork from what leads to all of them', () => {
    const member = (id: string) => ({ id, type: 'echo', parallel_group: 1, depends_on: ['start'] });
    const { groups } = valid({ nodes: [...echoes('start'), member('a'), member('b')] });
    expect(groups).toMatchObject([{ id: '1', fork: 'start', pointer: '/nodes/1/parallel_group' }]);
    const apart = { nodes: echoes('a', 'b').map((node) => ({ ...node, parallel_group: 'g' })) };
    expect(valid(apart).groups).toMatchObject([{ fork: null, branches: [{ member: 'a' }, { member: 'b' }] }]);
  });

  it('let a member that waits for another one stand in the branch of that one', () => {
    const { groups } = valid({
      nodes: [
        { id: 'a', type: 'echo', parallel_group: 'g' },
        { id: 'b', type: 'echo', parallel_group: 'g' },
        { id: 'c', type: 'echo', parallel_group: 'g', depends_on: ['a'] },
      ],
    });
    expect(groups[0]?.branches).toEqual([
      { member: 'a', nodes: ['a', 'c'] },
      { member: 'b', nodes: ['b'] },
    ]);
  });

  it('let a member that waits for something outside be a branch all the same', () => {
    const { groups } = valid({
      nodes: echoes('f', 'slow', 'a', 'b'),
      edges: [...forks('g', 'f -> a', 'f -> b'), ...edges('slow -> b')],
    });
    expect(groups[0]?.branches.map(({ nodes }) => nodes)).toEqual([['a'], ['b']]);
  });

  it('nest, and hold loops', () => {
    const workflow = valid({
      nodes: echoes('f', 'a', 'x', 'y', 'b', 'b2'),
      edges: [
        ...forks('outer', 'f -> a', 'f -> b'),
        ...forks('inner', 'a -> x', 'a -> y'),
        ...edges('b -> b2', 'b2 -> b *3'),
      ],
    });
    expect(workflow.layout).toEqual({
      loop: null,
      regions: [
        { kind: 'node', node: 'f' },
        {
          kind: 'group',
          group: 0,
          branches: [
            {
              member: 'a',
              regions: [
                { kind: 'node', node: 'a' },
                {
                  kind: 'group',
                  group: 1,
                  branches: [
                    { member: 'x', regions: [{ kind: 'node', node: 'x' }] },
                    { member: 'y', regions: [{ kind: 'node', node: 'y' }] },
                  ],
                },
              ],
            },
            {
              member: 'b',
              regions: [
                {
                  kind: 'loop',
                  loop: 0,
                  body: {
                    loop: 0,
                    regions: [
                      { kind: 'node', node: 'b' },
                      { kind: 'node', node: 'b2' },
                    ],
                  },
                },
              ],
            },
          ],
        },
      ],
    });
  });

  it('stand in the body of a loop', () => {
    const { layout } = valid({
      nodes: echoes('h', 'a', 'b', 'u'),
      edges: [...forks('g', 'h -> a', 'h -> b'), ...edges('a -> u', 'b -> u', 'u -> h *2')],
    });
    expect(layout.regions).toMatchObject([{ kind: 'loop', body: { regions: [{}, { kind: 'group' }, {}] } }]);
  });

  it('are warned of where their members fork from different nodes', () => {
    const ir = { nodes: echoes('p', 'q', 'a', 'b'), edges: forks('g', 'p -> a', 'q -> b') };
    expect(codesOf(check(ir))).toEqual(['FC2008 warning']);
    expect(valid(ir).groups).toMatchObject([{ fork: null, branches: [{ member: 'a' }, { member: 'b' }] }]);
    const covered = { ...ir, edges: [...forks('g', 'p -> a', 'p -> b', 'q -> b')] };
    expect(codesOf(check(covered))).toEqual([]);
  });

  it('are refused across the border of a loop', () => {
    const ir = {
      nodes: echoes('h', 'u', 'out'),
      edges: [...forks('g', 'h -> u', 'h -done-> out'), ...edges('u -> h *2')],
    };
    expect(only(check(ir), 'FC2008')).toMatchObject({
      severity: 'error',
      message: expect.stringContaining('`u` is in the loop of `h`, `out` is in no loop'),
    });
  });

  it('are refused where they share a member', () => {
    const shared = {
      nodes: echoes('f', 'a', 'b', 'c'),
      edges: [...forks('g', 'f -> a', 'f -> b'), ...forks('h', 'f -yes-> b', 'f -> c')],
    };
    expect(only(check(shared), 'FC2008').message).toContain('`b` is a member of `h` and of `g`');
  });

  it('stand beside each other, with a warning, where one reaches into several branches of another', () => {
    const across = {
      nodes: [
        ...echoes('f', 'a', 'b'),
        { id: 'a2', type: 'echo', parallel_group: 'h', depends_on: ['a'] },
        { id: 'b2', type: 'echo', parallel_group: 'h', depends_on: ['b'] },
      ],
      edges: forks('g', 'f -> a', 'f -> b'),
    };
    const result = check(across);
    expect(only(result, 'FC2008')).toMatchObject({
      severity: 'warning',
      message: expect.stringContaining('not in the same branch of `g`'),
    });
    expect(result.workflow?.groups.map(({ branches }) => branches.map(({ nodes }) => nodes))).toEqual([
      [['a'], ['b']],
      [['a2'], ['b2']],
    ]);
    expect(result.workflow?.layout.regions.map(({ kind }) => kind)).toEqual(['node', 'group', 'group']);
  });

  it('are refused where they nest deeper than the limit', () => {
    const nested = (depth: number) => ({
      nodes: Array.from({ length: depth }, (_, i) => ({
        id: `n${i}`,
        type: 'echo',
        parallel_group: `g${i}`,
        ...(i === 0 ? {} : { depends_on: [`n${i - 1}`] }),
      })),
    });
    expect(check(nested(32)).ok).toBe(true);
    expect(codesOf(check(nested(33)))).toEqual(['FC1006 error']);
    expect(codesOf(check(nested(500)))).toEqual(['FC1006 error']);
    const many = nested(9_000);
    expect(codesOf(check(many))).toEqual(['FC1006 error']);
    expect(codesOf(check({ nodes: many.nodes.reverse() }))).toEqual(['FC1006 error']);
  });

  it('are warned of where options belong to none', () => {
    const ir = {
      nodes: echoes('f', 'a', 'b'),
      edges: forks('analysis', 'f -> a', 'f -> b'),
      parallel_groups: { analisys: { description: 'x' } },
    };
    const { before, after } = expectRepair(ir, 'FC2002');
    expect(before).toMatchObject({ path: '/parallel_groups/analisys', severity: 'warning' });
    expect(after.workflow?.groups[0]?.description).toBe('x');
    expectRepair({ ...ir, parallel_groups: { zzz: {} } }, 'FC2002');
  });

  it('may have any name', () => {
    const ir = {
      nodes: echoes('f', 'a', 'b', 'c'),
      edges: [...forks('__proto__', 'f -> a'), ...forks('constructor', 'f -> b'), ...forks('', 'f -> c')],
    };
    expect(valid(ir).groups.map(({ id, description }) => [id, description])).toEqual([
      ['__proto__', null],
      ['constructor', null],
      ['', null],
    ]);
  });
});
