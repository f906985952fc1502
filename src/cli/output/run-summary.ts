import type { NodeRecord, NodeStatus, RunResult } from '../../runtime/record.js';
import { count } from './count.js';
import { formatDuration, trimmed } from './duration.js';
import { printable, printableName } from './printable.js';
import { describeHandling, describeReason } from './run-lines.js';
import type { Style } from './style.js';
import { renderTable } from './table.js';

/** More rows than this are no longer read; `--json` has them all. */
const MAX_ROWS = 100;
const MAX_FAILURES = 20;

export interface SummaryView {
  readonly width: number;
  readonly style: Style;
}

/** What became of a run, for a person: status, metrics, a row for each node, and what to do about each failure. */
export function renderRunSummary(result: RunResult, view: SummaryView): string {
  const { style } = view;
  const entries = Object.entries(result.nodes);
  const rows = entries.slice(0, MAX_ROWS);
  const lines = [
    renderStatus(result, style),
    `  ${tally(entries)}; ${renderMetrics(result)}`,
    '',
    ...renderTable(
      [
        { title: 'node' },
        { title: 'status', paint: (cell, row) => paintStatus(rows[row]?.[1].status, style)(cell) },
        { title: 'attempts', align: 'end' },
        { title: 'start', align: 'end' },
        { title: 'time', align: 'end' },
        { title: '', paint: style.dim },
      ],
      rows.map(([id, record]) => [
        printableName(id),
        record.status === 'timed_out' ? 'timed out' : record.status,
        String(record.attempts),
        record.started_at === null ? '' : formatDuration(record.started_at),
        record.started_at === null ? '' : formatDuration(record.ended_at - record.started_at),
        noteOn(record),
      ]),
      view.width,
      style.dim,
    ),
  ];
  lines.push(...renderResources(result));
  if (entries.length > MAX_ROWS)
    lines.push(style.dim(`  and ${entries.length - MAX_ROWS} more; \`--json\` has them all`));
  return `${lines.join('\n')}\n${renderFailures(result, style)}`;
}

/**
 * Every failure of a run, each with its node and the next thing to type, those that something handled last; the empty string where
 * there is none.
 */
export function renderFailures(result: RunResult, style: Style): string {
  const failures = Object.entries(result.nodes).flatMap(([id, record]) =>
    record.error === null || record.status === 'cancelled'
      ? []
      : [{ node: id, error: record.error, handledBy: record.handled_by }],
  );
  const runs = result.error;
  const known = failures.some(({ node, error }) => node === runs?.node && error.code === runs.code);
  const ended = runs === null || known ? [] : [{ node: runs.node, error: runs, handledBy: null }];
  const all = [
    ...ended,
    ...failures.filter(({ handledBy }) => handledBy === null),
    ...failures.filter(({ handledBy }) => handledBy !== null),
  ];
  const lines = all
    .slice(0, MAX_FAILURES)
    .flatMap(({ node, error, handledBy }) => [
      '',
      `${(handledBy === null ? style.red : style.yellow)(node === null ? 'the run' : printableName(node))}${handledBy === null ? '' : ` (handled by ${describeHandling(handledBy)})`}: ${style.bold(printable(error.code))} ${printable(error.message)}`,
      ...(error.path === null || error.path === ''
        ? []
        : [`  ${style.cyan('at:')}   ${printable(error.path)}`]),
      `  ${style.cyan('next:')} ${printable(error.hint)}`,
    ]);
  if (all.length > MAX_FAILURES)
    lines.push('', `and ${count(all.length - MAX_FAILURES, 'more failure')}; \`--json\` has them all`);
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** `work 2 s, speed-up 1.8, peak concurrency 3, critical path 1.1 s`. */
export function renderMetrics({ metrics }: RunResult): string {
  return [
    `work ${formatDuration(metrics.work_ms)}`,
    `speed-up ${trimmed(metrics.speedup, 2)}`,
    `peak concurrency ${metrics.peak_concurrency}`,
    `critical path ${formatDuration(metrics.critical_path_ms)}`,
  ].join(', ');
}

function renderResources({ metrics }: RunResult): readonly string[] {
  const resources = Object.entries(metrics.resources).slice(0, MAX_ROWS);
  if (resources.length === 0) return [];
  const lines = resources.map(([name, { uses, peak, waited_ms }]) => {
    return `  ${printableName(name)}: ${count(uses, 'use')}, at most ${peak} at once, waited for ${formatDuration(waited_ms)}`;
  });
  return ['', ...lines];
}

function renderStatus(result: RunResult, style: Style): string {
  const paint = { succeeded: style.green, failed: style.red, cancelled: style.yellow }[result.status];
  return `${style.bold(printableName(result.workflow))} ${paint(result.status)} in ${formatDuration(result.metrics.wall_ms)}`;
}

function tally(entries: readonly (readonly [string, NodeRecord])[]): string {
  const counts = new Map<NodeStatus, number>();
  for (const [, { status }] of entries) counts.set(status, (counts.get(status) ?? 0) + 1);
  const parts = [...counts].map(
    ([status, amount]) => `${amount} ${status === 'timed_out' ? 'timed out' : status}`,
  );
  return `${count(entries.length, 'node')}: ${parts.join(', ')}`;
}

function noteOn(record: NodeRecord): string {
  const notes = [
    ...(record.iteration === undefined ? [] : [`iteration ${record.iteration}`]),
    ...(record.reason === null ? [] : [describeReason(record.reason)]),
    ...(record.action === null || record.action === 'default'
      ? []
      : [`action ${printableName(record.action)}`]),
    ...(record.error === null || record.status === 'cancelled' ? [] : [printable(record.error.message)]),
    ...(record.handled_by === null ? [] : [`handled by ${describeHandling(record.handled_by)}`]),
    ...(record.compensation === undefined
      ? []
      : [record.compensation.status === 'succeeded' ? 'undone' : 'could not be undone']),
  ];
  return notes.join(', ');
}

function paintStatus(status: NodeStatus | undefined, style: Style): (text: string) => string {
  switch (status) {
    case 'succeeded':
      return style.green;
    case 'failed':
    case 'timed_out':
      return style.red;
    case 'cancelled':
      return style.yellow;
    default:
      return style.dim;
  }
}
