import { describe, expect, it } from 'vitest';
import { delayedFailure, fail, forkTo } from '../../helpers/groups.js';
import { echo, edges, sleep } from '../../helpers/sketch.js';
import { traceRun } from '../../helpers/trace.js';

describe('a group', () => {
  const nested = (outer: object, inner: object) => ({
    nodes: [
      echo('fork'),
      echo('left'),
      fail('bad'),
      sleep('sibling', 20),
      sleep('right', 30),
      echo('inner_join', null),
      echo('join'),
    ],
    edges: [
      ...forkTo('fork', 'outer', 'left', 'right'),
      ...forkTo('left', 'inner', 'bad', 'sibling'),
      ...edges('bad>inner_join', 'sibling>inner_join', 'inner_join>join', 'right>join'),
    ],
    parallel_groups: { outer, inner },
  });

  it('inside of another ends by itself: the outer one handles what the inner one does not', async () => {
    const { result, statuses } = await traceRun(nested({ on_error: 'fail_safe' }, { on_error: 'fail_fast' }));
    expect(statuses).toEqual({
      fork: 'succeeded',
      left: 'succeeded',
      bad: 'failed',
      sibling: 'cancelled',
      right: 'succeeded',
      inner_join: 'skipped',
      join: 'succeeded',
    });
    expect(result.nodes.bad?.handled_by).toEqual({ kind: 'group', group: 'outer' });
    expect(result.status).toBe('succeeded');
  });

  it('inside of another that fails ends with it; one that handles its failure does not', async () => {
    const both = await traceRun(nested({ on_error: 'fail_fast' }, {}));
    expect(both.statuses).toMatchObject({
      bad: 'failed',
      sibling: 'cancelled',
      right: 'cancelled',
      join: 'skipped',
    });
    const inner = await traceRun(nested({ on_error: 'fail_fast' }, { on_error: 'fail_safe' }));
    expect(inner.statuses).toMatchObject({
      bad: 'failed',
      sibling: 'succeeded',
      right: 'succeeded',
      join: 'succeeded',
    });
    expect(inner.result.status).toBe('succeeded');
  });

  it('ends as its own options say, also where one around it ends with it', async () => {
    const workflow = (outer: object, inner: object, more: object = {}) => ({
      on_error: 'fail_safe',
      nodes: [
        echo('fork'),
        echo('left'),
        delayedFailure('bad', 10),
        sleep('sibling', 20),
        sleep('right', 30),
        echo('later', 1, { depends_on: ['right'] }),
      ],
      edges: [...forkTo('fork', 'outer', 'left', 'right'), ...forkTo('left', 'inner', 'bad', 'sibling')],
      parallel_groups: { outer, inner },
      ...more,
    });
    const drained = await traceRun(
      workflow({ on_error: 'fail_fast', cancel: 'drain' }, { on_error: 'fail_fast' }),
    );
    expect(drained.result.nodes.sibling).toMatchObject({
      status: 'cancelled',
      reason: { kind: 'group_failed', node: 'bad', group: 'inner' },
    });
    expect(drained.statuses.right).toBe('succeeded');
    expect(drained.result.nodes.later).toMatchObject({
      status: 'cancelled',
      reason: { kind: 'group_failed', node: 'bad', group: 'outer' },
    });
    const all = await traceRun(
      workflow({ on_error: 'fail_fast' }, { on_error: 'fail_fast' }, { on_error: 'fail_fast' }),
    );
    expect(all.result.nodes.sibling?.reason).toMatchObject({ group: 'inner' });
    expect(all.result.nodes.right?.reason).toMatchObject({ group: 'outer' });
  });
});
