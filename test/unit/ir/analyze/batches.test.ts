import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/ir/json.js';
import type { BatchPolicy, WorkflowNode } from '../../../../src/ir/workflow.js';
import { check, codesOf, echoes, edges, expectRepair, only, valid } from './checking.js';

const echo = (id: string, more: object = {}) => ({ id, type: 'echo', ...more });
/** The node `b` of a workflow where `a` comes before. */
function nodeB(more: object, workflow: object = {}): WorkflowNode {
  const found = valid({ nodes: [echo('a'), echo('b', more)], ...workflow }).nodes[1];
  if (found === undefined) throw new Error('There is no node.');
  return found;
}
const sourceOf = (batch: BatchPolicy | null | undefined) =>
  batch?.items.kind === 'template' ? batch.items.template.source : batch?.items;

describe('a batch', () => {
  it('has a default for all but its items', () => {
    expect(nodeB({ batch: { items: '${a.rows}' } }).batch).toMatchObject({
      items: {
        kind: 'template',
        template: { source: '${a.rows}', references: [{ pointer: '/nodes/1/batch/items' }] },
      },
      as: 'item',
      maxConcurrent: 10,
      size: null,
      errorHandling: 'fail_fast',
      tolerate: null,
      itemTimeoutMs: null,
      reduce: null,
      pointer: '/nodes/1/batch',
    });
  });

  it('is passed on as it is written', () => {
    const { batch, retry, attemptTimeoutMs, totalTimeoutMs, timeoutPointer } = nodeB({
      batch: {
        items: [1, '${a}'],
        as: 'row',
        max_concurrent: 3,
        batch_size: 2,
        error_handling: 'continue',
        max_retries: 2,
        retry_wait: 1.5,
        tolerate: { percent: 10 },
        timeout: { attempt_ms: 5, total_ms: 20 },
        reduce: 'max',
      },
      timeout: { total_ms: 1000 },
    });
    expect(sourceOf(batch)).toEqual([1, '${a}']);
    expect(batch).toMatchObject({
      as: 'row',
      maxConcurrent: 3,
      size: 2,
      errorHandling: 'continue',
      tolerate: { count: null, percent: 10 },
      itemTimeoutMs: 20,
      reduce: 'max',
    });
    expect(retry).toEqual({
      maxAttempts: 3,
      initialMs: 1500,
      factor: 1,
      maxDelayMs: 1500,
      jitter: 'none',
      maxElapsedMs: null,
      retryOn: null,
      notOn: [],
    });
    expect([attemptTimeoutMs, totalTimeoutMs, timeoutPointer]).toEqual([5, 1000, '/nodes/1/batch/timeout']);
    expect(nodeB({ batch: { items: [], max_retries: 1 } }).retry).toMatchObject({
      maxAttempts: 2,
      initialMs: 0,
    });
  });

  it('takes what it does not say from the workflow', () => {
    const config = { batch_config: { batch_size: 4, error_handling: 'fail_safe', max_concurrent: 2 } };
    expect(nodeB({ batch: { items: [] } }, config).batch).toMatchObject({
      size: 4,
      errorHandling: 'fail_safe',
      maxConcurrent: 2,
    });
    const own = { items: [], batch_size: 1, error_handling: 'fail_fast', max_concurrent: 7 };
    expect(nodeB({ batch: own }, config).batch).toMatchObject({
      size: 1,
      errorHandling: 'fail_fast',
      maxConcurrent: 7,
    });
    expect(nodeB({ batch_mode: true }, config).batch).toMatchObject({ size: 4, maxConcurrent: 2 });
  });

  it('works through its items one by one where either of its words says so', () => {
    expect(nodeB({ batch: { items: [], parallel: false } }).batch?.maxConcurrent).toBe(1);
    expect(
      nodeB({ batch: { items: [], max_concurrent: 5 }, batch_mode: 'sequential' }).batch?.maxConcurrent,
    ).toBe(1);
    expect(nodeB({ batch: { items: [] }, batch_mode: true }).batch?.maxConcurrent).toBe(10);
  });

  it('waits for what its items name', () => {
    const { edges: found } = valid({ nodes: [echo('a'), echo('b', { batch: { items: '${a}' } })] });
    expect(found).toMatchObject([{ from: 'a', to: 'b', origin: 'template' }]);
    const ir = { nodes: [echo('rows'), echo('b', { batch: { items: '${rws}' } })] };
    expect(expectRepair(ir, 'FC3002').before.path).toBe('/nodes/1/batch/items');
  });

  it('has items that are a list, a text of one, or a template', () => {
    expect(codesOf(check({ nodes: [echo('b', { batch: { items: '[1, 2]' } })] }))).toEqual([]);
    const rows = { inputs: { rows: {} }, nodes: [echo('b', { batch: { items: 'rows' } })] };
    expect(sourceOf(expectRepair(rows, 'FC1004').after.workflow?.nodes[0]?.batch)).toBe('${rows}');
    for (const items of ['many', '{}', '', '$${a}']) {
      expect(only(check({ nodes: [echo('b', { batch: { items } })] }), 'FC1004')).toMatchObject({
        path: '/nodes/0/batch/items',
        severity: 'error',
      });
    }
  });

  it('has no more items and retries than the limits allow', () => {
    const limited = (batch: JsonObject) =>
      codesOf(check({ nodes: [echo('b', { batch })] }, { limits: { items: 2, attempts: 3 } }));
    expect(limited({ items: [1, 2], max_retries: 2 })).toEqual([]);
    expect(limited({ items: [1, 2, 3] })).toEqual(['FC1006 error']);
    expect(limited({ items: '[1,2,3]' })).toEqual(['FC1006 error']);
    expect(limited({ items: [], max_retries: 3 })).toEqual(['FC1006 error']);
  });

  it('says which values its results can be made into', () => {
    expect(nodeB({ batch: { items: [], reduce: 'none' } }).batch?.reduce).toBe('none');
    const ir = { nodes: [echo('b', { batch: { items: [], reduce: 'cuont' } })] };
    expect(expectRepair(ir, 'FC1004').after.workflow?.nodes[0]?.batch?.reduce).toBe('count');
  });

  it('names its items in what is filled in for each, and nowhere else', () => {
    const of = (more: object, workflow: object = {}) =>
      codesOf(check({ nodes: [echo('a'), echo('b', { batch: { items: [1] }, ...more })], ...workflow }));
    expect(of({ params: { value: '${item} ${__index__}' } })).toEqual([]);
    expect(of({ when: '${item} == 1' })).toEqual(['FC3002 error']);
    expect(of({ batch: { items: '${item}' } })).toEqual(['FC3002 error']);
    expect(of({}, { edges: [{ from: 'b', to: 'a', when: 'item == 1' }] })).toEqual(['FC3002 error']);
    const taken = { nodes: [echo('item', { batch: { items: [1] } })] };
    expect(only(check(taken), 'FC3006').severity).toBe('warning');
  });
});

describe('batch_mode and execution_mode', () => {
  it('make a batch of the parameter that is a list', () => {
    expect(nodeB({ batch_mode: true }).batch).toMatchObject({
      items: { kind: 'auto', optional: false },
      as: 'item',
      maxConcurrent: 10,
      pointer: '/nodes/1/batch_mode',
    });
    expect(nodeB({ batch_mode: 'parallel' }).batch?.maxConcurrent).toBe(10);
    expect(nodeB({ batch_mode: 'sequential' }).batch?.maxConcurrent).toBe(1);
    expect(nodeB({ batch_mode: false }).batch).toBeNull();
  });

  it('give the function an item where its parameter is a list', () => {
    const sleep = (more: object) => ({
      nodes: [{ id: 's', type: 'sleep', params: { ms: [1, 2] }, ...more }],
    });
    expect(codesOf(check(sleep({ batch_mode: true })))).toEqual([]);
    expect(codesOf(check({ ...sleep({}), execution_mode: 'batch' }))).toEqual([]);
    expect(codesOf(check(sleep({})))).toEqual(['FC3009 error']);
    expect(codesOf(check(sleep({ batch: { items: [1] } })))).toEqual(['FC3009 error']);
  });

  it('batch makes one of every node that does not say otherwise', () => {
    const { nodes, maxConcurrency, scheduling } = valid(
      {
        nodes: [
          echo('a'),
          echo('b', { batch: { items: [1] } }),
          echo('c', { batch_mode: true }),
          echo('d', { batch_mode: false }),
          { id: 'm', type: 'merge' },
          { id: 'w', type: 'wait', params: { event: 'go' } },
          { id: 's', type: 'workflow', params: { inline: { nodes: echoes('x') } } },
        ],
        execution_mode: 'batch',
      },
      {},
    );
    expect(nodes.map(({ batch }) => batch?.items)).toMatchObject([
      { kind: 'auto', optional: true },
      { kind: 'template' },
      { kind: 'auto', optional: false },
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect([maxConcurrency, scheduling]).toEqual([null, 'longest_path']);
  });
});

describe('a stream', () => {
  it('is told of as one where it is inferred: the batch starts when its source does', () => {
    const ir = (stream: boolean) => ({
      nodes: [echo('s', { stream, batch: { items: [1] } }), echo('t', { batch: { items: '${s}' } })],
    });
    expect(only(check(ir(true)), 'FC3004').message).toBe(
      '`t` uses `${s}`, so it starts when `s` does, and takes its results as they come in.',
    );
    expect(only(check(ir(false)), 'FC3004').message).toBe('`t` uses `${s}`, so it waits for `s`.');
  });

  it.each([
    ['fallback', { fallback: null }],
    ['on_error', { on_error: 'continue' }],
  ])(
    'whose source makes up for its failure by `%s` warns of the stages that fail all the same',
    (field, more) => {
      const of = (stage: object) => ({
        nodes: [
          echo('s', { stream: true, batch: { items: [1] }, ...more }),
          echo('t', { batch: { items: '${s}' }, depends_on: ['s'], ...stage }),
        ],
      });
      const found = only(check(of({})), 'FC4002');
      expect(found).toMatchObject({ severity: 'warning', path: `/nodes/0/${field}` });
      expect(found.message).toContain('`t`, which works on its results as they come in, fails with FC5015');
      expect(codesOf(check(of({ fallback: [] })))).toEqual([]);
      expect(codesOf(check(of({ batch: { items: [1] } })))).not.toContain('FC4002 warning');
    },
  );

  const batch = (items: string) => ({ batch: { items } });
  const source = echo('s', { stream: true, batch: { items: [1] } });
  /** From where to where results stream. */
  const streaming = (ir: unknown) =>
    valid(ir)
      .edges.filter(({ streams }) => streams)
      .map(({ from, to, origin }) => `${from} ${origin} ${to}`);

  it.each(['${s}', '${s.output}', '${s.results}', '${s.output.results}'])(
    'goes to a batch whose items are %s',
    (items) => {
      expect(streaming({ nodes: [source, echo('t', batch(items))] })).toEqual(['s template t']);
    },
  );

  it('goes over whatever edge there is, to every such batch', () => {
    const ir = {
      nodes: [
        source,
        echo('t', batch('${s}')),
        echo('u', { ...batch('${s}'), depends_on: ['s'] }),
        echo('v', batch('${s}')),
      ],
      edges: edges('s -> t'),
    };
    expect(streaming(ir)).toEqual(['s edge t', 's depends_on u', 's template v']);
    expect(codesOf(check(ir)).filter((code) => code.startsWith('FC3010'))).toEqual([]);
  });

  it('goes on from stage to stage', () => {
    const stage = (id: string, before: string) => echo(id, { ...batch(`\${${before}}`), stream: true });
    const ir = { nodes: [source, stage('t', 's'), echo('u', batch('${t}'))] };
    expect(streaming(ir)).toEqual(['s template t', 't template u']);
  });

  it.each<[string, object[], object[]?]>([
    ['only a part is taken', [echo('t', batch('${s.count}'))]],
    ['it is part of a text', [echo('t', batch('x ${s}'))]],
    ['more of the source is used', [echo('t', { ...batch('${s}'), params: { value: '${s.count}' } })]],
    ['the edge is not always taken', [echo('t', batch('${s}'))], [{ from: 's', to: 't', when: '1 == 1' }]],
    ['the edge has an action', [echo('t', batch('${s}'))], [{ from: 's', to: 't', action: 'x' }]],
    [
      'the join does not wait for it',
      [echo('z'), echo('t', { ...batch('${s}'), join: { policy: 'one_success' }, depends_on: ['s', 'z'] })],
    ],
    [
      'there is another way between the two',
      [echo('m', { depends_on: ['s'] }), echo('t', { ...batch('${s}'), depends_on: ['m'] })],
    ],
    ['the target is no batch', [echo('t', { params: { value: '${s}' } })]],
  ])('is kept until the end where %s', (_, others, edgesOf = []) => {
    const ir = { nodes: [source, ...others], edges: edgesOf };
    expect(streaming(ir)).toEqual([]);
    expect(expectRepair(ir, 'FC3010').before).toMatchObject({ path: '/nodes/0/stream', severity: 'warning' });
  });

  it('is kept until the end where the target uses it as a branch as well', () => {
    const member = { ...source, parallel_group: 'g', depends_on: ['f'] };
    const ir = (value: string) => ({
      nodes: [echo('f'), member, echo('t', { ...batch('${s}'), params: { value } })],
    });
    expect(streaming(ir('${f.branch_0.output}'))).toEqual([]);
    expect(streaming(ir('${f}'))).toEqual(['s template t']);
  });

  it('does not leave a loop', () => {
    const ir = {
      nodes: [echo('h'), source, echo('t', batch('${s}'))],
      edges: edges('h -> s', 's -again-> h *3', 's -> t'),
    };
    expect(streaming(ir)).toEqual([]);
    expect(only(check(ir), 'FC3010').severity).toBe('warning');
  });

  it('is that of a batch', () => {
    const ir = { nodes: [echo('s', { stream: true })] };
    expect(expectRepair(ir, 'FC3010').before).toMatchObject({ path: '/nodes/0/stream', severity: 'error' });
    expect(nodeB({ stream: false }).stream).toBe(false);
  });
});
