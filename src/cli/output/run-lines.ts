import type { Failure } from '../../ir/errors.js';
import type { RunEvent } from '../../runtime/event.js';
import type { CancelReason, SkipReason } from '../../runtime/record.js';
import { count, listed } from './count.js';
import { formatDuration } from './duration.js';
import { printable, printableName } from './printable.js';
import type { NodeView, RunView } from './run-view.js';
import type { Style } from './style.js';

export interface LinesView {
  readonly style: Style;
  /** Leave out what the redrawn block shows anyway: only what should stay on the screen. */
  readonly lastingOnly?: boolean;
}

/**
 * A line for each thing that happened in events that came together. Nodes that start together share one line:
 * `executing 2 steps in parallel: analyze, visualize`. Adds the events up in `run`.
 */
export function renderRunLines(events: readonly RunEvent[], run: RunView, view: LinesView): string[] {
  const { style } = view;
  const lines: string[] = [];
  const add = (at: number, text: string) =>
    lines.push(`${style.dim(formatDuration(at).padStart(9))}  ${text}`);
  let startedAt: number | null = null;
  const flushStarts = () => {
    if (startedAt !== null && view.lastingOnly !== true)
      add(startedAt, style.cyan(describeRunning(run.running())));
    startedAt = null;
  };
  for (const event of events) {
    if (event.type !== 'node.started' && event.type !== 'node.queued') flushStarts();
    const since = 'node' in event ? (run.node(event.node)?.since ?? null) : null;
    run.apply(event);
    if (event.type === 'node.started') startedAt = event.at;
    const text = describeEvent(event, since, view);
    if (text !== null) add(event.at, text);
  }
  flushStarts();
  return lines;
}

/** `executing analyze`, or `executing 2 steps in parallel: analyze, visualize`. */
export function describeRunning(running: readonly NodeView[]): string {
  const names = running.map((node) => {
    const notes = [
      ...(node.iteration === null || node.iteration === 1 ? [] : [`iteration ${node.iteration}`]),
      ...(node.attempt > 1 ? [`attempt ${node.attempt}`] : []),
    ];
    return `${printableName(node.id)}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`;
  });
  if (names.length < 2) return `executing ${names.join('')}`;
  return `executing ${count(names.length, 'step')} in parallel: ${listed(names)}`;
}

function describeEvent(event: RunEvent, since: number | null, view: LinesView): string | null {
  const { style } = view;
  const lasting = view.lastingOnly === true;
  switch (event.type) {
    case 'node.log':
      return `${printableName(event.node)}: ${printable(event.message)}`;
    case 'node.attempt_failed':
      return `${printableName(event.node)} ${style.yellow(`attempt ${event.attempt} failed`)}: ${describeFailure(event.error)}`;
    case 'node.backoff':
      return lasting
        ? null
        : `${printableName(event.node)} waits ${formatDuration(event.delay_ms)} before the next attempt`;
    case 'node.settled': {
      const name = printableName(event.node);
      if (event.error !== null) {
        const status = event.status === 'timed_out' ? 'timed out' : event.status;
        return `${name} ${style.red(status)}: ${describeFailure(event.error)}`;
      }
      if (lasting) return null;
      if (event.status === 'succeeded') {
        const time = since === null ? '' : ` in ${formatDuration(event.at - since)}`;
        return `${name} ${style.green('succeeded')}${time}${event.attempts > 1 ? ` on attempt ${event.attempts}` : ''}`;
      }
      const reason = event.reason === null ? '' : `: ${describeReason(event.reason)}`;
      return `${name} ${style.dim(event.status)}${reason}`;
    }
    case 'node.late_result_dropped':
      return `${printableName(event.node)} returned too late (attempt ${event.attempt}); its result is dropped`;
    case 'loop.iteration':
      return lasting || event.iteration === 1
        ? null
        : `loop ${printableName(event.loop)}: iteration ${event.iteration}`;
    case 'run.failing':
      return `${style.red('stopping')}: ${event.error.node === null ? describeFailure(event.error) : `${printableName(event.error.node)} failed`}`;
    case 'run.cancelling':
      return `${style.yellow('cancelling')}: ${printable(event.reason)}`;
    default:
      return null;
  }
}

function describeFailure(failure: Failure): string {
  return `${printable(failure.code)} ${printable(failure.message)}`;
}

/** Why a node did not run, or not to its end. */
export function describeReason(reason: SkipReason | CancelReason): string {
  switch (reason.kind) {
    case 'not_taken':
      return 'no edge to it was taken';
    case 'when_false':
      return 'its condition is false';
    case 'upstream_failed':
    case 'group_failed':
      return `${printableName(reason.node)} failed`;
    case 'join_satisfied':
      return `${printableName(reason.node)} started without it`;
  }
}
