import type { Workflow } from '../ir/workflow.js';
import type { ChartEvent } from '../machines/chart-event.js';
import type { NodeRecord } from './record.js';

type Settled = Extract<ChartEvent, { type: 'node.settled' }>;
type FailureHandled = Extract<ChartEvent, { type: 'node.failure_handled' }>;
type Compensated = Extract<ChartEvent, { type: 'node.compensated' }>;

/** Makes the records of a run from its events, and nothing else (P15). */
export class RecordBook {
  readonly #startedAt = new Map<string, number>();
  readonly #records = new Map<string, NodeRecord[]>();

  started(node: string, at: number): void {
    if (!this.#startedAt.has(node)) this.#startedAt.set(node, at);
  }

  settled(event: Settled, at: number): void {
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
    this.#startedAt.delete(event.node);
    const records = this.#records.get(event.node);
    if (records === undefined) this.#records.set(event.node, [record]);
    else records.push(record);
  }

  failureHandled({ node, name, handled_by }: FailureHandled): void {
    this.#amend(node, name, { handled_by });
  }

  compensated({ node, name, status, error }: Compensated): void {
    this.#amend(node, name, { compensation: { status, error } });
  }

  #amend(node: string, name: string, amendment: Partial<NodeRecord>): void {
    const records = this.#records.get(node) ?? [];
    const index = records.findLastIndex((record) => record.name === name);
    const record = records[index];
    if (record !== undefined) records[index] = { ...record, ...amendment };
  }

  /** The records by node id, in order of declaration. An own `__proto__` is a key like any other. */
  byNode(workflow: Workflow): { readonly [id: string]: NodeRecord } {
    const byNode = Object.create(null) as { [id: string]: NodeRecord };
    for (const { id } of workflow.nodes) {
      const earlier = [...(this.#records.get(id) ?? [])];
      const last = earlier.pop();
      if (last === undefined) throw new Error(`Node ${id} has no record.`);
      byNode[id] = earlier.length === 0 ? last : { ...last, earlier };
    }
    return byNode;
  }
}
