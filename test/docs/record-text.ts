import type { Handling, NodeRecord, RunResult } from '../../src/runtime/record.js';

/** A run's record as docs/policies.md shows it: the run, a line for each node, resources, outputs. */
export function recordText(result: RunResult): string {
  const { status, nodes, error, outputs, metrics } = result;
  const lines = Object.entries(nodes).map(([id, record]) => [
    id,
    record.status,
    timesOf(record),
    notesOn(record).join(', '),
  ]);
  const resources = Object.entries(metrics.resources).map(
    ([name, { uses, peak, waited_ms }]) =>
      `${name}: ${uses} uses, at most ${peak} at once, ${waited_ms} ms waited`,
  );
  const failure = error === null ? '' : ` (${error.code}${error.node === null ? '' : ` at ${error.node}`})`;
  return [
    `run ${status}${failure} after ${metrics.wall_ms} ms`,
    ...table(lines),
    ...resources,
    ...Object.entries(outputs).map(([name, value]) => `${name} = ${JSON.stringify(value)}`),
    '',
  ].join('\n');
}

function timesOf({ started_at, ended_at }: NodeRecord): string {
  return started_at === null ? '-' : `${started_at} to ${ended_at} ms`;
}

function notesOn({ attempts, error, handled_by, reason, compensation }: NodeRecord): readonly string[] {
  return [
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
    ...(error === null ? [] : [error.code]),
    ...(handled_by === null ? [] : [`handled by ${handler(handled_by)}`]),
    ...(reason === null ? [] : [`${reason.kind}${'node' in reason ? ` ${reason.node}` : ''}`]),
    ...(compensation === undefined ? [] : [`undone: ${compensation.status}`]),
  ];
}

const handler = (by: Handling): string => (by.kind === 'group' ? `group ${by.group}` : by.kind);

/** Cells in columns, without blanks at the ends of lines. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
