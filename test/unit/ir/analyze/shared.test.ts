import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/ir/json.js';
import { applyFix, check, codesOf, echoes, expectRepair, only, TYPES, valid } from './checking.js';

const echo = (id: string, more: object) => ({ id, type: 'echo', ...more });

describe('resources', () => {
  it('that are named twice in a list are used twice', () => {
    const ir = {
      nodes: [echo('a', { uses: ['r', 's', 'r'] })],
      resources: { r: { capacity: 2 }, s: { capacity: 1 } },
    };
    expect(valid(ir).nodes[0]?.uses).toEqual([
      { resource: 'r', amount: 2 },
      { resource: 's', amount: 1 },
    ]);
  });

  const using = (
    uses: unknown,
    resources: JsonObject = { llm: { capacity: 3 }, gpu: { capacity: 'auto' } },
  ) => ({
    nodes: [echo('a', { uses })],
    resources,
  });

  it('are passed on, and what a node uses of them', () => {
    const { resources, nodes } = valid({
      ...using(['api', 'gpu']),
      resources: { api: { concurrency: 2, rate: { limit: 60, per_ms: 1000 } }, gpu: { capacity: 'auto' } },
    });
    expect(resources).toEqual([
      {
        name: 'api',
        concurrency: 2,
        capacity: null,
        rate: { limit: 60, perMs: 1000 },
        pointer: '/resources/api',
      },
      { name: 'gpu', concurrency: null, capacity: 'auto', rate: null, pointer: '/resources/gpu' },
    ]);
    expect(nodes[0]?.uses).toEqual([
      { resource: 'api', amount: 1 },
      { resource: 'gpu', amount: 1 },
    ]);
  });

  it.each([
    ['a list', ['lm', 'gpu']],
    ['amounts', { lm: 2, gpu: 1 }],
  ])('are suggested where their name is misspelt in %s', (_, uses) => {
    const { before, after } = expectRepair(using(uses), 'FC4003');
    expect(before).toMatchObject({ path: '/nodes/0/uses', severity: 'error', hint: 'Did you mean `llm`?' });
    expect(after.workflow?.nodes[0]?.uses.map(({ resource }) => resource)).toEqual(['llm', 'gpu']);
  });

  it('have to be declared, by the workflow or by whoever runs it', () => {
    const { hint } = only(check({ nodes: [echo('a', { uses: ['database'] })] }), 'FC4003');
    expect(hint).toContain('"resources": { "database"');
    const registered = { nodeTypes: TYPES, resources: new Set(['database']) };
    expect(codesOf(check({ nodes: [echo('a', { uses: { database: 5 } })] }, registered))).toEqual([]);
    expect(only(check({ nodes: [echo('a', { uses: ['databse'] })] }, registered), 'FC4003').hint).toBe(
      'Did you mean `database`?',
    );
  });

  it('cannot be used beyond what there ever is', () => {
    expect(expectRepair(using({ llm: 4 }), 'FC4003').after.workflow?.nodes[0]?.uses).toEqual([
      { resource: 'llm', amount: 3 },
    ]);
    const rated = using(
      { api: 4, gpu: 99 },
      {
        api: { capacity: 9, rate: { limit: 2, per_ms: 1 } },
        gpu: { capacity: 'auto' },
      },
    );
    expect(expectRepair(rated, 'FC4003').before.message).toContain('never more than 2 (its `rate.limit`)');
  });

  it('count amounts for capacity and rate alone', () => {
    const ir = using({ door: 2 }, { door: { concurrency: 1 } });
    expect(expectRepair(ir, 'FC4003').before.severity).toBe('warning');
  });

  it('bound something', () => {
    const ir = using({ r: 1 }, { r: {} });
    expect(only(check(ir), 'FC4003')).toMatchObject({ path: '/resources/r', severity: 'warning' });
  });

  it('may be called __proto__', () => {
    const ir: unknown = JSON.parse(
      '{"nodes": [{"id": "a", "type": "echo", "uses": {"__proto__": 1}}, {"id": "b", "type": "echo", "uses": ["__proto__"]}], "resources": {"__proto__": {"capacity": 1}}}',
    );
    const { nodes, resources } = valid(ir);
    expect(resources.map(({ name }) => name)).toEqual(['__proto__']);
    expect(nodes.map(({ uses }) => uses)).toEqual([1, 2].map(() => [{ resource: '__proto__', amount: 1 }]));
    expect(codesOf(check({ nodes: [echo('a', { uses: ['constructor'] })], resources: {} }))).toEqual([
      'FC4003 error',
    ]);
  });
});

describe('state', () => {
  it('is passed on with what each key begins with', () => {
    const reducers = ['replace', 'append', 'concat', 'unique', 'merge', 'deep', 'sum', 'min', 'max'];
    const keys = Object.fromEntries(reducers.map((reducer) => [reducer, { reducer }]));
    const { state } = valid({ nodes: echoes('a'), state: { plain: {}, ...keys } });
    expect(state.map(({ name, reducer, default: value }) => [name, reducer, value])).toEqual([
      ['plain', 'replace', null],
      ['replace', 'replace', null],
      ['append', 'append', []],
      ['concat', 'concat', []],
      ['unique', 'unique', []],
      ['merge', 'merge', {}],
      ['deep', 'deep', {}],
      ['sum', 'sum', 0],
      ['min', 'min', null],
      ['max', 'max', null],
    ]);
    const said = valid({ nodes: echoes('a'), state: { n: { schema: { type: 'number' }, default: 3 } } });
    expect(said.state).toEqual([
      { name: 'n', reducer: 'replace', schema: { type: 'number' }, default: 3, pointer: '/state/n' },
    ]);
  });

  it('is read and written under keys that are declared', () => {
    const ir = (more: object) => ({ nodes: [echo('a', more)], state: { total: { reducer: 'sum' } } });
    expect(expectRepair(ir({ reads: ['totl'] }), 'FC3002').before).toMatchObject({
      path: '/nodes/0/reads/0',
    });
    expect(expectRepair(ir({ writes: ['total', 'Total'] }), 'FC3002').before).toMatchObject({
      path: '/nodes/0/writes/1',
      hint: 'Did you mean `total`?',
    });
    const { after } = expectRepair(ir({ writes: ['log'] }), 'FC3002');
    expect(after.workflow?.state.map(({ name }) => name)).toEqual(['total', 'log']);
    // Without declared keys they are labels.
    expect(codesOf(check({ nodes: [echo('a', { reads: ['x'], writes: ['y'] })] }))).toEqual([]);
  });

  it('is named in templates by keys that are declared', () => {
    const ir = (value: unknown, more: object = {}) => ({
      nodes: [echo('a', { params: { value } })],
      state: { total: {}, 'a b': {} },
      ...more,
    });
    expect(expectRepair(ir('sum ${state.totl.x}'), 'FC3002').before).toMatchObject({
      message: '`${state.totl.x}` names the state key `totl`, which is not declared.',
      fix: [{ op: 'replace', path: '/nodes/0/params/value', value: 'sum ${state.total.x}' }],
    });
    expect(only(check(ir('${state}')), 'FC3002').hint).toBe(
      'Name one of the keys of the state: `total` and `a b`.',
    );
    expect(only(check(ir('${state.x}', { state: {} })), 'FC3002').hint).toBe(
      'Declare the key: "state": {"x": {}}.',
    );
    const outputs = { r: { source: '${state.totl}' } };
    expect(expectRepair(ir(1, { outputs }), 'FC3005').before.hint).toBe('Did you mean `total`?');
    expect(only(check({ nodes: [echo('a', { params: { value: '${state.x}' } })] }), 'FC3002').hint).toContain(
      '`state`',
    );
  });

  it('counts as read where a template, a condition or an edge of the node names it', () => {
    const { nodes } = valid({
      nodes: [
        echo('a', { reads: ['r'], when: 'state.w == null', params: { value: '${state.p} ${state["a b"]}' } }),
        echo('b', { writes: ['p', 'p'] }),
      ],
      edges: [{ from: 'a', to: 'b', when: '${state.e} == 1' }],
      state: { r: {}, w: {}, p: {}, e: {}, 'a b': {} },
    });
    expect(nodes.map(({ reads, writes }) => [reads, writes])).toEqual([
      [['r', 'p', 'a b', 'w', 'e'], []],
      [[], ['p']],
    ]);
  });

  it('says which reducers there are', () => {
    const ir = { nodes: echoes('a'), state: { k: { reducer: 'appnd' } } };
    expect(expectRepair(ir, 'FC1004').after.workflow?.state[0]?.reducer).toBe('append');
  });

  it.each<[JsonObject, string, string]>([
    [{ schema: { type: 'string', pattern: '(a+)+$' } }, 'FC3011', '/state/k/schema/pattern'],
    [{ schema: { type: 'text' } }, 'FC3011', '/state/k/schema/type'],
    [{ schema: { type: 'number' }, default: 'x' }, 'FC1004', '/state/k/default'],
    [{ reducer: 'append', default: {} }, 'FC1004', '/state/k/default'],
    [{ reducer: 'sum', default: null }, 'FC1004', '/state/k/default'],
  ])('is refused as %j', (k, code, path) => {
    expect(check({ nodes: echoes('a'), state: { k } }).diagnostics).toMatchObject([
      { code, path, severity: 'error' },
    ]);
  });

  it('may begin with a text that others are put behind', () => {
    expect(codesOf(check({ nodes: echoes('a'), state: { k: { reducer: 'concat', default: '' } } }))).toEqual(
      [],
    );
  });

  it.each<[string, JsonObject, string[], unknown, string]>([
    ['of no form that the schema has', { k: { schema: { type: 'integer' } } }, ['k'], 'x', 'fit its schema'],
    ['of no kind that the reducer takes', { k: { reducer: 'sum' } }, ['k'], '1', 'takes a number'],
    ['without the field of a key', { k: {}, n: {} }, ['k', 'n'], { k: 1 }, 'has no field `n`'],
    ['no object, for several keys', { k: {}, n: {} }, ['k', 'n'], 1, 'is no object with the fields'],
  ])('refuses a fallback %s', (_what, state, writes, fallback, message) => {
    const before = only(check({ nodes: [echo('a', { writes, fallback })], state }), 'FC1004');
    expect(before).toMatchObject({ severity: 'error', path: '/nodes/0/fallback' });
    expect(before.message).toContain(message);
  });

  it('takes a fallback that can be written', () => {
    const state = { k: { schema: { type: 'integer' } }, list: { reducer: 'append' } };
    const takes = (writes: string[], fallback: unknown) =>
      expect(codesOf(check({ nodes: [echo('a', { writes, fallback })], state }))).toEqual([]);
    takes(['k'], 1);
    takes(['k', 'list'], { k: 1, list: null });
    takes(['list'], 'x');
  });

  it('takes writers that run at once where a reducer puts them together', () => {
    const ir = (k: JsonObject) => ({
      nodes: [echo('a', { writes: ['k'] }), echo('b', { writes: ['k'] })],
      state: { k },
    });
    expect(codesOf(check(ir({ reducer: 'sum' })))).toEqual([]);
    const { before } = expectRepair(ir({}), 'FC3007');
    expect(before.severity).toBe('warning');
    expect(before.hint).toContain('give `k` a `reducer`');
  });

  it('may have keys such as __proto__', () => {
    const ir: unknown = JSON.parse(
      '{"nodes": [{"id": "a", "type": "echo", "params": {"value": "${state.__proto__}"}, "writes": ["__proto__"]}], "state": {"__proto__": {}}}',
    );
    expect(valid(ir).state.map(({ name }) => name)).toEqual(['__proto__']);
    const missing = { nodes: [echo('a', { writes: ['toString'] })], state: {} };
    expect(only(check(missing), 'FC3002').path).toBe('/nodes/0/writes/0');
    expect(check(applyFix(missing, only(check(missing), 'FC3002'))).ok).toBe(true);
  });
});
