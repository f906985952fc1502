import { criticalPath } from '../ir/graph/critical-path.js';
import type { Workflow } from '../ir/workflow.js';
import type { NodeRecord, RunMetrics } from './record.js';

/** Counts a run's work while it goes on: calls of node functions, and the waits between them. */
export class Meter {
  /** By node: milliseconds in its function and in backoff, all attempts and iterations added up. */
  readonly #busyMs = new Map<string, number>();
  #workMs = 0;
  #calls = 0;
  #peak = 0;

  callBegan(): void {
    this.#peak = Math.max(this.#peak, ++this.#calls);
  }

  /** @param node `null` for one of a sub-workflow */
  callEnded(node: string | null, ms: number): void {
    this.#calls--;
    this.#workMs += ms;
    if (node !== null) this.waited(node, ms);
  }

  waited(node: string, ms: number): void {
    this.#busyMs.set(node, (this.#busyMs.get(node) ?? 0) + ms);
  }

  metrics(workflow: Workflow, wallMs: number): RunMetrics {
    return {
      wall_ms: round(wallMs),
      work_ms: round(this.#workMs),
      critical_path_ms: round(criticalPath(workflow, ({ id }) => this.#busyMs.get(id) ?? null).ms),
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
