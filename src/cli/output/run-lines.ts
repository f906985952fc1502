import type { Failure } from '../../ir/errors.js';
import type { RunEvent } from '../../runtime/event.js';
import type { CancelReason, Handling, SkipReason } from '../../runtime/record.js';
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
    const since = 'node' in event ? (run.about(event)?.since ?? null) : null;
    run.apply(event);
    if (event.type === 'node.started') startedAt = event.at;
    const text = describeEvent(event, { since, run }, view);
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

interface Known {
  /** When the node that the event is about began; `null` for one that is not under way. */
  readonly since: number | null;
  readonly run: RunView;
}

function describeEvent(event: RunEvent, { since, run }: Known, view: LinesView): string | null {
  const { style } = view;
  const lasting = view.lastingOnly === true;
  if ('node' in event) {
    const name = printableName(event.scope === undefined ? event.node : `${event.scope}.${event.node}`);
    const what = describeNodeEvent(event, { since, run }, view);
    return what === null ? null : `${name}${what}`;
  }
  switch (event.type) {
    case 'loop.iteration':
      return lasting || event.iteration === 1
        ? null
        : `loop ${printableName(event.loop)}: iteration ${event.iteration}`;
    case 'group.failed':
      return `group ${printableName(event.group)} ${style.red('failed')}: ${count(event.failed, 'branch', 'branches')} failed`;
    case 'run.failing':
      return `${style.red('stopping')}: ${event.error.node === null ? describeFailure(event.error) : `${printableName(event.error.node)} failed`}`;
    case 'run.cancelling':
      return `${style.yellow('cancelling')}: ${printable(event.reason)}`;
    default:
      return null;
  }
}

/** So many failed items of one batch are shown; the record has the others. */
const MAX_ITEM_FAILURES = 5;

/** What follows the name of the node. */
function describeNodeEvent(
  event: RunEvent & { readonly node: string },
  { since, run }: Known,
  { style, lastingOnly = false }: LinesView,
): string | null {
  switch (event.type) {
    case 'node.log':
      return `: ${printable(event.message)}`;
    case 'node.attempt_failed':
      return ` ${style.yellow(`attempt ${event.attempt} failed`)}: ${describeFailure(event.error)}`;
    case 'node.backoff':
      return lastingOnly ? null : ` waits ${formatDuration(event.delay_ms)} before the next attempt`;
    case 'resource.waiting':
      return lastingOnly || event.index !== undefined ? null : ` waits for ${printableName(event.resource)}`;
    case 'item.settled': {
      if (event.error === null) return null;
      const failures = run.itemFailures(event);
      if (failures > MAX_ITEM_FAILURES) return null;
      const more = failures === MAX_ITEM_FAILURES ? '; failures of further items are not shown' : '';
      return ` ${style.red(`item ${event.index} failed`)}: ${describeFailure(event.error)}${more}`;
    }
    case 'call.settled':
      return event.error === null
        ? null
        : ` ${style.yellow(`call ${event.index} of ${printableName(event.tool)} failed`)}: ${describeFailure(event.error)}`;
    case 'event.awaited':
      return ` ${style.yellow('waits')} for the event ${printableName(event.event)}; \`--send NAME=JSON\` gives one from the start`;
    case 'event.received':
      return ` received ${printableName(event.event)}`;
    case 'event.refused':
      return ` ${style.yellow('refused')} ${printableName(event.event)}: ${printable(event.problems.join('; '))}`;
    case 'node.settled':
      return describeSettled(event, since, { style, lastingOnly });
    case 'node.failure_handled':
      return `: its failure is handled by ${describeHandling(event.handled_by)}`;
    case 'node.late_result_dropped':
      return ` returned too late (attempt ${event.attempt}); its result is dropped`;
    case 'node.compensating':
      return lastingOnly ? null : ' is being undone';
    case 'node.compensated':
      return event.error === null
        ? ' is undone'
        : ` ${style.red('could not be undone')}: ${describeFailure(event.error)}`;
    default:
      return null;
  }
}

function describeSettled(
  event: RunEvent & { readonly type: 'node.settled' },
  since: number | null,
  { style, lastingOnly = false }: LinesView,
): string | null {
  const handled = event.handled_by === null ? '' : ` (handled by ${describeHandling(event.handled_by)})`;
  if (event.error !== null) {
    const status = event.status === 'timed_out' ? 'timed out' : event.status;
    const paint = event.handled_by === null ? style.red : style.yellow;
    return ` ${paint(status)}${handled}: ${describeFailure(event.error)}`;
  }
  if (lastingOnly) return null;
  if (event.status === 'succeeded') {
    const time = since === null ? '' : ` in ${formatDuration(event.at - since)}`;
    return ` ${style.green('succeeded')}${time}${event.attempts > 1 ? ` on attempt ${event.attempts}` : ''}`;
  }
  const reason = event.reason === null ? '' : `: ${describeReason(event.reason)}`;
  return ` ${style.dim(event.status)}${reason}`;
}

/** What handles a failure, as in `handled by its fallback`. */
export function describeHandling(handling: Handling): string {
  switch (handling.kind) {
    case 'catch':
      return 'its catch';
    case 'fallback':
      return 'its fallback';
    case 'continue':
      return 'on_error "continue"';
    case 'error_edge':
      return 'an error edge';
    case 'join':
      return 'the join after it';
    case 'group':
      return `group ${printableName(handling.group)}`;
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
