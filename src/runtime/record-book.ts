import type { Workflow } from '../ir/workflow.js';
import type { ChartEvent } from '../machines/chart-event.js';
import type { RunEventBody } from './event.js';
import type { NodeRecord } from './record.js';

type Settled = Extract<ChartEvent, { type: 'node.settled' }>;

/** The records of a sub-workflow, made as it goes on. */
export interface InnerRecords {
  readonly workflow: Workflow;
  readonly records: RecordBook;
}

type RecordsById = { readonly [id: string]: NodeRecord };

/** What is known of one node. */
interface Page {
  startedAt: number | null;
  /** What its present attempt runs. */
  inner: InnerRecords | null;
  /** One for each time that it settled. */
  readonly records: NodeRecord[];
}

/** Makes the records of one chart from its events, and nothing else (P15). */
export class RecordBook {
  readonly #pages = new Map<string, Page>();
  /** What the last attempt behind a record has run; the nodes of a sub-workflow that was cancelled settle after the node around them. */
  readonly #inner = new Map<NodeRecord, InnerRecords>();

  /** @param at milliseconds from the run's start */
  note(event: RunEventBody, at: number): void {
    switch (event.type) {
      case 'node.started':
        this.#pageOf(event.node).startedAt ??= at;
        return;
      case 'node.settled':
        this.#settled(event, at);
        return;
      case 'node.failure_handled':
        this.#amend(event, { handled_by: event.handled_by });
        return;
      case 'node.compensated':
        this.#amend(event, { compensation: { status: event.status, error: event.error } });
        return;
    }
  }

  /** Keeps what the present attempt at a node runs, to be shown with its record. */
  keepInner(node: string, inner: InnerRecords): void {
    this.#pageOf(node).inner = inner;
  }

  #settled(event: Settled, at: number): void {
    const page = this.#pageOf(event.node);
    const made = {
      name: event.name,
      status: event.status,
      attempts: event.attempts,
      started_at: page.startedAt,
      ended_at: at,
      output: event.output,
      error: event.error,
      handled_by: event.handled_by,
      action: event.action,
      reason: event.reason,
    };
    const { iteration } = event;
    const record: NodeRecord = iteration === undefined ? made : { ...made, iteration };
    page.records.push(record);
    if (page.inner !== null) this.#inner.set(record, page.inner);
    page.startedAt = null;
    page.inner = null;
  }

  #amend(
    { node, name }: { readonly node: string; readonly name: string },
    change: Partial<NodeRecord>,
  ): void {
    const { records } = this.#pageOf(node);
    const index = records.findLastIndex((record) => record.name === name);
    const record = records[index];
    if (record === undefined) return;
    const inner = this.#inner.get(record);
    const amended = { ...record, ...change };
    records[index] = amended;
    if (inner !== undefined) this.#inner.set(amended, inner);
  }

  #pageOf(node: string): Page {
    let page = this.#pages.get(node);
    if (page === undefined) {
      page = { startedAt: null, inner: null, records: [] };
      this.#pages.set(node, page);
    }
    return page;
  }

  /**
   * The records by node id, in order of declaration. An own `__proto__` is a key like any other.
   *
   * @throws when a node has none: every node of a chart that has ended has one (P1)
   */
  byNode(workflow: Workflow): RecordsById {
    const records = this.soFar(workflow);
    const missing = workflow.nodes.find(({ id }) => records[id] === undefined);
    if (missing !== undefined) throw new Error(`Node ${missing.id} has no record.`);
    return records;
  }

  /** The same, without the nodes that have not settled. */
  soFar(workflow: Workflow): RecordsById {
    const byNode = Object.create(null) as { [id: string]: NodeRecord };
    for (const { id } of workflow.nodes) {
      const records = this.#pages.get(id)?.records;
      const last = records?.at(-1);
      if (records === undefined || last === undefined) continue;
      const record = this.#withNodes(last);
      byNode[id] =
        records.length === 1
          ? record
          : { ...record, earlier: records.slice(0, -1).map((one) => this.#withNodes(one)) };
    }
    return byNode;
  }

  #withNodes(record: NodeRecord): NodeRecord {
    const inner = this.#inner.get(record);
    return inner === undefined ? record : { ...record, nodes: inner.records.soFar(inner.workflow) };
  }
}
