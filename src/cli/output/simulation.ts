import type { Simulation } from '../../analysis/simulate.js';
import { formatDuration, trimmed } from './duration.js';
import { printable, printableName } from './printable.js';
import { renderMetrics } from './run-summary.js';
import type { Style } from './style.js';
import { displayWidth, pad, truncate } from './width.js';

const MAX_ROWS = 100;

export interface SimulationView {
  readonly width: number;
  readonly style: Style;
}

/** A simulated run for a person: makespan, a bar in time for each node (the critical path's stand out), and what was assumed. */
export function renderSimulation(simulation: Simulation, view: SimulationView): string {
  const { style } = view;
  const wall = simulation.metrics.wall_ms;
  const critical = new Set(simulation.critical_path);
  const slots =
    simulation.max_concurrency === null
      ? 'no limit on concurrency'
      : `at most ${simulation.max_concurrency} at once`;
  const lines = [
    `${style.bold(printableName(simulation.workflow))} would take ${style.bold(formatDuration(wall))} (${slots})`,
    `  ${renderMetrics(simulation)}, utilisation ${trimmed(simulation.utilisation * 100, 0)} %`,
    `  critical path: ${simulation.critical_path.map(printableName).join(' > ')}`,
    '',
  ];
  const all = Object.entries(simulation.nodes);
  const rows = all.slice(0, MAX_ROWS).map(([id, record]) => {
    const start = record.started_at;
    const time =
      start === null ? record.status : `${formatDuration(start)} to ${formatDuration(record.ended_at)}`;
    return { id, name: printableName(id), time, start, end: record.ended_at };
  });
  const nameWidth = Math.min(30, Math.max(0, ...rows.map((row) => displayWidth(row.name))));
  const timeWidth = Math.max(0, ...rows.map((row) => row.time.length));
  const barWidth = Math.max(10, view.width - nameWidth - timeWidth - 8);
  for (const row of rows) {
    const mark = critical.has(row.id) ? style.red('*') : ' ';
    const paint = critical.has(row.id) ? style.red : style.cyan;
    const bar = row.start === null ? '' : paint(renderBar(row.start, row.end, wall, barWidth));
    lines.push(
      `${mark} ${pad(truncate(row.name, nameWidth), nameWidth)}  ${row.time.padStart(timeWidth)}  ${bar}`.trimEnd(),
    );
  }
  if (all.length > MAX_ROWS)
    lines.push(style.dim(`  and ${all.length - MAX_ROWS} more; \`--json\` has them all`));
  if (simulation.assumptions.length > 0) {
    lines.push('', 'assumed:', ...simulation.assumptions.map((assumption) => `  - ${printable(assumption)}`));
  }
  return `${lines.join('\n')}\n`;
}

function renderBar(start: number, end: number, wall: number, width: number): string {
  if (wall === 0) return '|';
  const from = Math.min(width - 1, Math.floor((start / wall) * width));
  const to = Math.max(from + 1, Math.round((end / wall) * width));
  return `${' '.repeat(from)}${end === start ? '|' : '█'.repeat(to - from)}`;
}
