import { criticalPath } from '../ir/graph/critical-path.js';
import type { ResourceUse, Workflow, WorkflowNode } from '../ir/workflow.js';
import type { Clock } from './clock.js';
import type { NodeMetrics, NodeRecord, RunMetrics } from './record.js';
import { ResourceMeter } from './resource-meter.js';
import type { PlaceObserver } from './scheduler/run-places.js';

interface NodeTally {
  calls: number;
  queueMs: number;
  runMs: number;
  /** Time in which at least one of its calls was under way, and in backoff, added up; `null` for a node that did neither. */
  busyMs: number | null;
  /** Of the call that ended first: a batch has no result before that. `null` for none. */
  leadMs: number | null;
  /** Calls under way: several for a batch; and since when there have been any. */
  underWay: number;
  since: number;
}

/**
 * Counts a run's work while it goes on: calls of node functions, the waits between them, and what they wait for and hold. The
 * nodes of sub-workflows count for the run as a whole, and not one by one.
 */
export class Meter implements PlaceObserver {
  readonly #clock: Clock;
  readonly #resources: ResourceMeter;
  readonly #nodes = new Map<string, NodeTally>();
  #workMs = 0;
  #calls = 0;
  #peak = 0;
  /** Since when a node function has been running; of no meaning while none is. */
  #activeSince = 0;
  #activeMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#resources = new ResourceMeter(clock);
  }

  /**
   * Counts a call of a node function from now until the returned function is called.
   *
   * @param node `null` for one of a sub-workflow
   */
  callBegan(node: string | null): () => void {
    const began = this.#clock.now();
    if (this.#calls === 0) this.#activeSince = began;
    this.#peak = Math.max(this.#peak, ++this.#calls);
    const ended = node === null ? null : this.#called(node, began);
    return () => {
      const now = this.#clock.now();
      this.#calls--;
      this.#workMs += now - began;
      if (this.#calls === 0) this.#activeMs += now - this.#activeSince;
      ended?.(now);
    };
  }

  /** Counts a call that is no work of its own, as others do it: that of a sub-workflow. */
  delegationBegan(node: string): () => void {
    const ended = this.#called(node, this.#clock.now());
    return () => ended(this.#clock.now());
  }

  backedOff(node: string, ms: number): void {
    const tally = this.#tallyOf(node);
    tally.busyMs = (tally.busyMs ?? 0) + ms;
  }

  waited(node: string | null, uses: readonly ResourceUse[], ms: number): void {
    if (node !== null) this.#tallyOf(node).queueMs += ms;
    this.#resources.waited(uses, ms);
  }

  held(uses: readonly ResourceUse[]): void {
    this.#resources.held(uses);
  }

  freed(uses: readonly ResourceUse[]): void {
    this.#resources.freed(uses);
  }

  metrics(workflow: Workflow, wallMs: number): RunMetrics {
    const activeMs = this.#activeMs + (this.#calls === 0 ? 0 : this.#clock.now() - this.#activeSince);
    const busyMs = ({ id }: WorkflowNode): number | null => this.#nodes.get(id)?.busyMs ?? null;
    const leadMs = ({ id }: WorkflowNode): number | null => this.#nodes.get(id)?.leadMs ?? null;
    const named = [
      ...workflow.resources.map(({ name }) => name),
      ...workflow.nodes.flatMap(({ uses }) => uses.map(({ resource }) => resource)),
    ];
    return {
      wall_ms: round(wallMs),
      work_ms: round(this.#workMs),
      critical_path_ms: round(criticalPath(workflow, busyMs, leadMs).ms),
      speedup: wallMs > 0 ? round(this.#workMs / wallMs) : 1,
      peak_concurrency: this.#peak,
      mean_concurrency: activeMs > 0 ? round(this.#workMs / activeMs) : 0,
      nodes: this.#nodeMetrics(workflow),
      resources: this.#resources.metrics(named, round),
    };
  }

  #nodeMetrics(workflow: Workflow): { readonly [id: string]: NodeMetrics } {
    const byNode = Object.create(null) as { [id: string]: NodeMetrics };
    for (const { id } of workflow.nodes) {
      const { calls, queueMs, runMs } = this.#tallyOf(id);
      byNode[id] = { calls, queue_ms: round(queueMs), run_ms: round(runMs) };
    }
    return byNode;
  }

  /** Counts a call of one node; the returned function is told when it has ended. */
  #called(node: string, began: number): (ended: number) => void {
    const tally = this.#tallyOf(node);
    if (tally.underWay++ === 0) tally.since = began;
    return (ended) => {
      tally.calls++;
      tally.runMs += ended - began;
      tally.leadMs ??= ended - began;
      if (--tally.underWay === 0) tally.busyMs = (tally.busyMs ?? 0) + ended - tally.since;
    };
  }

  #tallyOf(node: string): NodeTally {
    let tally = this.#nodes.get(node);
    if (tally === undefined) {
      tally = { calls: 0, queueMs: 0, runMs: 0, busyMs: null, leadMs: null, underWay: 0, since: 0 };
      this.#nodes.set(node, tally);
    }
    return tally;
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
