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

interface Entry {
  readonly record: NodeRecord;
  /** What its last attempt has run; the nodes of a sub-workflow that was cancelled settle after the node around them. */
  readonly inner: InnerRecords | null;
}

type RecordsById = { readonly [id: string]: NodeRecord };

/** Makes the records of one chart from its events, and nothing else (P15). */
export class RecordBook {
  readonly #startedAt = new Map<string, number>();
  readonly #inner = new Map<string, InnerRecords>();
  readonly #entries = new Map<string, Entry[]>();

  /** @param at milliseconds from the run's start */
  note(event: RunEventBody, at: number): void {
    switch (event.type) {
      case 'node.started':
        if (!this.#startedAt.has(event.node)) this.#startedAt.set(event.node, at);
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
    this.#inner.set(node, inner);
  }

  #settled(event: Settled, at: number): void {
    const record: NodeRecord = {
      name: event.name,
      status: event.status,
      attempts: event.attempts,
      started_at: this.#startedAt.get(event.node) ?? null,
      ended_at: at,
      output: event.output,
      error: event.error,
      handled_by: event.handled_by,
      action: event.action,
      reason: event.reason,
      ...(event.iteration === undefined ? {} : { iteration: event.iteration }),
    };
    const entry: Entry = { record, inner: this.#inner.get(event.node) ?? null };
    this.#startedAt.delete(event.node);
    this.#inner.delete(event.node);
    const entries = this.#entries.get(event.node);
    if (entries === undefined) this.#entries.set(event.node, [entry]);
    else entries.push(entry);
  }

  #amend(
    { node, name }: { readonly node: string; readonly name: string },
    change: Partial<NodeRecord>,
  ): void {
    const entries = this.#entries.get(node) ?? [];
    const index = entries.findLastIndex(({ record }) => record.name === name);
    const entry = entries[index];
    if (entry !== undefined) entries[index] = { ...entry, record: { ...entry.record, ...change } };
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
      const earlier = (this.#entries.get(id) ?? []).map(withNodes);
      const last = earlier.pop();
      if (last !== undefined) byNode[id] = earlier.length === 0 ? last : { ...last, earlier };
    }
    return byNode;
  }
}

function withNodes({ record, inner }: Entry): NodeRecord {
  return inner === null ? record : { ...record, nodes: inner.records.soFar(inner.workflow) };
}
