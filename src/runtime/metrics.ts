import { criticalPath } from '../ir/graph/critical-path.js';
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
      critical_path_ms: round(criticalPath(workflow, ({ id }) => runningTime(nodes[id])).ms),
      speedup: wallMs > 0 ? round(this.#workMs / wallMs) : 1,
      peak_concurrency: this.#peak,
    };
  }
}

/**
 * Milliseconds from a node's first start to its end, waits between attempts included, all iterations added up; `null` for a node
 * that did not run.
 */
export function runningTime(record: NodeRecord | undefined): number | null {
  if (record === undefined) return null;
  let total: number | null = null;
  for (const { started_at, ended_at } of [...(record.earlier ?? []), record]) {
    if (started_at !== null) total = (total ?? 0) + ended_at - started_at;
  }
  return total;
}

/** To a thousandth: what is below that is noise. */
const round = (value: number): number => Math.round(value * 1000) / 1000;
