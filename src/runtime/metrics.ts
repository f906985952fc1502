import { criticalPath } from '../ir/graph/critical-path.js';
import type { ResourceUse, Workflow, WorkflowNode } from '../ir/workflow.js';
import type { CallUnderWay } from './attempt-host.js';
import type { Clock } from './clock.js';
import { NodeTallies } from './node-tallies.js';
import type { NodeMetrics, NodeRecord, RunMetrics } from './record.js';
import { ResourceMeter } from './resource-meter.js';
import { toThousandth as round } from './rounding.js';
import type { PlaceObserver } from './scheduler/run-places.js';

/**
 * Counts a run's work while it goes on: calls of node functions, the waits between them, and what they wait for and hold. The
 * nodes of sub-workflows count for the run as a whole, and not one by one.
 */
export class Meter implements PlaceObserver {
  readonly #clock: Clock;
  readonly #resources: ResourceMeter;
  readonly #nodes: NodeTallies;
  #workMs = 0;
  #calls = 0;
  #peak = 0;
  /** Since when a node function has been running; of no meaning while none is. */
  #activeSince = 0;
  #activeMs = 0;

  /** @param nodes how many there are, those of sub-workflows not counted */
  constructor(clock: Clock, nodes: number) {
    this.#clock = clock;
    this.#resources = new ResourceMeter(clock);
    this.#nodes = new NodeTallies(nodes);
  }

  /**
   * Counts a call of a node function from now until it ends.
   *
   * @param node its index; `null` for one of a sub-workflow
   */
  callBegan(node: number | null): CallUnderWay {
    const began = this.#clock.now();
    if (this.#calls === 0) this.#activeSince = began;
    this.#peak = Math.max(this.#peak, ++this.#calls);
    if (node !== null) this.#nodes.callBegan(node, began);
    return new MeasuredCall(this, node, began, true);
  }

  /** Counts a call that is no work of its own, as others do it: that of a sub-workflow. */
  delegationBegan(node: number): CallUnderWay {
    const began = this.#clock.now();
    this.#nodes.callBegan(node, began);
    return new MeasuredCall(this, node, began, false);
  }

  /** Called once for each call. */
  callEnded({ node, began, isWork }: MeasuredCall): void {
    const now = this.#clock.now();
    if (isWork) {
      this.#calls--;
      this.#workMs += now - began;
      if (this.#calls === 0) this.#activeMs += now - this.#activeSince;
    }
    if (node !== null) this.#nodes.callEnded(node, began, now);
  }

  backedOff(node: number, ms: number): void {
    this.#nodes.backedOff(node, ms);
  }

  waited(node: number | null, uses: readonly ResourceUse[], ms: number): void {
    if (node !== null) this.#nodes.waited(node, ms);
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
    const busyMs = (_: WorkflowNode, index: number): number | null => this.#nodes.busyMs(index);
    const leadMs = (_: WorkflowNode, index: number): number | null => this.#nodes.leadMs(index);
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

  #nodeMetrics({ nodes }: Workflow): { readonly [id: string]: NodeMetrics } {
    const byNode = Object.create(null) as { [id: string]: NodeMetrics };
    for (const [index, { id }] of nodes.entries()) byNode[id] = this.#nodes.metrics(index);
    return byNode;
  }
}

class MeasuredCall implements CallUnderWay {
  constructor(
    readonly meter: Meter,
    readonly node: number | null,
    readonly began: number,
    /** Whether it does the work itself. */
    readonly isWork: boolean,
  ) {}

  end(): void {
    this.meter.callEnded(this);
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
