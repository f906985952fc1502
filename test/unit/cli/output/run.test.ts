import { describe, expect, it } from 'vitest';
import { renderRunBlock } from '../../../../src/cli/output/run-block.js';
import { renderRunLines } from '../../../../src/cli/output/run-lines.js';
import { renderFailures, renderRunSummary } from '../../../../src/cli/output/run-summary.js';
import { RunView } from '../../../../src/cli/output/run-view.js';
import { createStyle } from '../../../../src/cli/output/style.js';
import { displayWidth } from '../../../../src/cli/output/width.js';
import type { Failure } from '../../../../src/ir/errors.js';
import type { RunEvent } from '../../../../src/runtime/event.js';
import type { NodeRecord, RunResult } from '../../../../src/runtime/record.js';
import { runEvent as event } from '../../../helpers/named-event.js';

const style = createStyle(false);
const failure = (node: string, message: string): Failure => ({
  code: 'FC5008',
  message,
  node,
  path: '/nodes/2',
  hint: 'Mend the function.',
});

const settled = (at: number, node: string, change: object = {}): RunEvent =>
  event(at, {
    type: 'node.settled',
    node,
    status: 'succeeded',
    attempts: 1,
    output: null,
    error: null,
    action: 'default',
    handled_by: null,
    reason: null,
    ...change,
  });

/** The events of a fork of two, one of which needs two attempts, with a branch that is not taken. */
const fork: readonly (readonly RunEvent[])[] = [
  [
    event(0, {
      type: 'run.started',
      workflow: 'report',
      hash: 'sha256:0',
      nodes: 5,
      time: '2026-01-01T00:00:00.000Z',
    }),
    event(0, { type: 'node.queued', node: 'fetch' }),
  ],
  [event(1, { type: 'node.started', node: 'fetch', attempt: 1 })],
  [
    settled(40, 'fetch'),
    event(40, { type: 'node.queued', node: 'analyze' }),
    event(40, { type: 'node.queued', node: 'visualize' }),
    event(41, { type: 'node.started', node: 'analyze', attempt: 1 }),
    event(41, { type: 'node.started', node: 'visualize', attempt: 1 }),
  ],
  [event(60, { type: 'node.progress', node: 'visualize', done: 3, total: 12, message: 'drawing' })],
  [
    event(70, {
      type: 'node.attempt_failed',
      node: 'analyze',
      attempt: 1,
      error: failure('analyze', 'no answer'),
    }),
    event(70, { type: 'node.backoff', node: 'analyze', attempt: 1, delay_ms: 100 }),
  ],
  [event(170, { type: 'node.started', node: 'analyze', attempt: 2 })],
  [event(200, { type: 'node.log', node: 'analyze', message: 'second try\u001b[2J' })],
  [settled(250, 'analyze', { attempts: 2 }), settled(1250, 'visualize')],
  [settled(1250, 'alert', { status: 'skipped', action: null, reason: { kind: 'not_taken' } })],
  [settled(1260, 'report', { status: 'failed', error: failure('report', 'disk full') })],
  [event(1261, { type: 'run.failing', error: failure('report', 'disk full') })],
];

describe('renderRunLines', () => {
  it('tells a run in lines, one for all the nodes that start together', async () => {
    const run = new RunView();
    const lines = fork.flatMap((batch) => renderRunLines(batch, run, { style }));
    expect(lines.join('\n')).toContain('executing 2 steps in parallel: analyze, visualize');
    expect(lines.join('\n')).not.toContain('\u001b');
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('../../../golden/run-lines.txt');
  });

  it('leaves to the block what does not last', () => {
    const run = new RunView();
    const lines = fork.flatMap((batch) => renderRunLines(batch, run, { style, lastingOnly: true }));
    expect(lines.map((line) => line.slice(11))).toEqual([
      'analyze attempt 1 failed: FC5008 no answer',
      'analyze: second try\\u001b[2J',
      'report failed: FC5008 disk full',
      'stopping: report failed',
    ]);
  });

  it('says that a result came too late, be it after a cancellation or a timeout', () => {
    const late = event(40, { type: 'node.late_result_dropped', node: 'a', attempt: 2 });
    const lines = renderRunLines([late], new RunView(), { style });
    expect(lines.map((line) => line.slice(11))).toEqual([
      'a returned too late (attempt 2); its result is dropped',
    ]);
  });

  it('says what handles a failure, what is undone, what is waited for, and what fails inside of nodes', () => {
    const lines = renderRunLines(
      [
        settled(1, 'a', { error: failure('a', 'no'), handled_by: { kind: 'fallback' } }),
        settled(2, 'b', {
          status: 'failed',
          error: failure('b', 'no'),
          handled_by: { kind: 'group', group: 'g' },
        }),
        settled(3, 'c', {
          status: 'cancelled',
          reason: { kind: 'group_failed', node: 'b', group: 'g' },
        }),
        settled(3, 'd', { status: 'cancelled', reason: { kind: 'join_satisfied', node: 'j' } }),
        event(4, { type: 'group.failed', group: 'g', failed: 1 }),
        event(4, { type: 'group.joined', group: 'h', failed: 0 }),
        event(5, { type: 'resource.waiting', node: 'e', resource: 'llm' }),
        event(6, { type: 'node.compensated', node: 'a', status: 'succeeded', error: null }),
        event(6, { type: 'node.compensated', node: 'f', status: 'failed', error: failure('f', 'stuck') }),
        event(7, { type: 'event.received', node: 'w', event: 'approved' }),
        event(8, {
          type: 'call.settled',
          node: 'n',
          index: 2,
          tool: 'echo',
          status: 'failed',
          attempts: 1,
          error: failure('n', 'no'),
        }),
        { ...settled(9, 'inner'), scope: 'w.outer' },
      ],
      new RunView(),
      { style },
    );
    expect(lines.map((line) => line.slice(11))).toEqual([
      'a succeeded (handled by its fallback): FC5008 no',
      'b failed (handled by group g): FC5008 no',
      'c cancelled: b failed',
      'd cancelled: j started without it',
      'group g failed: 1 branch failed',
      'e waits for llm',
      'a is undone',
      'f could not be undone: FC5008 stuck',
      'w received approved',
      'n call 2 of echo failed: FC5008 no',
      'w.outer.inner succeeded',
    ]);
  });

  it('shows the first items that fail, and says that there are more', () => {
    const items = Array.from({ length: 20 }, (_, index) =>
      event(index, {
        type: 'item.settled',
        node: 'b',
        index,
        status: index % 2 === 0 ? 'failed' : 'succeeded',
        attempts: 1,
        error: index % 2 === 0 ? failure('b', `no ${index}`) : null,
      }),
    );
    const lines = renderRunLines(items, new RunView(), { style }).map((line) => line.slice(11));
    expect(lines).toHaveLength(5);
    expect(lines[0]).toBe('b item 0 failed: FC5008 no 0');
    expect(lines[4]).toBe('b item 8 failed: FC5008 no 8; failures of further items are not shown');
  });

  it('counts no node of a sub-workflow as one of the run', () => {
    const run = new RunView();
    run.apply({ ...event(0, { type: 'node.started', node: 'a', attempt: 1 }), scope: 'w.outer' });
    expect(run.running().map(({ id }) => id)).toEqual(['w.outer.a']);
    run.apply({ ...settled(1, 'a'), scope: 'w.outer' });
    expect([run.running(), run.settled]).toEqual([[], 0]);
  });

  it('counts a node of a loop as done only while it does not run again', () => {
    const run = new RunView();
    renderRunLines(
      [event(0, { type: 'node.started', node: 'a', iteration: 1, attempt: 1 }), settled(1, 'a')],
      run,
      { style },
    );
    expect(run.settled).toBe(1);
    const lines = renderRunLines(
      [event(2, { type: 'node.started', node: 'a', iteration: 2, attempt: 1 })],
      run,
      { style },
    );
    expect(run.settled).toBe(0);
    expect(lines.join('')).toContain('executing a (iteration 2)');
  });
});

describe('renderRunBlock', () => {
  const upTo = (batches: number): RunView => {
    const run = new RunView();
    for (const batch of fork.slice(0, batches)) for (const one of batch) run.apply(one);
    return run;
  };
  const view = { now: 120, frame: 3, columns: 80, rows: 24, style };

  it('shows every node that is under way: elapsed time, progress, backoff', async () => {
    const block = renderRunBlock(upTo(5), view);
    await expect(`${block.join('\n')}\n`).toMatchFileSnapshot('../../../golden/run-block.txt');
  });

  it('names the steps that run in parallel', () => {
    expect(renderRunBlock(upTo(3), view)[0]).toContain('executing 2 steps in parallel: analyze, visualize');
  });

  it('never takes more columns or rows than there are', () => {
    const run = new RunView();
    run.apply(
      event(0, {
        type: 'run.started',
        workflow: 'w',
        hash: '',
        nodes: 1000,
        time: '2026-01-01T00:00:00.000Z',
      }),
    );
    for (let index = 0; index < 1000; index++) {
      run.apply(event(0, { type: 'node.started', node: `${'漢'.repeat(index % 50)}${index}`, attempt: 1 }));
      run.apply(
        event(0, {
          type: 'node.progress',
          node: `${'漢'.repeat(index % 50)}${index}`,
          done: 1,
          total: 2,
          message: 'x'.repeat(index),
        }),
      );
    }
    for (const [columns, rows] of [
      [20, 5],
      [40, 10],
      [200, 50],
    ] as const) {
      const block = renderRunBlock(run, { ...view, columns, rows });
      expect(block.length).toBeLessThan(rows);
      for (const line of block) expect(displayWidth(line)).toBeLessThan(columns);
    }
  });
});

const record = (change: Partial<NodeRecord> = {}): NodeRecord => ({
  name: 'w.n',
  status: 'succeeded',
  attempts: 1,
  started_at: 0,
  ended_at: 40,
  output: null,
  error: null,
  action: 'default',
  handled_by: null,
  reason: null,
  ...change,
});
const result: RunResult = {
  run_id: 'r',
  workflow: 'report',
  status: 'failed',
  outputs: {},
  nodes: Object.fromEntries([
    ['fetch', record()],
    ['analyze', record({ attempts: 2, started_at: 41, ended_at: 250, action: 'big' })],
    [
      'alert',
      record({
        status: 'skipped',
        attempts: 0,
        started_at: null,
        action: null,
        reason: { kind: 'not_taken' },
      }),
    ],
    [
      '__proto__',
      record({
        status: 'timed_out',
        started_at: 250,
        ended_at: 750,
        error: { ...failure('__proto__', 'too slow'), code: 'FC5005' },
      }),
    ],
    [
      'report',
      record({
        status: 'skipped',
        attempts: 0,
        started_at: null,
        action: null,
        reason: { kind: 'upstream_failed', node: '__proto__' },
      }),
    ],
    ['other', record({ status: 'cancelled', started_at: 260, ended_at: 751, action: null })],
  ]),
  metrics: {
    wall_ms: 751,
    work_ms: 1240,
    critical_path_ms: 749,
    speedup: 1.651,
    peak_concurrency: 2,
    mean_concurrency: 1.651,
    nodes: {},
    resources: {},
  },
  error: { ...failure('__proto__', 'too slow'), code: 'FC5005' },
};

describe('renderRunSummary', () => {
  it('shows status, metrics, every node, and for each failure what to do next', async () => {
    await expect(renderRunSummary(result, { width: 90, style })).toMatchFileSnapshot(
      '../../../golden/run-summary.txt',
    );
  });

  it('lets nothing that a node says reach the terminal as an escape sequence', () => {
    const hostile = '\u001b]8;;http://x\u0007';
    const error = { code: hostile, message: hostile, node: hostile, path: hostile, hint: hostile };
    const text = renderRunSummary(
      {
        ...result,
        workflow: hostile,
        nodes: { [hostile]: record({ status: 'failed', error, action: hostile }) },
        error,
      },
      { width: 90, style },
    );
    expect(text).not.toContain('\u001b');
    expect(text).not.toContain('\u0007');
  });

  it('shows a failure of the run that is no node’s', () => {
    const error: Failure = {
      code: 'FC5006',
      message: 'The run took too long.',
      node: null,
      path: null,
      hint: 'Raise `timeout_ms`.',
    };
    expect(renderFailures({ ...result, nodes: {}, error }, style)).toBe(
      '\nthe run: FC5006 The run took too long.\n  next: Raise `timeout_ms`.\n',
    );
  });

  it('stops at a hundred rows', () => {
    const nodes = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`n${index}`, record()]));
    const text = renderRunSummary({ ...result, nodes, error: null }, { width: 90, style });
    expect(text).toContain('150 nodes: 150 succeeded');
    expect(text).toContain('and 50 more');
    expect(text).not.toContain('n100');
  });
});

describe('the failures of a run', () => {
  it('are told with those first that nothing handled, and say of the others what did', () => {
    const failed = (id: string, change: Partial<NodeRecord> = {}) =>
      record({ status: 'failed', error: failure(id, 'no'), action: null, ...change });
    const nodes = { calm: failed('calm', { handled_by: { kind: 'fallback' } }), boom: failed('boom') };
    const error = failure('boom', 'no');
    const lines = renderFailures({ ...result, status: 'failed', nodes, error }, style)
      .split('\n')
      .filter((line) => line.includes('FC5008'));
    expect(lines).toEqual(['boom: FC5008 no', 'calm (handled by its fallback): FC5008 no']);
  });
});
