import type { Workflow } from '../ir/workflow.js';
import type { NodeRecord, RunMetrics } from './record.js';

/** Counts a run's work while it goes on. */
export class Meter {
  readonly #runningSince = new Map<string, number>();
  #workMs = 0;
  #peak = 0;

  attemptStarted(node: string, at: number): void {
    this.#runningSince.set(node, at);
    this.#peak = Math.max(this.#peak, this.#runningSince.size);
  }

  /** Also for a node that was not running: it then counts for nothing. */
  attemptEnded(node: string, at: number): void {
    this.#workMs += at - (this.#runningSince.get(node) ?? at);
    this.#runningSince.delete(node);
  }

  metrics(workflow: Workflow, nodes: { readonly [id: string]: NodeRecord }, wallMs: number): RunMetrics {
    return {
      wall_ms: round(wallMs),
      work_ms: round(this.#workMs),
      critical_path_ms: round(criticalPath(workflow, nodes)),
      speedup: wallMs > 0 ? round(this.#workMs / wallMs) : 1,
      peak_concurrency: this.#peak,
    };
  }
}

/**
 * The longest chain of nodes that had to follow one another, each as long as it took from its first start to its end. A loop
 * is one link of the chain, from its first start to its last end.
 */
function criticalPath(workflow: Workflow, nodes: { readonly [id: string]: NodeRecord }): number {
  const links = new Map(workflow.nodes.map(({ id }, index) => [id, index]));
  // A node in nested loops belongs to the outermost, which comes last here.
  for (const loop of [...workflow.loops].sort((a, b) => a.body.length - b.body.length)) {
    const header = links.get(loop.header) ?? 0;
    for (const id of loop.body) links.set(id, header);
  }
  const spans = new Map<number, { from: number; to: number }>();
  for (const { id } of workflow.nodes) {
    const record = nodes[id];
    const from = record?.earlier?.[0]?.started_at ?? record?.started_at ?? null;
    if (record === undefined || from === null) continue;
    const link = links.get(id) ?? 0;
    const span = spans.get(link);
    spans.set(link, {
      from: Math.min(span?.from ?? from, from),
      to: Math.max(span?.to ?? record.ended_at, record.ended_at),
    });
  }

  const waitsFor = new Map<number, Set<number>>();
  const feeds = new Map<number, Set<number>>();
  for (const edge of workflow.edges) {
    const from = links.get(edge.from);
    const to = links.get(edge.to);
    if (edge.closes !== null || from === undefined || to === undefined || from === to) continue;
    setOf(waitsFor, to).add(from);
    setOf(feeds, from).add(to);
  }
  const longest = new Map<number, number>();
  const left = new Map([...new Set(links.values())].map((link) => [link, waitsFor.get(link)?.size ?? 0]));
  const ready = [...left].filter(([, count]) => count === 0).map(([link]) => link);
  let path = 0;
  for (let link = ready.pop(); link !== undefined; link = ready.pop()) {
    const span = spans.get(link);
    const before = Math.max(0, ...[...(waitsFor.get(link) ?? [])].map((other) => longest.get(other) ?? 0));
    const length = before + (span === undefined ? 0 : span.to - span.from);
    longest.set(link, length);
    path = Math.max(path, length);
    for (const next of feeds.get(link) ?? []) {
      const count = (left.get(next) ?? 1) - 1;
      left.set(next, count);
      if (count === 0) ready.push(next);
    }
  }
  return path;
}

function setOf(sets: Map<number, Set<number>>, key: number): Set<number> {
  const set = sets.get(key) ?? new Set();
  sets.set(key, set);
  return set;
}

/** To a thousandth: what is below that is noise. */
const round = (value: number): number => Math.round(value * 1000) / 1000;
