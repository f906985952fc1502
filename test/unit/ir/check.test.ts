import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkWorkflow } from '../../../src/ir/check.js';
import { CODES } from '../../../src/ir/diagnostics/codes.js';
import { pointerSegments, valueAt } from '../../../src/ir/diagnostics/pointer.js';
import { fillTemplate, parseTemplate } from '../../../src/ir/template/template.js';
import { applyFix, check, codesOf, echoes, edges, only, TYPES, valid } from './analyze/checking.js';

describe('checkWorkflow', () => {
  it('takes JSON text and parsed values', () => {
    const ir = { nodes: echoes('a') };
    expect(checkWorkflow(JSON.stringify(ir))).toEqual(checkWorkflow(ir));
    expect(checkWorkflow(ir)).toMatchObject({ ok: true, diagnostics: [], workflow: { id: 'workflow' } });
  });

  it('gives no workflow where there is an error, and one where there are only warnings', () => {
    expect(checkWorkflow('{"nodes": [')).toMatchObject({ ok: false, workflow: null });
    expect(checkWorkflow({})).toMatchObject({ ok: false, workflow: null });
    expect(check({ nodes: echoes('a', 'b'), edges: edges('a -> b *2') })).toMatchObject({
      ok: true,
      workflow: { edges: [{ closes: null }] },
    });
  });

  it('reports all problems at once, in the order of the document', () => {
    const ir = {
      nodes: [
        { id: 'a', type: 'echo', params: { value: '${nowhere}' } },
        { id: 'a', type: 'nosuch' },
        { id: 'b', type: 'sleep', params: {} },
      ],
      start_node: 'zzzzz',
      edges: [...edges('a -> q', 'b -> b'), { from: 'a', to: 'b', when: '((' }],
      outputs: { out: { source: '${gone.x}' } },
    };
    const { diagnostics } = check(ir);
    expect(diagnostics.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'FC3002 /nodes/0/params/value',
      'FC2001 /nodes/1/id',
      'FC2003 /nodes/1/type',
      'FC3009 /nodes/2/params/ms',
      'FC2002 /start_node',
      'FC2002 /edges/0/to',
      'FC2004 /edges/1',
      'FC3003 /edges/2/when',
      'FC3005 /outputs/out/source',
    ]);
    for (const { code, message, hint } of diagnostics) {
      expect(Object.hasOwn(CODES, code)).toBe(true);
      expect(message.length).toBeGreaterThan(10);
      expect(hint.length).toBeGreaterThan(5);
    }
  });

  it('says where its author wrote it, in every dialect', () => {
    const steps = {
      steps: [
        { step_id: 'a', tool: 'echo' },
        { step_id: 'b', tool: 'echo', depends_on: ['aa'] },
      ],
    };
    expect(only(check(steps), 'FC2002').path).toBe('/steps/1/depends_on/0');
    const wrapped = { name: 'w', ir: { nodes: echoes('a'), edges: edges('a -> a') } };
    const found = only(check(wrapped), 'FC2004');
    expect(found.path).toBe('/ir/edges/0');
    expect(check(applyFix(wrapped, found)).ok).toBe(true);
  });

  it('leaves its argument as it is', () => {
    const ir = { nodes: echoes('a', 'a'), edges: edges('a -> b') };
    const before = structuredClone(ir);
    check(ir);
    expect(ir).toEqual(before);
  });

  it('stops at the limit, with a last diagnostic that says so; errors are not crowded out by the rest', () => {
    const ids = Array.from({ length: 50 }, (_, i) => `n${i}`);
    const ir = {
      nodes: echoes(...ids),
      edges: [...ids.slice(1).flatMap((id) => edges(`n0 -> ${id} *2`)), ...edges('n3 -> lost')],
    };
    const limits = { diagnostics: 10 };
    const { diagnostics, ok } = check(ir, { limits });
    expect(ok).toBe(false);
    expect(diagnostics).toHaveLength(10);
    expect(diagnostics.map(({ code }) => code)).toContain('FC2002');
    expect(diagnostics.at(-1)).toMatchObject({
      code: 'FC1006',
      message: expect.stringContaining('50 diagnostics; 41'),
    });
    const exact = { ...ir, edges: ir.edges.slice(0, 10) };
    expect(codesOf(check(exact, { limits }))).toEqual(new Array(10).fill('FC2007 warning'));
    expect(check({ ...ir, edges: ir.edges.slice(0, 11) }, { limits })).toMatchObject({ ok: true });
  });

  it.each([
    ['templateLength', 'FC1006 /nodes/1/params/value', 'value', '${a.b} and more'],
    ['templateDepth', 'FC1006 /nodes/1/params/value', 'value', '${a.b[0].c}'],
    ['templateDepth', 'FC3003 /nodes/1/when', 'when', '${a.b[0].c}'],
    ['templateDepth', 'FC3003 /nodes/1/when', 'when', 'a.b[0].c'],
    ['expressionLength', 'FC3003 /nodes/1/when', 'when', '${a.b} > 3'],
  ])('holds texts against the limits that it is given, `%s`: %s', (limit, expected, key, text) => {
    const more = key === 'when' ? { when: text } : { params: { value: text } };
    const ir = { nodes: [...echoes('a'), { id: 'b', type: 'echo', depends_on: ['a'], ...more }] };
    const enough = limit === 'templateDepth' ? 3 : text.length;
    expect(check(ir, { limits: { [limit]: enough } }).ok).toBe(true);
    const { ok, diagnostics } = check(ir, { limits: { [limit]: enough - 1 } });
    expect(ok).toBe(false);
    expect(diagnostics.map(({ code, path }) => `${code} ${path}`)).toEqual([expected]);
    expect(diagnostics[0]?.message).toContain(`${enough - 1} is the limit`);
  });

  it('takes a larger limit than the default as well', () => {
    const ir = { nodes: [{ id: 'a', type: 'echo', when: `true //${' '.repeat(10_000)}` }] };
    expect(check(ir).ok).toBe(false);
    expect(check(ir, { limits: { expressionLength: 20_000 } }).ok).toBe(true);
  });

  it('freezes what every run of a workflow is handed', () => {
    const list = ['a', { deep: [1] }];
    const ir = {
      inputs: { tags: { type: 'array', default: list } },
      nodes: [{ id: 'a', type: 'echo', params: { value: { list, tags: '${tags}' } } }],
    };
    const { nodes, inputs } = valid(ir);
    const filled = fillTemplate(nodes[0]?.params ?? parseTemplate({}, ''), {
      get: () => ({ kind: 'value', value: 1 }),
    });
    for (const [value, path] of [
      [filled, ['value', 'list']],
      [inputs[0]?.default, []],
    ] as const) {
      const shared = valueAt(value, path);
      expect(shared).toEqual(list);
      expect(() => (shared as unknown[]).push('x')).toThrow(TypeError);
      expect(() => (valueAt(shared, [1, 'deep']) as unknown[]).push('x')).toThrow(TypeError);
    }
    expect(Object.isFrozen(list) || Object.isFrozen(list[1])).toBe(false);
  });

  it('never throws, and names only places that can be pointed to, whatever it is given (P13)', () => {
    const globals = JSON.stringify(Object.getOwnPropertyNames(Object.prototype));
    const name = fc.constantFrom(
      'a',
      'b',
      'c',
      '__proto__',
      'constructor',
      '',
      'a.b',
      '#x',
      'inputs',
      'item',
    );
    const text = fc.constantFrom(
      '${a}',
      '${b.c[0]}',
      '${a',
      '${inputs.x}',
      '${__proto__.x}',
      'a > 1',
      '((',
      'true',
      '${a.branch_0}',
      '${a[*].x}',
    );
    const rarely = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 3 });
    const node = fc.record(
      {
        id: name,
        type: fc.constantFrom('echo', 'sleep', 'pick', 'wait', 'zzz'),
        params: rarely(
          fc.dictionary(
            fc.constantFrom('value', 'ms', '__proto__', 'from'),
            fc.oneof(text, fc.nat(), fc.constant([])),
          ),
        ),
        depends_on: rarely(fc.array(name, { maxLength: 3 })),
        parallel_group: rarely(name),
        when: rarely(text),
        writes: rarely(fc.array(name, { maxLength: 2 })),
      },
      { requiredKeys: ['id', 'type'] },
    );
    const edge = fc.record(
      {
        from: name,
        to: name,
        action: rarely(fc.constantFrom('default', 'error', 'x')),
        when: rarely(text),
        max_iterations: rarely(fc.nat(3)),
        parallel_group: rarely(name),
      },
      { requiredKeys: ['from', 'to'] },
    );
    const ir = fc.record(
      {
        ir_version: rarely(fc.constantFrom('0.1.0', '0.2.0', '9')),
        nodes: fc.array(node, { maxLength: 7 }),
        edges: fc.array(edge, { maxLength: 12 }),
        inputs: rarely(fc.dictionary(name, fc.constant({}))),
        outputs: rarely(fc.dictionary(name, fc.record({ source: text }))),
        start_node: rarely(name),
        parallel_groups: rarely(fc.dictionary(name, fc.constant({}))),
      },
      { requiredKeys: ['nodes', 'edges'] },
    );
    const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
    fc.assert(
      fc.property(
        fc.oneof({ arbitrary: ir, weight: 20 }, { arbitrary: fc.jsonValue(), weight: 1 }),
        (value) => {
          const document = plain(value);
          const { ok, workflow, diagnostics } = check(document, { nodeTypes: TYPES });
          expect(ok).toBe(!diagnostics.some(({ severity }) => severity === 'error'));
          expect(workflow !== null).toBe(ok);
          for (const { code, path, message, hint, fix } of diagnostics) {
            expect(path === '' || path.startsWith('/')).toBe(true);
            // All of a path is there, but for what is missing, which may be a parameter of params that are missing too.
            const segments = pointerSegments(path);
            let at: unknown = document;
            for (const key of segments.slice(0, code === 'FC3009' ? -2 : -1)) {
              expect(
                typeof at === 'object' && at !== null && Object.hasOwn(at, key),
                `${path}: ${message}`,
              ).toBe(true);
              at = (at as Record<string, unknown>)[key];
            }
            expect(message.length * hint.length).toBeGreaterThan(0);
            for (const op of fix ?? []) expect(op.path.startsWith('/')).toBe(true);
          }
        },
      ),
      { numRuns: 300, seed: 20261121 },
    );
    expect(JSON.stringify(Object.getOwnPropertyNames(Object.prototype))).toBe(globals);
  });
});

describe('a workflow', () => {
  it('has its defaults filled in and its policies resolved', () => {
    const workflow = valid({
      id: 'w',
      description: 'd',
      inputs: { q: { type: 'str', default: null }, r: { type: 'int', required: false } },
      outputs: { o: { description: 'x', source: '${a}' } },
      nodes: [
        {
          id: 'a',
          type: 'echo',
          retry: { max_attempts: 3, backoff: 'fixed', jitter: 'full' },
          timeout: { attempt_ms: 50 },
          on_error: 'continue',
          estimate_ms: 7,
          when: 'q == null',
        },
      ],
      max_concurrency: 4,
      on_error: 'fail_safe',
      timeout_ms: 1000,
    });
    expect(workflow).toMatchObject({
      irVersion: '0.2.0',
      id: 'w',
      description: 'd',
      hash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      inputs: [
        { name: 'q', type: 'string', required: false, default: null },
        { name: 'r', type: 'integer', required: false },
      ],
      outputs: [{ name: 'o', description: 'x', pointer: '/outputs/o' }],
      maxConcurrency: 4,
      onError: 'fail_safe',
      timeoutMs: 1000,
    });
    expect(workflow.inputs[1] !== undefined && 'default' in workflow.inputs[1]).toBe(false);
    expect(workflow.nodes[0]).toMatchObject({
      retry: { maxAttempts: 3, initialMs: 1000, factor: 1, maxDelayMs: 60_000, jitter: 'full' },
      attemptTimeoutMs: 50,
      onError: 'continue',
      estimateMs: 7,
      when: { source: 'q == null' },
      pointer: '/nodes/0',
    });
  });

  it('runs one node at a time where it is sequential or of version 0.1, whatever else it says', () => {
    const nodes = echoes('a');
    expect(valid({ nodes }).maxConcurrency).toBeNull();
    expect(valid({ nodes, execution_mode: 'sequential', max_concurrency: 9 }).maxConcurrency).toBe(1);
    expect(valid({ nodes, ir_version: '0.1.0', max_concurrency: 9 }).maxConcurrency).toBe(1);
  });

  it('has the same hash for the same meaning, and another one for another', () => {
    const hash = (ir: unknown) => valid(ir).hash;
    const nodes = echoes('a', 'b');
    expect(hash({ nodes, edges: [{ from: 'a', to: 'b' }] })).toBe(
      hash({ edges: [{ to: 'b', action: 'default', from: 'a' }], nodes }),
    );
    expect(hash({ nodes })).not.toBe(hash({ nodes: echoes('b', 'a') }));
  });

  it('lists explicit edges in order of declaration, then dependencies, then those found in templates', () => {
    const { edges: list } = valid({
      nodes: [...echoes('a', 'b'), { id: 'c', type: 'echo', depends_on: ['a'], params: { value: '${b}' } }],
      edges: edges('b -x-> b *2', 'a -> b'),
    });
    expect(list.map(({ origin, from, to }) => `${origin} ${from}${to}`)).toEqual([
      'edge bb',
      'edge ab',
      'depends_on ac',
      'template bc',
    ]);
  });
});

describe('large workflows', () => {
  const ids = Array.from({ length: 10_000 }, (_, i) => `n${i}`);
  const links = ids.slice(1).map((id, i) => ({ from: `n${i}`, to: id }));

  it('may be a chain of 10,000 nodes, each of which uses the first and the one before', () => {
    const nodes = ids.map((id, i) => ({
      id,
      type: 'echo',
      ...(i === 0 ? {} : { params: { value: `\${n0} \${n${i - 1}}` } }),
    }));
    const workflow = valid({ nodes, edges: links });
    expect(workflow.edges).toHaveLength(9_999);
    expect(workflow.layout.regions).toHaveLength(10_000);
    expect(valid({ nodes: nodes.reverse() }).edges).toHaveLength(9_999);
  });

  it('may be a fan of 10,000 nodes in one group', () => {
    const fan = ids.slice(1).map((to) => ({ from: 'n0', to, parallel_group: 'g' }));
    const workflow = valid({ nodes: echoes(...ids), edges: fan });
    expect(workflow.groups[0]?.branches).toHaveLength(9_999);
    expect(workflow.layout.regions.map(({ kind }) => kind)).toEqual(['node', 'group']);
  });

  it('may be a loop around 10,000 nodes, and 4,998 loops within', () => {
    const inner = ids.slice(1, -1).flatMap((id, i) => (i % 2 === 0 ? edges(`${id} -again-> n${i} *3`) : []));
    const all = [...links, ...edges('n9999 -> n0 *2'), ...inner.slice(1)];
    expect(valid({ nodes: echoes(...ids), edges: all }).loops).toHaveLength(4_999);
    expect(
      only(check({ nodes: echoes(...ids), edges: [...links, ...edges('n9999 -> n0')] }), 'FC2004').message,
    ).toContain('more) -> n9997 -> n9998 -> n9999 -> n0');
  });
});
