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

/** What is known of one node. */
interface Page {
  startedAt: number | null;
  /** What its present attempt runs. */
  inner: InnerRecords | null;
  /** One for each time that it settled. */
  readonly entries: Entry[];
}

/** Makes the records of one chart from its events, and nothing else (P15). */
export class RecordBook {
  readonly #pages = new Map<string, Page>();

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
    const record: NodeRecord = {
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
    const entry: Entry = {
      record: iteration === undefined ? record : { ...record, iteration },
      inner: page.inner,
    };
    page.startedAt = null;
    page.inner = null;
    page.entries.push(entry);
  }

  #amend(
    { node, name }: { readonly node: string; readonly name: string },
    change: Partial<NodeRecord>,
  ): void {
    const { entries } = this.#pageOf(node);
    const index = entries.findLastIndex(({ record }) => record.name === name);
    const entry = entries[index];
    if (entry !== undefined) entries[index] = { ...entry, record: { ...entry.record, ...change } };
  }

  #pageOf(node: string): Page {
    let page = this.#pages.get(node);
    if (page === undefined) {
      page = { startedAt: null, inner: null, entries: [] };
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
      const { entries } = this.#pages.get(id) ?? NOTHING;
      const last = entries.at(-1);
      if (last === undefined) continue;
      const record = withNodes(last);
      byNode[id] =
        entries.length === 1 ? record : { ...record, earlier: entries.slice(0, -1).map(withNodes) };
    }
    return byNode;
  }
}

const NOTHING: Pick<Page, 'entries'> = { entries: [] };

function withNodes({ record, inner }: Entry): NodeRecord {
  return inner === null ? record : { ...record, nodes: inner.records.soFar(inner.workflow) };
}
