import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/ir/json.js';
import type { WorkflowNode } from '../../../../src/ir/workflow.js';
import { check, codesOf, echoes, expectRepair, only, valid } from './checking.js';

const echo = (more: object, id = 'a') => ({ id, type: 'echo', ...more });
const ofOne = (more: object) => ({ nodes: [echo(more)] });
/** The one node of a workflow that has nothing else. */
function node(more: object): WorkflowNode {
  const [found] = valid(ofOne(more)).nodes;
  if (found === undefined) throw new Error('There is no node.');
  return found;
}

describe('policies of a node are passed on', () => {
  it('as they are written', () => {
    const retry = { max_attempts: 3, initial_ms: 5, max_elapsed_ms: 50, retry_on: ['E'], not_on: ['F'] };
    expect(node({ retry }).retry).toEqual({
      maxAttempts: 3,
      initialMs: 5,
      factor: 2,
      maxDelayMs: 60_000,
      jitter: 'none',
      maxElapsedMs: 50,
      retryOn: ['E'],
      notOn: ['F'],
    });
    expect(node({ timeout: { attempt_ms: 5, total_ms: 9 } })).toMatchObject({
      attemptTimeoutMs: 5,
      totalTimeoutMs: 9,
      timeoutPointer: '/nodes/0/timeout',
    });
    expect(node({ fallback: null, priority: -2, on_error: 'fail_safe' })).toMatchObject({
      fallback: { value: null },
      priority: -2,
      onError: 'fail_safe',
    });
  });

  it('with what they mean where nothing is written', () => {
    expect(node({})).toMatchObject({
      retry: null,
      attemptTimeoutMs: null,
      totalTimeoutMs: null,
      onError: null,
      fallback: null,
      batch: null,
      stream: false,
      uses: [],
      priority: 0,
      reads: [],
      writes: [],
      compensate: null,
      inline: null,
    });
  });

  it('a compensation with its templates, which order nothing', () => {
    const undo = { type: 'echo', params: { value: '${a.key} ${z}' } };
    const { nodes, edges } = valid({ nodes: [echo({ compensate: undo }), echo({}, 'z')] });
    expect(nodes[0]?.compensate).toMatchObject({
      type: 'echo',
      params: { source: undo.params },
      pointer: '/nodes/0/compensate',
    });
    expect(edges).toEqual([]);
  });

  it('a compensation is of a known type and takes its parameters', () => {
    const unknown = ofOne({ compensate: { type: 'ecko' } });
    expect(expectRepair(unknown, 'FC2003').before.path).toBe('/nodes/0/compensate/type');
    const wrong = ofOne({ compensate: { type: 'echo', params: { vlaue: '${a}' } } });
    expect(expectRepair(wrong, 'FC3009').after.workflow?.nodes[0]?.compensate?.params.source).toEqual({
      value: '${a}',
    });
    const misnamed = ofOne({
      compensate: { type: 'echo', params: { value: '${item}' } },
      batch: { items: [] },
    });
    expect(only(check(misnamed), 'FC3002').path).toBe('/nodes/0/compensate/params/value');
  });

  it('what only a compensation uses is used', () => {
    const ir = {
      nodes: [echo({}), echo({ compensate: { type: 'echo', params: { value: '${a}' } } }, 'b')],
      outputs: { r: { source: '${b}' } },
    };
    expect(codesOf(check(ir))).toEqual([]);
  });
});

describe('on_error', () => {
  /** What each node of a workflow has; `group` holds `a` and `b`, and within the branch of `a` the group `inner` holds `c`. */
  const handled = (more: { on_error?: string; a?: string; c?: string; group?: object; inner?: object }) => {
    const own = (on: string | undefined) => (on === undefined ? {} : { on_error: on });
    const workflow = valid({
      nodes: [
        echo({ parallel_group: 'group', ...own(more.a) }),
        echo({ parallel_group: 'group' }, 'b'),
        echo({ parallel_group: 'inner', depends_on: ['a'], ...own(more.c) }, 'c'),
        echo({ depends_on: ['b', 'c'] }, 'outside'),
      ],
      ...own(more.on_error),
      parallel_groups: { group: more.group ?? {}, inner: more.inner ?? {} },
    });
    return { workflow, of: workflow.nodes.map(({ onError }) => onError) };
  };

  it('continue of a workflow is that of every node without its own', () => {
    expect(handled({ on_error: 'continue', a: 'fail_fast' }).of).toEqual([
      'fail_fast',
      'continue',
      'continue',
      'continue',
    ]);
    expect(handled({ on_error: 'continue' }).workflow.onError).toBe('fail_fast');
    expect(handled({ on_error: 'fail_safe' }).workflow.onError).toBe('fail_safe');
    expect(handled({ on_error: 'fail_safe' }).of).toEqual([null, null, null, null]);
  });

  it('continue of a group is that of the nodes in it', () => {
    expect(handled({ group: { on_error: 'continue' } }).of).toEqual([
      'continue',
      'continue',
      'continue',
      null,
    ]);
    expect(handled({ inner: { on_error: 'continue' } }).of).toEqual([null, null, 'continue', null]);
  });

  it('of a closer group goes before that of one further out', () => {
    const group = { on_error: 'continue' };
    expect(handled({ group, inner: { on_error: 'fail_fast' } }).of).toEqual([
      'continue',
      'continue',
      null,
      null,
    ]);
    expect(handled({ group, inner: { tolerate: { count: 1 } } }).of).toEqual([
      'continue',
      'continue',
      null,
      null,
    ]);
    expect(handled({ on_error: 'continue', group: { on_error: 'fail_safe' } }).of).toEqual([
      null,
      null,
      null,
      'continue',
    ]);
  });

  it('of a group is passed on with the rest of its policy', () => {
    const group = { on_error: 'fail_fast', cancel: 'drain', max_concurrency: 2, tolerate: { percent: 20 } };
    const { groups } = handled({ group, inner: { tolerate: { count: 1, percent: 50 } } }).workflow;
    expect(groups).toMatchObject([
      { onError: 'fail_fast', cancel: 'drain', maxConcurrency: 2, tolerate: { count: null, percent: 20 } },
      { onError: 'fail_safe', cancel: 'abort', maxConcurrency: null, tolerate: { count: 1, percent: 50 } },
    ]);
  });

  it('of a parallel block reaches its group', () => {
    const block = {
      parallel: echoes('a', 'b'),
      on_error: 'fail_safe',
      max_concurrency: 1,
      tolerate: { count: 1 },
    };
    const { groups } = valid({ pipeline: [...echoes('start'), block, ...echoes('end')] });
    expect(groups).toMatchObject([{ onError: 'fail_safe', maxConcurrency: 1, tolerate: { count: 1 } }]);
  });

  it('of a group of steps reaches it', () => {
    const step = (id: string) => ({ step_id: id, tool: 'echo', parallel_group: 1 });
    const plan = { steps: [step('a'), step('b')], parallel_groups: { 1: { on_error: 'fail_safe' } } };
    expect(valid(plan).groups).toMatchObject([{ id: '1', onError: 'fail_safe' }]);
  });
});

describe('a policy that contradicts itself', () => {
  const grouped = (options: JsonObject) => ({
    nodes: [echo({ parallel_group: 'g' })],
    parallel_groups: { g: options },
  });
  const items = { items: [1] };
  it.each<[string, object, string, 'warning' | 'error']>([
    [
      'cancel_rest where all are waited for',
      { nodes: [...echoes('b'), echo({ depends_on: ['b'], join: { cancel_rest: true } })] },
      '/nodes/1/join/cancel_rest',
      'warning',
    ],
    ['tolerate without a number', grouped({ tolerate: {} }), '/parallel_groups/g/tolerate', 'error'],
    [
      'tolerate where every failure is handled',
      grouped({ on_error: 'continue', tolerate: { count: 1 } }),
      '/parallel_groups/g/tolerate',
      'warning',
    ],
    ['cancel without fail_fast', grouped({ cancel: 'drain' }), '/parallel_groups/g/cancel', 'warning'],
    [
      'an attempt that may take longer than all',
      ofOne({ timeout: { attempt_ms: 5, total_ms: 4 } }),
      '/nodes/0/timeout/attempt_ms',
      'warning',
    ],
    [
      'no error to try again after',
      ofOne({ retry: { max_attempts: 2, not_on: ['*'] } }),
      '/nodes/0/retry/not_on',
      'warning',
    ],
    [
      'a fallback after a catch of all',
      { nodes: [echo({ catch: [{ match: '*', goto: 'b' }], fallback: 1 }), ...echoes('b')] },
      '/nodes/0/fallback',
      'warning',
    ],
    [
      'a catch after a catch of all',
      {
        nodes: [
          echo({
            catch: [
              { match: '*', goto: 'b' },
              { match: 'E', goto: 'b' },
            ],
          }),
          ...echoes('b'),
        ],
      },
      '/nodes/0/catch/1',
      'warning',
    ],
    [
      'a batch that tolerates no number',
      ofOne({ batch: { ...items, tolerate: {} } }),
      '/nodes/0/batch/tolerate',
      'error',
    ],
    [
      'retries said twice',
      ofOne({ batch: { ...items, max_retries: 1 }, retry: { max_attempts: 2 } }),
      '/nodes/0/batch/max_retries',
      'error',
    ],
    [
      'a timeout said twice',
      ofOne({ batch: { ...items, timeout: { attempt_ms: 1 } }, timeout: { attempt_ms: 2 } }),
      '/nodes/0/batch/timeout/attempt_ms',
      'error',
    ],
    [
      'a wait without retries',
      ofOne({ batch: { ...items, retry_wait: 1 } }),
      '/nodes/0/batch/retry_wait',
      'warning',
    ],
    [
      'many at once, one by one',
      ofOne({ batch: { ...items, parallel: false, max_concurrent: 3 } }),
      '/nodes/0/batch/max_concurrent',
      'warning',
    ],
    ['a count that nobody asks for', ofOne({ join: { count: 2 } }), '/nodes/0/join/count', 'warning'],
    [
      'many at once, one after the other',
      { ...ofOne({}), execution_mode: 'sequential', max_concurrency: 2 },
      '/max_concurrency',
      'warning',
    ],
    [
      'a drain that the workflow does not wait for',
      grouped({ on_error: 'fail_fast', cancel: 'drain' }),
      '/parallel_groups/g/cancel',
      'warning',
    ],
    ['a batch that is none', ofOne({ batch: items, batch_mode: false }), '/nodes/0/batch_mode', 'warning'],
    [
      'uses of a wait',
      {
        nodes: [{ id: 'w', type: 'wait', params: { event: 'go' }, uses: ['r'] }],
        resources: { r: { concurrency: 1 } },
      },
      '/nodes/0/uses',
      'warning',
    ],
  ])('is reported, and repaired by taking it away: %s', (_, ir, path, severity) => {
    const { before, after } = expectRepair(ir, 'FC4002');
    expect(before).toMatchObject({ path, severity });
    expect(after.ok).toBe(true);
  });

  it('is reported where a node is never tried again', () => {
    const retry = { max_attempts: 2, initial_ms: 100, max_elapsed_ms: 50 };
    expect(only(check(ofOne({ retry })), 'FC4002')).toMatchObject({ severity: 'warning' });
    for (const more of [{ jitter: 'full' }, { max_attempts: 1 }, { max_delay_ms: 50 }]) {
      expect(codesOf(check(ofOne({ retry: { ...retry, ...more } })))).toEqual([]);
    }
  });

  it.each(['wait', 'workflow'])('is reported for a compensation of the type %s', (type) => {
    const params = type === 'wait' ? { event: 'e' } : {};
    expect(only(check(ofOne({ compensate: { type, params } })), 'FC4002').severity).toBe('error');
  });

  it('is reported of edges that are never taken', () => {
    const between = (more: object, action: string) => ({
      nodes: [echo(more), ...echoes('b', 'c')],
      edges: [{ from: 'a', to: 'b', action }],
    });
    const catches = [{ match: '*', goto: 'c' }];
    for (const ir of [
      between({ catch: catches }, 'error'),
      between({ batch: items }, 'retry'),
      between({ batch_mode: true, params: { value: [1] } }, 'retry'),
    ]) {
      expect(only(check(ir), 'FC4002')).toMatchObject({ severity: 'warning', path: '/edges/0' });
    }
    for (const ir of [
      between({ catch: [{ match: 'E', goto: 'c' }] }, 'error'),
      // A failure of its join is not caught.
      between({ catch: catches, when: '1 < 2' }, 'error'),
      between({ batch: items }, 'error'),
      between({ batch: items }, 'default'),
      // It may run as a whole.
      { ...between({}, 'retry'), execution_mode: 'batch' },
    ]) {
      expect(codesOf(check(ir)).filter((code) => code.startsWith('FC4002'))).toEqual([]);
    }
  });

  it('is reported of a fallback that looks like a template', () => {
    const found = only(check(ofOne({ fallback: { list: ['${b}'] } })), 'FC4002');
    expect(found).toMatchObject({ severity: 'warning', path: '/nodes/0/fallback' });
    expect(codesOf(check(ofOne({ fallback: { list: ['$b'] } })))).toEqual([]);
  });

  it.each([
    ['the workflow goes on', { on_error: 'fail_safe' }, {}, {}],
    ['a group around it tolerates the failure', {}, { tolerate: { count: 1 } }, {}],
    ['a join may handle the failure', {}, {}, { join: { policy: 'all_done' } }],
  ])('is none of a group that drains where %s', (_, workflow, outer, join) => {
    const ir = {
      nodes: [
        echo({ parallel_group: 'outer' }),
        echo({ parallel_group: 'outer' }, 'b'),
        echo({ parallel_group: 'g', depends_on: ['a'] }, 'c'),
        echo({ parallel_group: 'g', depends_on: ['a'] }, 'd'),
        echo({ depends_on: ['b', 'c', 'd'], ...join }, 'z'),
      ],
      parallel_groups: { outer, g: { on_error: 'fail_fast', cancel: 'drain' } },
      ...workflow,
    };
    expect(codesOf(check(ir))).toEqual([]);
    expect(codesOf(check({ ...ir, on_error: 'fail_fast' })).length).toBe('on_error' in workflow ? 1 : 0);
  });

  it('is none of a group in which a node stops it for its own failure', () => {
    const stopped = (g: object) => ({
      nodes: [echo({ parallel_group: 'g', on_error: 'fail_fast' })],
      parallel_groups: { g },
    });
    expect(codesOf(check(stopped({ on_error: 'continue', tolerate: { count: 1 } })))).toEqual([]);
    expect(codesOf(check(stopped({ cancel: 'drain' })))).toEqual([]);
  });

  it('is none of a batch that tolerates some failures under `continue`', () => {
    const batch = { ...items, error_handling: 'continue', tolerate: { count: 1 } };
    expect(codesOf(check(ofOne({ batch })))).toEqual([]);
  });

  it('is not one that says two things of different failures', () => {
    expect(codesOf(check(ofOne({ fallback: 1, on_error: 'continue', retry: { max_attempts: 2 } })))).toEqual(
      [],
    );
    expect(codesOf(check(ofOne({ batch: items, timeout: { attempt_ms: 1, total_ms: 9 } })))).toEqual([]);
    expect(codesOf(check(ofOne({ batch: items, batch_mode: 'sequential' })))).toEqual([]);
  });
});
