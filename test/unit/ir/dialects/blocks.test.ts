import { describe, expect, it } from 'vitest';
import { readDocument } from './reading.js';

const node = (id: string) => ({ id, type: 'echo' });
const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map(node);
const read = (value: unknown) => {
  const { source, dialect, diagnostics } = readDocument(value);
  expect([dialect, diagnostics]).toEqual(['blocks', []]);
  if (source === null) throw new Error('nothing was read');
  return source;
};
/** `a>b` for an edge, `a>b:g` for one of the group g. */
const edges = (value: unknown) =>
  read(value)
    .core.edges.map(
      ({ from, to, parallel_group: group }) => `${from}>${to}${group === undefined ? '' : `:${group}`}`,
    )
    .sort();
const groupsOfNodes = (value: unknown) =>
  Object.fromEntries(
    read(value).core.nodes.flatMap(({ id, parallel_group: group }) =>
      group === undefined ? [] : [[id, group]],
    ),
  );

describe('blocks', () => {
  it('a pipeline is a chain', () => {
    expect(edges({ pipeline: [a, b, c] })).toEqual(['a>b', 'b>c']);
  });

  it('a parallel block is a group that forks and joins', () => {
    const value = { id: 'w', pipeline: [a, { parallel: [b, c], on_error: 'fail_safe' }, d] };
    expect(edges(value)).toEqual(['a>b:parallel_1', 'a>c:parallel_1', 'b>d', 'c>d']);
    expect(read(value).core).toMatchObject({
      id: 'w',
      parallel_groups: { parallel_1: { on_error: 'fail_safe' } },
    });
  });

  it('a branch may be a pipeline, nested any way', () => {
    expect(edges({ pipeline: [a, { parallel: [b, { pipeline: [c, { parallel: [d, e] }] }] }] })).toEqual([
      'a>b:parallel_1',
      'a>c:parallel_1',
      'c>d:parallel_2',
      'c>e:parallel_2',
    ]);
  });

  it('a pipeline may begin with a parallel block, whose nodes then name the group', () => {
    const value = { pipeline: [{ parallel: [a, b] }, c] };
    expect(edges(value)).toEqual(['a>c', 'b>c']);
    expect(groupsOfNodes(value)).toEqual({ a: 'parallel_1', b: 'parallel_1' });
  });

  it('a parallel block may follow another', () => {
    const value = { pipeline: [{ parallel: [a, b] }, { parallel: [c, d] }] };
    expect(edges(value)).toEqual(['a>c', 'a>d', 'b>c', 'b>d']);
    expect(groupsOfNodes(value)).toEqual({
      a: 'parallel_1',
      b: 'parallel_1',
      c: 'parallel_2',
      d: 'parallel_2',
    });
  });

  it('a parallel block may stand at the top, or be empty', () => {
    expect(groupsOfNodes({ parallel: [a, b] })).toEqual({ a: 'parallel_1', b: 'parallel_1' });
    expect(edges({ pipeline: [a, { parallel: [] }, { pipeline: [] }, b] })).toEqual(['a>b']);
  });

  it('parallel blocks directly in each other are one group where nothing tells them apart', () => {
    expect(edges({ pipeline: [a, { parallel: [b, { parallel: [c, d] }] }] })).toEqual([
      'a>b:parallel_1',
      'a>c:parallel_1',
      'a>d:parallel_1',
    ]);
  });

  it('a group keeps the name that its author gave it, and no other gets that name', () => {
    const value = {
      pipeline: [a, { parallel: [b] }, { parallel: [c], id: 'parallel_1' }, { parallel: [d], id: 'x' }],
    };
    expect(edges(value)).toEqual(['a>b:parallel_2', 'b>c:parallel_1', 'c>d:x']);
  });

  it('edges and options of groups may be written besides', () => {
    const source = read({
      pipeline: [a, { parallel: [b, c], id: 'g', cancel: 'drain' }],
      edges: [{ from: 'c', to: 'a', max_iterations: 2 }],
      parallel_groups: { g: { description: 'd' } },
    });
    expect(source.core.parallel_groups).toEqual({ g: { description: 'd', cancel: 'drain' } });
    expect(source.core.edges.at(-1)).toMatchObject({ from: 'c', to: 'a' });
    expect(source.pointerOf('/edges/2/to')).toBe('/edges/0/to');
    expect(source.pointerOf('/parallel_groups/g/description')).toBe('/parallel_groups/g/description');
    expect(source.pointerOf('/parallel_groups/g/cancel')).toBe('/pipeline/1/cancel');
  });

  it('point at where nodes stand', () => {
    const source = read({ pipeline: [a, { parallel: [b, { pipeline: [c] }], on_error: 'fail_safe' }] });
    expect(source.pointerOf('/nodes/2/params/x')).toBe('/pipeline/1/parallel/1/pipeline/0/params/x');
    expect(source.pointerOf('/edges/0/from')).toBe('/pipeline/1');
    expect(source.pointerOf('/parallel_groups/parallel_1/on_error')).toBe('/pipeline/1/on_error');
  });

  it('have all their problems reported where they stand', () => {
    const { source, diagnostics } = readDocument({
      pipeline: [
        { ...node('a'), typ: 1 },
        { parallel: 'b' },
        { parallel: [{ type: 'echo' }, 7, c], on_eror: 'x' },
        { pipeline: [d], on_error: 'x' },
        { parallel: [e], id: 5 },
      ],
    });
    expect(diagnostics.map(({ code, path }) => `${code} ${path}`).sort()).toEqual(
      [
        'FC1003 /pipeline/0/typ',
        'FC1004 /pipeline/1/parallel',
        'FC1005 /pipeline/2/parallel/0',
        'FC1004 /pipeline/2/parallel/1',
        'FC1003 /pipeline/2/on_eror',
        // Read as the "on_error" that was meant, and still pointed at as it was written.
        'FC1004 /pipeline/2/on_eror',
        'FC1003 /pipeline/3/on_error',
        'FC1004 /pipeline/4/id',
      ].sort(),
    );
    expect(source?.core.nodes.map(({ id }) => id)).toEqual(['a', 'c', 'd', 'e']);
    expect(source?.core.edges.map(({ from, to }) => `${from}>${to}`)).toEqual(['a>c', 'c>d', 'd>e']);
  });

  it('say so where a group’s options could not reach a branch', () => {
    const { diagnostics } = readDocument({
      pipeline: [a, { parallel: [{ pipeline: [{ parallel: [b, c] }, d] }, e], cancel: 'drain' }],
    });
    expect(diagnostics).toMatchObject([{ code: 'FC4001', path: '/pipeline/1' }]);
  });
});
