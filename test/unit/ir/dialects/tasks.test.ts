import { describe, expect, it } from 'vitest';
import { readDocument } from './reading.js';

const list = [
  { id: 'fetch', tool: 'echo', dependencies: [], description: 'Get it' },
  {
    id: 'a b/c',
    tool: 'echo',
    dependencies: ['fetch'],
    params: { x: '${fetch}' },
    retry: { max_attempts: 2 },
  },
];

describe('a task list', () => {
  it.each([
    ['bare', list, ''],
    ['under tasks', { id: 'w', max_concurrency: 2, tasks: list }, '/tasks'],
  ])('is lowered: %s', (_, value, root) => {
    const { source, dialect, diagnostics } = readDocument(value);
    expect([dialect, diagnostics]).toEqual(['tasks', []]);
    expect(source?.core.nodes).toMatchObject([
      { id: 'fetch', type: 'echo', purpose: 'Get it', params: {}, depends_on: [] },
      {
        id: 'a b/c',
        type: 'echo',
        params: { x: '${fetch}' },
        depends_on: ['fetch'],
        retry: { max_attempts: 2 },
      },
    ]);
    expect(source?.pointerOf('/nodes/1/depends_on/0')).toBe(`${root}/1/dependencies/0`);
    expect(source?.pointerOf('/nodes/1/type')).toBe(`${root}/1/tool`);
    expect(source?.pointerOf('/nodes/1/params/x')).toBe(`${root}/1/params/x`);
    expect(source?.pointerOf('/nodes/0/purpose')).toBe(`${root}/0/description`);
  });

  it('runs tasks without dependencies at once', () => {
    const { source } = readDocument([
      { id: 'a', tool: 'echo' },
      { id: 'b', tool: 'echo' },
    ]);
    expect(source?.core.nodes.map(({ depends_on }) => depends_on)).toEqual([undefined, undefined]);
  });

  it('has all its problems reported in its own words, and misspelt words read as they were meant', () => {
    const { source, diagnostics } = readDocument([
      { id: 'a', tool: 'echo', depends_on: ['b'] },
      { id: 'b' },
      { id: 3, tool: 'echo' },
      null,
      { id: 'd', tool: 'echo', dependencies: 'a' },
    ]);
    expect(diagnostics.map(({ code, path, hint }) => [code, path, hint])).toEqual([
      ['FC1003', '/0/depends_on', 'Did you mean `dependencies`?'],
      ['FC1005', '/1', 'Add "tool": "echo"'],
      ['FC1004', '/2/id', 'Write "3".'],
      ['FC1004', '/3', 'Write an object.'],
      ['FC1004', '/4/dependencies', 'Write ["a"].'],
    ]);
    expect(diagnostics[1]?.message).toBe('Task `b` has no `tool`.');
    expect(source?.core.nodes.map(({ id, depends_on }) => [id, depends_on])).toEqual([
      ['a', ['b']],
      ['b', undefined],
      ['3', undefined],
      ['d', ['a']],
    ]);
    expect(source?.pointerOf('/nodes/0/depends_on/0')).toBe('/0/depends_on/0');
    expect(source?.pointerOf('/nodes/3')).toBe('/4');
  });

  it('may be empty', () => {
    expect(readDocument([])).toMatchObject({
      dialect: 'tasks',
      source: { core: { nodes: [] } },
      diagnostics: [],
    });
  });
});
