import { count } from './count.js';
import { formatDuration } from './duration.js';
import { printable, printableName } from './printable.js';
import { describeRunning } from './run-lines.js';
import type { NodeView, RunView } from './run-view.js';
import type { Style } from './style.js';
import { displayWidth, pad, truncate } from './width.js';

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const BAR_WIDTH = 12;

export interface BlockView {
  /** Milliseconds from the run's start. */
  readonly now: number;
  /** Which picture of the spinner it is, from 0. */
  readonly frame: number;
  /** Of the terminal; no line is longer, and there are never as many lines. */
  readonly columns: number;
  readonly rows: number;
  readonly style: Style;
}

/** What is going on at one moment, as the lines that a terminal shows and redraws: one for each node that is running or in backoff. */
export function renderRunBlock(run: RunView, view: BlockView): string[] {
  const { style } = view;
  // A line of the full width would wrap on some terminals.
  const width = Math.max(10, view.columns - 1);
  const spinner = SPINNER[view.frame % SPINNER.length] ?? '';
  const running = run.running();
  const what =
    run.status === 'failing' || run.status === 'cancelling'
      ? `${run.status}: ${count(running.length, 'node')} still running`
      : running.length === 0
        ? `waiting: ${count(run.active().length, 'node')} in backoff`
        : describeRunning(running);
  const tally = truncate(`  ${run.settled}/${run.total} done  ${formatDuration(view.now)}`, width - 2);
  const head = truncate(what, Math.max(0, width - 2 - displayWidth(tally)));
  const lines = [`${style.cyan(spinner)} ${style.bold(head)}${style.dim(tally)}`];

  const active = run.active();
  const fit = Math.max(1, view.rows - 3);
  const shown = active.length > fit ? active.slice(0, fit - 1) : active;
  const nameWidth = Math.min(
    24,
    Math.max(0, width - 10),
    Math.max(0, ...shown.map((node) => displayWidth(nameOf(node)))),
  );
  for (const node of shown) {
    const name = pad(truncate(nameOf(node), nameWidth), nameWidth);
    const detail = truncate(describeActive(node, view.now), Math.max(0, width - nameWidth - 6));
    const mark = node.status === 'running' ? style.cyan(spinner) : style.yellow('◌');
    lines.push(`  ${mark} ${name}  ${detail}`);
  }
  if (shown.length < active.length)
    lines.push(style.dim(truncate(`  … and ${active.length - shown.length} more`, width)));
  return lines;
}

function nameOf(node: NodeView): string {
  const iteration = node.iteration === null || node.iteration === 1 ? '' : ` #${node.iteration}`;
  return `${printableName(node.id)}${iteration}`;
}

function describeActive(node: NodeView, now: number): string {
  if (node.status === 'backoff') {
    return `attempt ${node.attempt} failed, the next in ${formatDuration(Math.max(0, (node.due ?? now) - now))}`;
  }
  const parts = [formatDuration(Math.max(0, now - node.since)).padEnd(8)];
  if (node.attempt > 1) parts.push(`attempt ${node.attempt}`);
  if (node.progress !== null) {
    const { done, total, message } = node.progress;
    if (total !== null && total > 0) {
      const share = Math.min(1, Math.max(0, done / total));
      const full = Math.round(share * BAR_WIDTH);
      parts.push(`${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)} ${Math.round(share * 100)} %`);
    } else {
      parts.push(`${done} done`);
    }
    if (message !== null) parts.push(printable(message));
  }
  return parts.join('  ').trimEnd();
}
