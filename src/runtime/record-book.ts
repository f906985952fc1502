import type { ChartEvent } from '../machines/chart-event.js';
import type { Topology } from '../machines/topology.js';
import type { RunEventBody } from './event.js';
import type { NodeRecord } from './record.js';

type Settled = Extract<ChartEvent, { type: 'node.settled' }>;

type RecordsById = { readonly [id: string]: NodeRecord };

/** Makes the records of one chart from its events, and nothing else (P15). */
export class RecordBook {
  readonly #topology: Topology;
  /** By node: when its first attempt since it last settled began. */
  readonly #startedAt: (number | null)[];
  /** By node: the record of the last time that it settled. */
  readonly #last: (NodeRecord | null)[];
  /** By node: those of the times before, for what has settled more than once. */
  readonly #earlier = new Map<number, NodeRecord[]>();
  /** By node: those of the sub-workflow that its present attempt runs. */
  readonly #running = new Map<number, RecordBook>();
  /** The nodes of the sub-workflow that the last attempt behind a record has run; where that was cancelled, they settle after the node around them. */
  readonly #inner = new Map<NodeRecord, RecordBook>();

  constructor(topology: Topology) {
    const { length } = topology.nodes;
    this.#topology = topology;
    this.#startedAt = new Array<number | null>(length).fill(null);
    this.#last = new Array<NodeRecord | null>(length).fill(null);
  }

  /**
   * @param node which one the event is about
   * @param at milliseconds from the run's start
   */
  note(node: number, event: RunEventBody, at: number): void {
    switch (event.type) {
      case 'node.started':
        this.#startedAt[node] ??= at;
        return;
      case 'node.settled':
        this.#settled(node, event, at);
        return;
      case 'node.failure_handled':
        this.#amend(node, event.name, { handled_by: event.handled_by });
        return;
      case 'node.compensated':
        this.#amend(node, event.name, { compensation: { status: event.status, error: event.error } });
        return;
    }
  }

  /** Keeps what the present attempt at a node runs, to be shown with its record. */
  keepInner(node: number, inner: RecordBook): void {
    this.#running.set(node, inner);
  }

  #settled(node: number, event: Settled, at: number): void {
    const made = {
      name: event.name,
      status: event.status,
      attempts: event.attempts,
      started_at: this.#startedAt[node] ?? null,
      ended_at: at,
      output: event.output,
      error: event.error,
      handled_by: event.handled_by,
      action: event.action,
      reason: event.reason,
    };
    const { iteration } = event;
    const record: NodeRecord = iteration === undefined ? made : { ...made, iteration };
    const before = this.#last[node] ?? null;
    if (before !== null) this.#keepEarlier(node, before);
    this.#last[node] = record;
    this.#startedAt[node] = null;
    const inner = this.#running.get(node);
    if (inner === undefined) return;
    this.#inner.set(record, inner);
    this.#running.delete(node);
  }

  #keepEarlier(node: number, record: NodeRecord): void {
    const earlier = this.#earlier.get(node);
    if (earlier === undefined) this.#earlier.set(node, [record]);
    else earlier.push(record);
  }

  /** Changes the last record of that name. */
  #amend(node: number, name: string, change: Partial<NodeRecord>): void {
    const last = this.#last[node] ?? null;
    if (last?.name === name) {
      this.#last[node] = this.#amended(last, change);
      return;
    }
    const earlier = this.#earlier.get(node) ?? [];
    const index = earlier.findLastIndex((record) => record.name === name);
    const record = earlier[index];
    if (record !== undefined) earlier[index] = this.#amended(record, change);
  }

  #amended(record: NodeRecord, change: Partial<NodeRecord>): NodeRecord {
    const inner = this.#inner.get(record);
    const amended = { ...record, ...change };
    if (inner !== undefined) this.#inner.set(amended, inner);
    return amended;
  }

  /**
   * The records by node id, in order of declaration. An own `__proto__` is a key like any other.
   *
   * @throws when a node has none: every node of a chart that has ended has one (P1)
   */
  byNode(): RecordsById {
    const missing = this.#last.indexOf(null);
    if (missing !== -1) throw new Error(`Node ${this.#topology.nodes[missing]?.node.id} has no record.`);
    return this.soFar();
  }

  /** The same, without the nodes that have not settled. */
  soFar(): RecordsById {
    const byNode = Object.create(null) as { [id: string]: NodeRecord };
    for (const { node, index } of this.#topology.nodes) {
      const last = this.#last[index] ?? null;
      if (last === null) continue;
      const record = this.#withNodes(last);
      const earlier = this.#earlier.get(index);
      byNode[node.id] =
        earlier === undefined ? record : { ...record, earlier: earlier.map((one) => this.#withNodes(one)) };
    }
    return byNode;
  }

  #withNodes(record: NodeRecord): NodeRecord {
    const inner = this.#inner.size === 0 ? undefined : this.#inner.get(record);
    return inner === undefined ? record : { ...record, nodes: inner.soFar() };
  }
}
