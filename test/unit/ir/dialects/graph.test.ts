import fastJsonPatch from 'fast-json-patch';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../../../src/ir/diagnostics/diagnostic.js';
import { readDocument } from './reading.js';

const problems = (value: unknown) =>
  readDocument(value).diagnostics.map(({ code, path }) => `${code} ${path}`);
const only = (value: unknown): Diagnostic => {
  const [first, ...more] = readDocument(value).diagnostics;
  if (first === undefined || more.length > 0)
    throw new Error(`not one diagnostic: ${problems(value).join(', ')}`);
  return first;
};
/** What is left of the problems once every fix has been applied. */
const afterFixes = (value: unknown): string[] => {
  const fixes = readDocument(value).diagnostics.flatMap(({ fix }) => fix ?? []);
  return problems(
    fastJsonPatch.applyPatch(structuredClone(value), fixes as fastJsonPatch.Operation[]).newDocument,
  );
};
const node = (more: object = {}) => ({ id: 'a', type: 'echo', ...more });

describe('a graph', () => {
  it('is read as it is written', () => {
    const { source, dialect, diagnostics } = readDocument({
      id: 'w',
      nodes: [node(), node({ id: 'b', depends_on: ['a'] })],
      edges: [{ from: 'a', to: 'b' }],
    });
    expect(dialect).toBe('graph');
    expect(diagnostics).toEqual([]);
    expect(source?.core.nodes.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(source?.core.edges).toEqual([{ from: 'a', to: 'b', action: 'default' }]);
    expect(source?.pointerOf('/nodes/1/depends_on/0')).toBe('/nodes/1/depends_on/0');
    expect(source?.patchable).toBe(true);
  });

  it('does not change the value that it is given', () => {
    const value = { nodes: { a: { typ: 'echo' } }, edges: [{ source: 'a', target: 'a' }] };
    const before = structuredClone(value);
    readDocument(value);
    expect(value).toEqual(before);
  });

  it('may say source and target, and errors point at those words', () => {
    const { source } = readDocument({ nodes: [node()], edges: [{ source: 'a', target: 'b' }] });
    expect(source?.core.edges).toEqual([{ from: 'a', to: 'b', action: 'default' }]);
    expect(source?.pointerOf('/edges/0/from')).toBe('/edges/0/source');
    expect(source?.pointerOf('/edges/0/to')).toBe('/edges/0/target');
    expect(source?.pointerOf('/edges/0/action')).toBe('/edges/0/action');
    expect(problems({ nodes: [node()], edges: [{ source: 1, target: 'a' }] })).toEqual([
      'FC1004 /edges/0/source',
    ]);
    expect(problems({ nodes: [node()], edges: [{ source: 'a', from: 'a', to: 'a' }] })).toEqual([
      'FC1003 /edges/0/source',
    ]);
  });

  it('may name a group by a number, on nodes and on edges', () => {
    const { source } = readDocument({
      nodes: [node({ parallel_group: 1 })],
      edges: [{ from: 'a', to: 'a', parallel_group: 2 }],
    });
    expect(source?.core.nodes[0]?.parallel_group).toBe('1');
    expect(source?.core.edges[0]?.parallel_group).toBe('2');
  });

  it('may give its nodes as a map from id to node', () => {
    const value = { nodes: { 'a/b': { type: 'echo', typo: 1 }, c: { id: 'c', type: 'echo' } }, edges: [] };
    const { source } = readDocument(value);
    expect(source?.core.nodes.map(({ id }) => id)).toEqual(['a/b', 'c']);
    expect(source?.pointerOf('/nodes/0/params/x')).toBe('/nodes/a~1b/params/x');
    expect(source?.pointerOf('/nodes/0/id')).toBe('/nodes/a~1b');
    expect(source?.pointerOf('/nodes/1/id')).toBe('/nodes/c/id');
    expect(source?.patchable).toBe(false);
    expect(problems(value)).toEqual(['FC1003 /nodes/a~1b/typo']);
  });

  it('refuses a node whose id is not its key in the map', () => {
    const value = { nodes: { a: { id: 'b', type: 'echo' } } };
    expect(only(value)).toMatchObject({ code: 'FC1004', path: '/nodes/a/id' });
    expect(afterFixes(value)).toEqual([]);
  });

  it('may be wrapped as pflow saves it', () => {
    const { source, diagnostics } = readDocument({
      name: 'report',
      description: 'd',
      created_at: '2025-01-01',
      ir: { ir_version: '0.1.0', nodes: [node({ tool: 'x' })] },
    });
    expect(source?.core).toMatchObject({ id: 'report', description: 'd', ir_version: '0.1.0' });
    expect(source?.pointerOf('/id')).toBe('/name');
    expect(source?.pointerOf('/nodes/0')).toBe('/ir/nodes/0');
    expect(diagnostics.map(({ path }) => path)).toEqual(['/ir/nodes/0/tool']);
    expect(problems({ name: 'x', irr: 1, ir: { nodes: [] } })).toEqual(['FC1003 /irr']);
  });

  it('keeps a node named __proto__ and leaves all prototypes alone', () => {
    const value: unknown = JSON.parse(
      '{"nodes": {"__proto__": {"type": "echo"}}, "inputs": {"__proto__": {"type": "string"}}}',
    );
    const { source, diagnostics } = readDocument(value);
    expect(diagnostics).toEqual([]);
    expect(source?.core.nodes[0]?.id).toBe('__proto__');
    expect(Object.keys(source?.core.inputs ?? {})).toEqual(['__proto__']);
    expect(Object.hasOwn({}, 'type') || 'type' in {}).toBe(false);
  });

  it.each(['__proto__', 'constructor', 'a.b', '#x', '', 'a/b~c', '\0__proto__'])(
    'points at an input named %j',
    (name) => {
      const value: unknown = JSON.parse(`{"nodes": [], "inputs": {${JSON.stringify(name)}: {"type": 7}}}`);
      const escaped = name.replaceAll('~', '~0').replaceAll('/', '~1');
      expect(problems(value)).toEqual([`FC1004 /inputs/${escaped}/type`]);
    },
  );
});

describe('the problems of a graph', () => {
  it('are reported all at once, each where it stands', () => {
    const value = {
      ir_version: '3',
      max_concurrency: 0,
      nodes: [
        node({ retry: { max_attemps: 3 } }),
        { type: 'echo' },
        { id: 'c' },
        'd',
        node({ id: 'e', timeout: 30, uses: [4], batch_mode: 'x' }),
        node({ id: 'f', join: { policy: 'quorum' } }),
      ],
      edges: [{ from: 'a', to: 'c', colour: 'red' }, { from: 'a' }],
      outputs: { r: 'x' },
    };
    expect(problems(value).sort()).toEqual(
      [
        'FC1007 /ir_version',
        'FC1004 /max_concurrency',
        'FC1003 /nodes/0/retry/max_attemps',
        'FC1005 /nodes/1',
        'FC1005 /nodes/2',
        'FC1004 /nodes/3',
        'FC1004 /nodes/4/timeout',
        'FC1004 /nodes/4/uses/0',
        'FC1004 /nodes/4/batch_mode',
        'FC1005 /nodes/5/join',
        'FC1003 /edges/0/colour',
        'FC1005 /edges/1',
        'FC1004 /outputs/r',
      ].sort(),
    );
  });

  it('do not keep the rest from being read, and pointers still lead to where things stand', () => {
    const { source } = readDocument({
      nodes: [{ type: 'echo' }, node({ depends_on: [null, 'b'] }), 7, { id: 'b', params: { x: 1 } }],
      edges: [{ from: 'a' }, { from: 'a', to: 'b' }],
    });
    expect(source?.core.nodes).toEqual([
      { id: 'a', type: 'echo', params: {}, depends_on: ['b'] },
      { id: 'b', type: 'echo', params: {} },
    ]);
    expect(source?.pointerOf('/nodes/0/depends_on/0')).toBe('/nodes/1/depends_on/1');
    expect(source?.pointerOf('/nodes/1')).toBe('/nodes/3');
    expect(source?.pointerOf('/edges/0/to')).toBe('/edges/1/to');
  });

  it('leave nothing where the nodes themselves cannot be read', () => {
    expect(readDocument({ nodes: 'a' })).toMatchObject({ source: null, dialect: 'graph' });
    expect(only({ edges: [] })).toMatchObject({
      code: 'FC1005',
      path: '',
      message: 'The workflow has no `nodes`.',
    });
  });

  it.each([
    ['a misspelt key', { nodes: [node({ purpos: 'x' })] }],
    ['a key in camel case', { nodes: [node({ dependsOn: [] })] }],
    ['another system’s word for a key', { nodes: [{ id: 'a', tool: 'echo' }] }],
    ['a misspelt word', { nodes: [node({ on_error: 'continu' })] }],
    ['a number in quotes', { nodes: [], max_concurrency: '4' }],
    ['a truth value in quotes', { nodes: [node({ stream: 'true' })] }],
    ['one name instead of a list', { nodes: [node({ depends_on: 'b' })] }],
    ['a number for an id', { nodes: [node({ id: 1 })] }],
    ['a misspelt list of nodes', { node: [node()] }],
    ['too many attempts', { nodes: [node({ retry: { max_attempts: 101 } })] }],
    ['two at once', { nodes: [{ id: 'a', kind: 'echo', purpos: 'x' }] }],
  ])('are repaired by their fixes: %s', (_, value) => {
    expect(problems(value)).not.toEqual([]);
    expect(afterFixes(value)).toEqual([]);
  });

  it('offer no fix that would overwrite what is there', () => {
    expect(only({ nodes: [node({ typ: 'x' })] }).fix).toBe(undefined);
  });

  it('name the thing and say what to type', () => {
    expect(only({ nodes: [node({ retry: { max_attempts: 3, backof: 1 } })] })).toEqual({
      code: 'FC1003',
      severity: 'error',
      path: '/nodes/0/retry/backof',
      message: 'Node `a` has an unknown key `backof` in `retry`.',
      hint: 'Did you mean `backoff`?',
      fix: [{ op: 'move', from: '/nodes/0/retry/backof', path: '/nodes/0/retry/backoff' }],
    });
    expect(only({ nodes: [node({ timeout: 30 })] })).toMatchObject({
      message: 'Node `a`: `timeout` must be an object, not 30.',
      hint: 'Write an object, such as "timeout": { "attempt_ms": 30000 }',
    });
    expect(only({ nodes: [node({ url: 'x' })] }).hint).toContain(
      'Put parameters of the node type into "params".',
    );
    expect(only({ nodes: [], edges: [{ from: 'a', to: 'b', max_iterations: 0 }] }).message).toBe(
      'Edge `a` -> `b`: `max_iterations` must be at least 1, not 0.',
    );
    expect(only({ nodes: [], ir_version: '1.0' })).toMatchObject({ code: 'FC1007', path: '/ir_version' });
    expect(only({ nodes: [node({ retry: { max_attempts: 3, backoff: {} } })] }).message).toBe(
      'Node `a`: `retry.backoff` must be a number, "exponential", "fixed" or "constant", not an object.',
    );
    expect(only({ nodes: [node({ join: { policy: 'quorum' } })] })).toMatchObject({
      code: 'FC1005',
      hint: 'Say how many must succeed: "count": 2.',
    });
  });

  it('cut names of megabytes short', () => {
    const diagnostic = only({ nodes: [node({ id: 'x'.repeat(1_000_000), typ: 1 })] });
    expect(diagnostic.message.length + diagnostic.hint.length).toBeLessThan(2_000);
  });
});
