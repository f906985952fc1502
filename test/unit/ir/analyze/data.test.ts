import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { check, codesOf, echoes, edges, expectRepair, only, TYPES, valid } from './checking.js';

const echo = (id: string, value: unknown, more: object = {}) => ({
  id,
  type: 'echo',
  params: { value },
  ...more,
});

describe('names in templates', () => {
  it('are nodes, inputs and inputs.name', () => {
    const ir = {
      inputs: { q: {} },
      nodes: [...echoes('a'), echo('b', '${a} ${q} ${inputs.q} ${inputs}')],
      edges: edges('a -> b'),
    };
    expect(codesOf(check(ir))).toEqual([]);
  });

  it('are suggested where they are unknown, and replaced by the fix', () => {
    const ir = { nodes: [...echoes('analyze'), echo('b', { deep: ['x ${analyse.rows} $${analyse.rows}'] })] };
    const { before, after } = expectRepair(ir, 'FC3002');
    expect(before).toMatchObject({ path: '/nodes/1/params/value/deep/0', hint: 'Did you mean `analyze`?' });
    expect(before.fix).toEqual([
      { op: 'replace', path: '/nodes/1/params/value/deep/0', value: 'x ${analyze.rows} $${analyse.rows}' },
    ]);
    expect(after.workflow?.edges).toMatchObject([{ from: 'analyze', to: 'b', origin: 'template' }]);
  });

  it('are put right together where several in one string are wrong', () => {
    const ir = { nodes: [...echoes('first', 'second'), echo('b', '${frst} and ${secnd}')] };
    const found = check(ir).diagnostics.filter(({ code }) => code === 'FC3002');
    expect(found.map(({ fix }) => fix)).toEqual(
      [0, 1].map(() => [{ op: 'replace', path: '/nodes/2/params/value', value: '${first} and ${second}' }]),
    );
  });

  it('are suggested after inputs. too', () => {
    const ir = { inputs: { query: {} }, nodes: [echo('b', '${inputs.qery}')] };
    expect(expectRepair(ir, 'FC3002').before.message).toContain('the input `qery`');
  });

  it('are suggested in conditions, with braces and without', () => {
    for (const when of ['analyse.score > 0.5', '${analyse.score} > 0.5']) {
      const ir = {
        nodes: [...echoes('analyze'), { id: 'b', type: 'echo', when }],
        edges: edges('analyze -> b'),
      };
      const { before } = expectRepair(ir, 'FC3002');
      expect(before).toMatchObject({
        path: '/nodes/1/when',
        fix: [{ value: when.replace('analyse', 'analyze') }],
      });
    }
  });

  it('may be item and __index__ only inside of a batch', () => {
    expect(only(check({ nodes: [echo('a', '${item}')] }), 'FC3002').hint).toContain('`batch`');
    const batch = { items: [1], as: 'row' };
    expect(codesOf(check({ nodes: [echo('a', '${row} ${__index__}', { batch })] }))).toEqual([]);
    const when = { nodes: [echo('a', 1, { batch, when: '${row} == 1' })] };
    expect(only(check(when), 'FC3002').path).toBe('/nodes/0/when');
  });

  it('mean the node where an input has the same name, with a warning', () => {
    const ir = { inputs: { a: {} }, nodes: [...echoes('a'), echo('b', '${a}')] };
    expect(codesOf(check(ir))).toEqual(['FC3006 warning', 'FC3004 info']);
  });

  it('may be any text, such as __proto__, constructor, a.b, #x and the empty string', () => {
    const ids = ['__proto__', 'constructor', 'toString', 'a.b', '#x', ''];
    const workflow = valid({
      nodes: echoes(...ids),
      edges: ids.slice(1).map((to, i) => ({ from: ids[i], to })),
    });
    expect(workflow.nodes.map(({ id }) => id)).toEqual(ids);
    expect(workflow.edges).toHaveLength(5);
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expect(codesOf(check({ nodes: [echo('n', `\${${name}}`)] }))).toEqual(['FC3002 error']);
      expect(codesOf(check({ nodes: [echo('n', `\${inputs.${name}}`)] }))).toEqual(['FC3002 error']);
    }
  });

  it('have to be templates that can be parsed', () => {
    expect(only(check({ nodes: [echo('a', '${oops')] }), 'FC3001').path).toBe('/nodes/0/params/value');
    expect(only(check({ nodes: [{ id: 'a', type: 'echo', when: 'a >' }] }), 'FC3003').path).toBe(
      '/nodes/0/when',
    );
    const ir = { nodes: echoes('a', 'b'), edges: [{ from: 'a', to: 'b', when: '((' }] };
    expect(only(check(ir), 'FC3003').path).toBe('/edges/0/when');
  });
});

describe('outputs', () => {
  it('have to come from a node or an input', () => {
    const ir = { nodes: echoes('report'), outputs: { 'a/b': { source: '${reprt.text}' } } };
    expect(expectRepair(ir, 'FC3005').before).toMatchObject({
      path: '/outputs/a~1b/source',
      severity: 'error',
    });
  });

  it('are missed where a pure node is used by nothing', () => {
    const ir = { nodes: echoes('a', 'lost'), outputs: { r: { source: '${a}' } } };
    expect(only(check(ir), 'FC3008')).toMatchObject({ path: '/nodes/1', severity: 'info' });
    expect(codesOf(check({ nodes: echoes('a', 'lost') }))).toEqual([]);
    const effects = {
      nodes: [...echoes('a'), { id: 'b', type: 'echo', effects: 'effect' }],
      outputs: ir.outputs,
    };
    expect(codesOf(check(effects))).toEqual([]);
  });

  it.each(['pure', 'idempotent', 'effect'] as const)('are judged by the type of the node: %s', (effects) => {
    const mine = { type: 'mine', params: z.strictObject({}), effects };
    const nodeTypes = new Map([...TYPES, ['mine', mine]]);
    const ir = { nodes: [...echoes('a'), { id: 'b', type: 'mine' }], outputs: { r: { source: '${a}' } } };
    expect(codesOf(check(ir, { nodeTypes }))).toEqual(effects === 'pure' ? ['FC3008 info'] : []);
    expect(codesOf(check(ir, {}))).toEqual([]);
  });
});

describe('a bare name with hyphens in a condition', () => {
  const nodes = [...echoes('a', 'fetch-rows'), { id: 'c', type: 'echo', depends_on: ['a', 'fetch-rows'] }];
  const hintsOf = (when: string) =>
    check({ nodes: nodes.map((node) => (node.id === 'c' ? { ...node, when } : node)) }).diagnostics;

  it('is a subtraction, and the hint says what to write where a node has that name', () => {
    for (const { code, hint, fix } of hintsOf('a == 1 && fetch-rows.n > 1')) {
      expect(code).toBe('FC3002');
      expect(hint).toContain('`${fetch-rows.n}`');
      expect(fix).toBeUndefined();
    }
    expect(hintsOf('a == 1 && fetch-rows.n > 1')).toHaveLength(2);
    expect(hintsOf('${fetch-rows.n} > 1')).toEqual([]);
  });

  it('is no more than two names where no node has it', () => {
    for (const { hint } of hintsOf('fetch-lines > 1')) expect(hint).not.toContain('subtraction');
    for (const { hint } of hintsOf('rows > 1 || ${fetch-rows.n} > 1'))
      expect(hint).not.toContain('subtraction');
  });
});

describe('dependencies found in templates', () => {
  it('become edges where nothing orders the two nodes, and the fix writes them down', () => {
    const ir = { nodes: [...echoes('a', 'b'), echo('c', '${a} ${b.x}')] };
    expect(valid(ir).edges).toMatchObject([
      { from: 'a', to: 'c', origin: 'template', action: null },
      { from: 'b', to: 'c', origin: 'template', action: null },
    ]);
    const [first, second, ...others] = check(ir).diagnostics;
    expect([first?.code, second?.code, others]).toEqual(['FC3004', 'FC3004', []]);
    expect(first?.path).toBe('/nodes/2/params/value');
    // Either of the two fixes writes both down, so that applying one after the other loses nothing.
    expect(first?.fix).toEqual([{ op: 'add', path: '/nodes/2/depends_on', value: ['a', 'b'] }]);
    expect(second?.fix).toEqual(first?.fix);
  });

  it('are not repeated where a path is there already, one that was just found included', () => {
    const ir = { nodes: [...echoes('a'), echo('b', '${a}'), echo('c', '${b} ${a}')], edges: edges('a -> b') };
    expect(valid(ir).edges.map(({ from, to }) => `${from}${to}`)).toEqual(['ab', 'bc']);
  });

  it('are counted in a join of thousands, whose fix names all of them', () => {
    const sources = Array.from({ length: 9_000 }, (_, i) => `n${i}`);
    const ir = {
      nodes: [
        ...echoes(...sources),
        echo(
          'join',
          sources.map((id) => `\${${id}}`),
        ),
      ],
    };
    const { workflow, diagnostics } = check(ir);
    expect(workflow?.edges).toHaveLength(9_000);
    expect(diagnostics).toHaveLength(200);
    expect(diagnostics.at(-1)?.message).toBe('There are 9000 diagnostics; 8801 of them are not shown.');
    expect(diagnostics[0]?.hint).toContain('and 8992 more to the `depends_on` of `join`');
    expect(diagnostics[0]?.fix).toEqual([{ op: 'add', path: '/nodes/9000/depends_on', value: sources }]);
  });

  it('are not repeated in a long chain whose nodes use the first one as well', () => {
    const nodes = Array.from({ length: 9_999 }, (_, i) => echo(`n${i + 1}`, `\${n${i}} \${n0}`));
    const { edges: found } = valid({ nodes: [...echoes('n0'), ...nodes] });
    expect(found).toHaveLength(9_999);
    expect(found.every(({ from, to }) => Number(from.slice(1)) + 1 === Number(to.slice(1)))).toBe(true);
  });

  it('keep what depends_on says', () => {
    const ir = { nodes: [...echoes('a', 'b'), echo('c', '${b}', { depends_on: ['a'] })] };
    const { before } = expectRepair(ir, 'FC3004');
    expect(before.fix).toEqual([{ op: 'add', path: '/nodes/2/depends_on', value: ['a', 'b'] }]);
  });

  it('do not depend on the order of declaration', () => {
    const ir = { nodes: [echo('c', '${b}'), echo('b', '${a}'), ...echoes('a')] };
    expect(valid(ir).edges.map(({ from, to }) => `${from}${to}`)).toEqual(['bc', 'ab']);
  });

  it('are found in conditions; the condition of an edge is decided where the edge begins', () => {
    const ir = {
      nodes: [...echoes('a', 'b', 'c'), { id: 'd', type: 'echo', when: 'a.ok' }],
      edges: [{ from: 'b', to: 'c', when: 'a.ok && b.ok' }],
    };
    expect(valid(ir).edges.slice(1)).toMatchObject([
      { from: 'a', to: 'd', origin: 'template' },
      { from: 'a', to: 'b', origin: 'template' },
    ]);
    const found = check(ir).diagnostics.map(({ path }) => path);
    expect(found).toEqual(['/nodes/3/when', '/edges/0/when']);
  });

  it('are errors where they close a cycle outside of a loop', () => {
    const ir = { nodes: [echo('a', '${c}'), ...echoes('b', 'c')], edges: edges('a -> b', 'b -> c') };
    expect(only(check(ir), 'FC2004')).toMatchObject({
      path: '/nodes/0/params/value',
      message: expect.stringContaining('a -> b -> c -> a'),
    });
    expect(only(check({ nodes: [echo('a', '${a}')] }), 'FC2004').message).toContain('its own output');
    expect(check({ nodes: [echo('a', '${b}'), echo('b', '${a}')] }).ok).toBe(false);
  });

  it('mean the iteration before within a loop', () => {
    const ir = { nodes: [echo('a', '${b} ${a}'), ...echoes('b')], edges: edges('a -> b', 'b -> a *3') };
    expect(codesOf(check(ir))).toEqual([]);
    expect(valid(ir).edges).toHaveLength(2);
  });

  it('pull a node into a loop that then waits for it', () => {
    const ir = {
      nodes: [...echoes('h', 'x'), echo('u', '${x}')],
      edges: edges('h -> u', 'h -> x', 'u -> h *2'),
    };
    expect(valid(ir).loops).toMatchObject([{ body: ['h', 'x', 'u'] }]);
  });

  it('are not needed on a node of a loop that has to end first', () => {
    const ir = {
      nodes: [...echoes('check', 'work'), echo('report', '${work}')],
      edges: edges('check -more-> work', 'work -> check *5', 'check -done-> report'),
    };
    expect(codesOf(check(ir))).toEqual([]);
  });

  it('reach the branches of a fork', () => {
    const fork = { nodes: [...echoes('f', 'x', 'y')], edges: [] as object[] };
    fork.edges = edges('f -> x', 'f -> y').map((edge) => ({ ...edge, parallel_group: 'g' }));
    const second = { ...fork, nodes: [...fork.nodes, echo('z', '${f.branch_1.output}')] };
    expect(valid(second).edges.slice(2)).toMatchObject([{ from: 'y', to: 'z' }]);
    const each = { ...fork, nodes: [...fork.nodes, echo('z', '${f[*].output}')] };
    expect(valid(each).edges.slice(2)).toMatchObject([
      { from: 'x', to: 'z' },
      { from: 'y', to: 'z' },
    ]);
    const inside = { ...fork, nodes: [...echoes('f'), echo('x', '${f[*].id}'), ...echoes('y')] };
    expect(valid(inside).edges).toHaveLength(2);
  });
});

describe('node types', () => {
  it('have to be known, where the types are given', () => {
    const ir = { nodes: [{ id: 'a', type: 'ecko' }] };
    expect(expectRepair(ir, 'FC2003').before.hint).toBe('Did you mean `echo`?');
    expect(codesOf(check(ir, {}))).toEqual([]);
  });

  it('have to accept the parameters', () => {
    const ir = { nodes: [{ id: 'a', type: 'sleep', params: { ms: 'long' } }] };
    expect(only(check(ir), 'FC3009')).toMatchObject({ path: '/nodes/0/params/ms', severity: 'error' });
    expect(only(check({ nodes: [{ id: 'a', type: 'sleep' }] }), 'FC3009').path).toBe('/nodes/0/params/ms');
  });

  it('suggest the parameter that was meant', () => {
    const ir = { nodes: [{ id: 'a', type: 'echo', params: { vale: 3 } }] };
    expect(expectRepair(ir, 'FC3009').after.workflow?.nodes[0]?.params.source).toEqual({ value: 3 });
    const useless = { nodes: [{ id: 'a', type: 'echo', params: { zzz: 3 } }] };
    expect(expectRepair(useless, 'FC3009').after.ok).toBe(true);
  });

  it('say nothing of what a template will put in, and all of the rest', () => {
    const pick = (params: unknown) => ({ inputs: { x: {} }, nodes: [{ id: 'p', type: 'pick', params }] });
    expect(codesOf(check(pick({ from: '${x}', mode: '${x}' })))).toEqual([]);
    expect(codesOf(check(pick({ from: [{ key: '${x}' }], mode: 'a ${x}' })))).toEqual([]);
    expect(only(check(pick({ from: [{ key: '${x}' }, { key: 3 }], mode: 'a' })), 'FC3009').path).toBe(
      '/nodes/0/params/from/1/key',
    );
    expect(only(check(pick({ from: [{ key: '${x}', kye: 1 }], mode: '${x}' })), 'FC3009').path).toBe(
      '/nodes/0/params/from/0/kye',
    );
  });
});
