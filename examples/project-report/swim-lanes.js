import { drawing, LABEL_WIDTH, NOTE_WIDTH, ROW, round, shorten, WIDTH } from './charts.js';
import { html } from './markup.js';

/** @typedef {{ result: import('forkchart').RunResult, events: readonly import('forkchart').RunEvent[] }} RecordedRun */
/** @typedef {{ kind: 'queued' | 'running' | 'failed' | 'backoff', attempt: number, from: number, to: number }} Segment */

const TOP = 26;

/**
 * Draws what each node did when: a lane for each, from the events of the run alone.
 *
 * @param {import('forkchart').Workflow} workflow
 * @param {RecordedRun} run
 * @param {{ title: string, span: number, critical: ReadonlySet<string> }} options `span`: milliseconds from the left end to the
 * right end, so that the pictures of two runs can have the same scale; `critical`: nodes to be marked
 * @returns {string} SVG
 */
export function swimLanes(workflow, run, { title, span, critical }) {
  const scale = (WIDTH - LABEL_WIDTH - NOTE_WIDTH) / Math.max(span, 1);
  const x = (/** @type {number} */ at) => round(LABEL_WIDTH + at * scale);
  const bottom = TOP + workflow.nodes.length * ROW;
  const segments = segmentsOf(run.events);

  const grid = ticks(span).map(
    (at) =>
      html`<line class="grid" x1="${x(at)}" x2="${x(at)}" y1="${TOP - 6}" y2="${bottom}"/><text class="note" x="${x(at)}" y="14" text-anchor="middle">${at} ms</text>`,
  );
  const lanes = workflow.nodes.map(({ id }, index) => {
    const y = TOP + index * ROW;
    const bars = (segments.get(id) ?? []).map(({ kind, attempt, from, to }) => {
      const className = kind === 'running' && critical.has(id) ? 'running critical' : kind;
      const inset = kind === 'running' || kind === 'failed' ? 5 : 10;
      const width = Math.max(round((to - from) * scale), 1);
      return html`<rect class="${className}" x="${x(from)}" y="${y + inset}" width="${width}" height="${ROW - 2 * inset}"><title>${id}, attempt ${attempt}: ${kind} from ${round(from)} to ${round(to)} ms</title></rect>`;
    });
    const baseline = y + ROW / 2 + 4.5;
    return html`<text class="${critical.has(id) ? 'critical' : ''}" x="${LABEL_WIDTH - 10}" y="${baseline}" text-anchor="end">${shorten(id, 20)}</text>${bars}<text class="note" x="${WIDTH - NOTE_WIDTH + 10}" y="${baseline}">${describe(run.result.nodes[id])}</text>`;
  });
  return drawing(title, bottom + 2, [...grid, ...lanes]);
}

/**
 * What every node did, one stretch of time after the other.
 *
 * @param {readonly import('forkchart').RunEvent[]} events
 */
export function segmentsOf(events) {
  /** @type {Map<string, Segment[]>} */
  const segments = new Map();
  /** @type {Map<string, Pick<Segment, 'kind' | 'attempt' | 'from'>>} */
  const open = new Map();
  for (const event of events) {
    switch (event.type) {
      case 'node.queued':
        turnTo(event.node, event.at, 'queued');
        break;
      case 'node.started':
        turnTo(event.node, event.at, 'running', event.attempt);
        break;
      case 'node.attempt_failed':
        close(event.node, event.at, 'failed');
        break;
      case 'node.backoff':
        turnTo(event.node, event.at, 'backoff', event.attempt);
        break;
      case 'node.settled':
        close(event.node, event.at, event.status === 'succeeded' ? undefined : 'failed');
        break;
    }
  }
  return segments;

  /** @type {(node: string, at: number, kind: Segment['kind'], attempt?: number) => void} */
  function turnTo(
    node,
    at,
    kind,
    attempt = 1 + (segments.get(node) ?? []).filter((past) => past.kind === 'failed').length,
  ) {
    close(node, at);
    open.set(node, { kind, attempt, from: at });
  }

  /** @type {(node: string, at: number, outcome?: 'failed') => void} */
  function close(node, at, outcome) {
    const current = open.get(node);
    open.delete(node);
    if (current === undefined || current.from === at) return;
    const kind = current.kind === 'running' ? (outcome ?? current.kind) : current.kind;
    segments.set(node, [...(segments.get(node) ?? []), { ...current, kind, to: at }]);
  }
}

/**
 * Which nodes the end of the run waited for: from the node that ended last back to the one that it waited for, and so on.
 *
 * @param {import('forkchart').Workflow} workflow
 * @param {import('forkchart').RunResult} result
 * @returns {ReadonlySet<string>}
 */
export function criticalChain(workflow, result) {
  const endOf = (/** @type {string} */ id) => result.nodes[id]?.ended_at ?? 0;
  const lastOf = (/** @type {readonly string[]} */ ids) =>
    ids.reduce((a, b) => (endOf(b) > endOf(a) ? b : a));
  /** @type {Set<string>} */
  const chain = new Set();
  let waiting = workflow.nodes.map(({ id }) => id);
  while (waiting.length > 0) {
    const last = lastOf(waiting);
    chain.add(last);
    waiting = workflow.edges
      .filter(({ to, from }) => to === last && !chain.has(from))
      .map(({ from }) => from);
  }
  return chain;
}

/** @param {number} value */
export const formatMilliseconds = (value) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

/** @param {import('forkchart').NodeRecord | undefined} record */
function describe(record) {
  if (record === undefined || record.started_at === null) return record?.status ?? '';
  const { status, attempts, output } = record;
  const thread = typeof output === 'object' && output !== null && 'thread' in output ? output.thread : null;
  return [
    formatMilliseconds(record.ended_at - record.started_at),
    ...(thread === null ? [] : [`thread ${thread}`]),
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
    ...(status === 'succeeded' ? [] : [status]),
  ].join(' · ');
}

/**
 * Four to eight round numbers of milliseconds.
 *
 * @param {number} span
 */
function ticks(span) {
  const power = 10 ** Math.floor(Math.log10(Math.max(span, 1)));
  const step = [power / 5, power / 2, power, 2 * power].find((size) => span / size <= 6) ?? 2 * power;
  return Array.from({ length: Math.floor(span / step) + 1 }, (_, index) => round(index * step));
}
