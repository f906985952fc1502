import { describe, expect, it } from 'vitest';
import { isChecked } from '../../../../src/ir/checked.js';
import { applyFix, check, codesOf, echoes, edges, expectRepair, only, TYPES, valid } from './checking.js';

const AT = '/nodes/0/params/inline';
const sub = (params: unknown, id = 's') => ({ id, type: 'workflow', params });
const ofOne = (params: unknown) => ({ nodes: [sub(params)] });

describe('an inline workflow', () => {
  it('is checked, with its places in the outer document', () => {
    const inline = {
      inputs: { q: {} },
      nodes: [{ id: 'a', type: 'echo', params: { value: '${q}' }, when: '${q} == 1' }, ...echoes('b')],
      edges: edges('a -> b'),
      outputs: { r: { source: '${b}' } },
    };
    const outer = valid({ nodes: [...echoes('a'), sub({ inline, inputs: { q: '${a}' } })] });
    const inner = outer.nodes[1]?.inline;
    if (!inner) throw new Error('There is no inner workflow.');
    const at = '/nodes/1/params/inline';
    expect(inner.nodes.map(({ id, pointer }) => [id, pointer])).toEqual([
      ['a', `${at}/nodes/0`],
      ['b', `${at}/nodes/1`],
    ]);
    expect(inner.nodes[0]).toMatchObject({
      params: { references: [{ pointer: `${at}/nodes/0/params/value` }] },
      when: { program: { pointer: `${at}/nodes/0/when` } },
    });
    expect(inner.edges[0]).toMatchObject({ pointer: `${at}/edges/0`, whenPointer: `${at}/edges/0/when` });
    expect(inner.inputsPointer).toBe(`${at}/inputs`);
    expect(isChecked(inner)).toBe(true);
    // What it is given is the outer workflow's, the rest is its own.
    expect(outer.nodes[1]?.params.source).toEqual({ inputs: { q: '${a}' } });
    expect(outer.edges).toMatchObject([{ from: 'a', to: 's', origin: 'template' }]);
  });

  it('knows nothing of the names around it', () => {
    const inline = { nodes: [{ id: 'x', type: 'echo', params: { value: '${outer}' } }] };
    const ir = { nodes: [sub({ inline }), ...echoes('outer')] };
    expect(only(check(ir), 'FC3002').path).toBe(`${AT}/nodes/0/params/value`);
    expect(check(ir).ok).toBe(false);
  });

  it('has its problems repaired in place', () => {
    const misspelt = { nodes: [{ id: 'analyze', type: 'ecko' }], edgs: [] };
    const { diagnostics } = check(ofOne({ inline: misspelt }));
    expect(diagnostics.map(({ code, path }) => `${code} ${path}`)).toEqual([
      `FC2003 ${AT}/nodes/0/type`,
      `FC1003 ${AT}/edgs`,
    ]);
    const repaired = diagnostics.reduce<unknown>(
      (ir, diagnostic) => applyFix(ir, diagnostic),
      ofOne({ inline: misspelt }),
    );
    expect(check(repaired).diagnostics).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['a task list', [{ id: 'a', tool: 'ecko', dependencies: [] }], '/0/tool'],
    ['a step plan', { steps: [{ step_id: 'a', tool: 'ecko' }] }, '/steps/0/tool'],
    ['blocks', { pipeline: [{ id: 'a', type: 'ecko' }] }, '/pipeline/0/type'],
    ['a saved file', { name: 'w', ir: { nodes: [{ id: 'a', type: 'ecko' }] } }, '/ir/nodes/0/type'],
  ])('may be written as %s', (_, inline, place) => {
    const wrong = check(ofOne({ inline }));
    expect(only(wrong, 'FC2003').path).toBe(AT + place);
    const right = JSON.parse(JSON.stringify(inline).replace('ecko', 'echo'));
    expect(valid(ofOne({ inline: right })).nodes[0]?.inline?.nodes).toMatchObject([
      { id: 'a', type: 'echo' },
    ]);
  });

  it('keeps its own references where the outer one is a step plan', () => {
    const inline = { nodes: [{ id: 'a', type: 'echo', params: { value: 'steps.x.out' } }] };
    const plan = (tool: string) => ({
      steps: [
        { step_id: 'x', tool: 'echo', output_name: 'out' },
        { step_id: 's', tool, depends_on: [], input_mapping: { inline, inputs: {} } },
      ],
    });
    const { nodes, edges: found } = valid(plan('workflow'));
    expect(nodes[1]?.inline?.nodes[0]).toMatchObject({
      params: { source: { value: 'steps.x.out' } },
      paramsPointer: '/steps/1/input_mapping/inline/nodes/0/params',
    });
    expect(found).toEqual([]);
  });

  it('is given what it needs, and nothing else', () => {
    const inline = { inputs: { query: {}, mode: { default: 'fast' } }, nodes: echoes('a') };
    expect(codesOf(check(ofOne({ inline, inputs: { query: 1 } })))).toEqual([]);
    expect(only(check(ofOne({ inline })), 'FC3009')).toMatchObject({
      path: '/nodes/0/params/inputs',
      message: expect.stringContaining('needs the input `query`'),
    });
    const misspelt = ofOne({ inline, inputs: { query: 1, mod: 2 } });
    expect(expectRepair(misspelt, 'FC3009').before.hint).toBe('Did you mean `mode`?');
    const unknown = ofOne({ inline, inputs: { query: 1, constructor: 2 } });
    expect(expectRepair(unknown, 'FC3009').before.fix).toEqual([
      { op: 'remove', path: '/nodes/0/params/inputs/constructor' },
    ]);
    // What a template will put in is not known yet.
    const filledIn = { inputs: { all: {} }, nodes: [sub({ inline, inputs: '${all}' })] };
    expect(codesOf(check(filledIn))).toEqual([]);
  });

  it('may hold others, but not too deep', () => {
    const nested = (levels: number): object =>
      levels === 0 ? { nodes: echoes('leaf') } : { nodes: [sub({ inline: nested(levels - 1) })] };
    const options = { nodeTypes: TYPES, limits: { subWorkflows: 3 } };
    const deepest = valid(nested(3), options).nodes[0]?.inline?.nodes[0]?.inline?.nodes[0]?.inline;
    expect(deepest?.nodes[0]?.pointer).toBe(`${AT}${AT}${AT}/nodes/0`);
    const { path, severity } = only(check(nested(4), options), 'FC1006');
    expect([path, severity]).toEqual([AT.repeat(4), 'error']);
  });

  it('changes the hash of the workflow around it', () => {
    const [one, two] = ['a', 'b'].map((id) => valid(ofOne({ inline: { nodes: echoes(id) } })).hash);
    expect(one).not.toBe(two);
  });
});

describe('a sub-workflow', () => {
  const workflows = new Set(['summarize', 'translate']);

  it('is one that is registered', () => {
    const options = { nodeTypes: TYPES, workflows };
    expect(codesOf(check(ofOne({ ref: 'translate', inputs: { text: 'x' } }), options))).toEqual([]);
    const misspelt = ofOne({ ref: 'sumarize' });
    const diagnostic = only(check(misspelt, options), 'FC2012');
    expect(diagnostic).toMatchObject({ path: '/nodes/0/params/ref', hint: 'Did you mean `summarize`?' });
    expect(codesOf(check(applyFix(misspelt, diagnostic), options))).toEqual([]);
    // Without the names nothing can be said; neither of one that is worked out in the run.
    expect(codesOf(check(misspelt))).toEqual([]);
    expect(codesOf(check({ inputs: { w: {} }, nodes: [sub({ ref: '${w}' })] }, options))).toEqual([]);
    expect(only(check(ofOne({ ref: 'x' }), { workflows: new Set() }), 'FC2012').hint).toContain('"inline"');
  });

  it('is given by ref or inline', () => {
    expect(only(check(ofOne({})), 'FC3009').message).toContain('neither');
    const both = ofOne({ ref: 'x', inline: { nodes: echoes('a') } });
    expect(expectRepair(both, 'FC3009').after.workflow?.nodes[0]?.inline?.nodes).toHaveLength(1);
  });

  it.each([
    [{ ref: 3 }, '/nodes/0/params/ref'],
    [{ inline: '${a}' }, '/nodes/0/params/inline'],
    [{ ref: 'x', inputs: [] }, '/nodes/0/params/inputs'],
  ])('is refused as %j', (params, path) => {
    expect(only(check(ofOne(params)), 'FC3009').path).toBe(path);
  });

  it('takes no other parameters', () => {
    expect(expectRepair(ofOne({ inptus: {}, inline: { nodes: echoes('a') } }), 'FC3009').before.hint).toBe(
      'Did you mean `inputs`?',
    );
  });

  it('is suggested as a type', () => {
    expect(only(check({ nodes: [{ id: 's', type: 'workflw' }] }), 'FC2003').hint).toBe(
      'Did you mean `workflow`?',
    );
  });
});

describe('a wait node', () => {
  const wait = (params: object, more: object = {}) => ({
    nodes: [{ id: 'w', type: 'wait', params, ...more }],
  });

  it('takes its timeout from its parameters where it has no other', () => {
    const of = (ir: unknown) =>
      valid(ir).nodes.map(({ attemptTimeoutMs, timeoutPointer }) => [attemptTimeoutMs, timeoutPointer]);
    expect(of(wait({ event: 'go', timeout_ms: 50 }))).toEqual([[50, '/nodes/0/params/timeout_ms']]);
    expect(of(wait({ event: 'go', timeout_ms: 50 }, { timeout: { attempt_ms: 9 } }))).toEqual([
      [9, '/nodes/0/timeout'],
    ]);
    expect(of(wait({ event: 'go' }))).toEqual([[null, '/nodes/0/timeout']]);
    // A timeout is part of the chart.
    expect(
      only(check({ ...wait({ event: 'go', timeout_ms: '${ms}' }), inputs: { ms: {} } }), 'FC3009'),
    ).toMatchObject({ path: '/nodes/0/params/timeout_ms', severity: 'error' });
  });

  it('has a schema that can be used', () => {
    expect(
      only(check(wait({ event: 'go', schema: { type: 'string', pattern: 'x' } })), 'FC3011'),
    ).toMatchObject({
      path: '/nodes/0/params/schema/pattern',
      severity: 'error',
    });
    expect(codesOf(check(wait({ event: 'go', schema: { type: 'object', required: ['ok'] } })))).toEqual([]);
    const filledIn = { ...wait({ event: 'go', schema: { const: '${w}' } }), inputs: { w: {} } };
    expect(codesOf(check(filledIn)).filter((code) => code.startsWith('FC3011'))).toEqual([]);
  });
});
