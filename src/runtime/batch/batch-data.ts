import { type AnyEventObject, fromCallback } from 'xstate';
import type { JsonValue } from '../../ir/json.js';
import type { BatchPolicy } from '../../ir/workflow.js';
import type { BatchReply, BatchRequest, ItemSettled } from '../../machines/batch/protocol.js';
import { batchBefore, keepsResults, streamInto } from '../../machines/batch/streams.js';
import type { RunSystem } from '../../machines/compile.js';
import type { AttemptInput } from '../../machines/node.js';
import type { AttemptFailure, AttemptResult } from '../../machines/outcome.js';
import type { NodePlan } from '../../machines/topology.js';
import { attemptScope, executionId } from '../attempt.js';
import { attemptFailure } from '../attempt-failure.js';
import type { AttemptHost } from '../attempt-host.js';
import { toJsonResult } from '../json-result.js';
import { checkWrites } from '../state-writes.js';
import { commitTo, committedIn } from '../store/access.js';
import { ResultCollector } from './collector.js';
import type { ItemSource } from './item-source.js';
import { type FoundItems, findItems, inChunks } from './items.js';
import type { Stream } from './stream.js';

/** Results that are held at most until an earlier item, on which their order depends, has ended. */
const MOST_WAITING = 10_000;

/** The actor that reads a batch's items and gathers its results, for as long as the batch is open. */
export function batchDataActor(hostOf: (run: RunSystem) => AttemptHost) {
  return fromCallback<BatchRequest, AttemptInput>(({ input, sendBack, receive, system }) => {
    const host = hostOf(system);
    const plan = host.topology.nodes[input.node];
    const policy = plan?.node.batch ?? null;
    if (plan === undefined || policy === null) throw new Error(`Node ${input.node} has no batch.`);
    const data = new BatchData(host, plan, policy, input, (reply) => sendBack(reply as AnyEventObject));
    receive((request) => data.receive(request));
    void data.open();
    return () => data.close();
  });
}

/** The data side of one batch: the chart says when an item is read and what becomes of it, this holds what it is. */
class BatchData {
  readonly #host: AttemptHost;
  readonly #plan: NodePlan;
  readonly #policy: BatchPolicy;
  readonly #input: AttemptInput;
  readonly #reply: (reply: BatchReply) => void;
  readonly #stream: Stream | null;
  readonly #results: ResultCollector;
  /** `null` until the items are found; a batch that runs as a whole has none. */
  #items: FoundItems | null = null;
  /** What the node put out that runs as a whole. */
  #whole: AttemptResult | null = null;
  /** Lanes that have asked for an item. */
  readonly #asking: number[] = [];
  /** By index: the items that are under way. */
  readonly #underWay = new Map<number, JsonValue>();
  #begun = 0;
  #reading = false;
  #closed = false;

  constructor(
    host: AttemptHost,
    plan: NodePlan,
    policy: BatchPolicy,
    input: AttemptInput,
    reply: (reply: BatchReply) => void,
  ) {
    this.#host = host;
    this.#plan = plan;
    this.#policy = policy;
    this.#input = input;
    const replyWhileOpen = (message: BatchReply): void => {
      if (!this.#closed) reply(message);
    };
    this.#reply = replyWhileOpen;
    const stream = host.streams.from(plan.index);
    this.#stream = stream;
    this.#results = new ResultCollector(
      policy,
      keepsResults(host.topology, plan),
      stream === null ? null : (value) => stream.push(value),
    );
    const readOn = (): void => this.#read();
    if (stream !== null) stream.onTaken = readOn;
  }

  async open(): Promise<void> {
    try {
      const { store, runId } = this.#host;
      const committed = await committedIn(store, runId, this.#execution);
      if (this.#closed) return;
      if (committed !== undefined) {
        this.#stream?.end(null);
        this.#reply({ type: 'finished', result: committed });
        return;
      }
      this.#items = this.#findItems();
      const total = this.#items === null ? 1 : this.#items.source.total;
      this.#reply({ type: 'opened', total, whole: this.#items === null });
    } catch (error) {
      this.#break(error);
    }
  }

  receive(request: BatchRequest): void {
    switch (request.type) {
      case 'pull':
        this.#asking.push(request.lane);
        this.#read();
        break;
      case 'keep':
        this.#settle(request.settled);
        if (request.pulls) this.#asking.push(request.settled.lane);
        this.#read();
        break;
      case 'finish':
        void this.#finish();
        break;
      case 'explain':
        this.#explain(request.tolerated);
        break;
    }
  }

  /** Told when the batch has ended, or was made to: what it read from is let go of. */
  close(): void {
    this.#closed = true;
    this.#items?.source.close();
  }

  get #execution(): string {
    return this.#host.executionPrefix + executionId(this.#plan.node.id, this.#input.iterations);
  }

  #findItems(): FoundItems | null {
    const { topology } = this.#host;
    const source = streamInto(topology, this.#plan);
    const results = source === null ? null : this.#host.streams.from(source.index);
    if (source !== null && results !== null) {
      return { source: inChunks(results.read(source, this.#plan), this.#policy), parameter: null };
    }
    const blank = { index: 0, value: null, parameter: null };
    const item = this.#policy.items.kind === 'auto' ? blank : null;
    const scope = attemptScope(this.#host, this.#plan, { ...this.#input, item });
    return findItems(
      this.#plan.node,
      this.#policy,
      scope,
      this.#host,
      batchBefore(topology, this.#plan.node),
    );
  }

  /** Reads as many items as are asked for, one after the other. */
  #read(): void {
    while (this.#asking.length > 0 && !this.#reading && !this.#closed && this.#hasRoom()) {
      if (this.#items === null) {
        this.#hand(this.#begun === 0 ? { value: null } : null);
        continue;
      }
      try {
        const next = this.#items.source.next();
        if (next instanceof Promise) this.#await(next);
        else this.#hand(next);
      } catch (error) {
        this.#stopReading(error);
      }
    }
  }

  #await(next: ReturnType<ItemSource['next']>): void {
    this.#reading = true;
    Promise.resolve(next).then(
      (item) => {
        this.#reading = false;
        this.#hand(item);
        this.#read();
      },
      (error: unknown) => this.#stopReading(error),
    );
  }

  #hand(next: { readonly value: JsonValue } | null): void {
    if (next === null) {
      this.#asking.length = 0;
      this.#reply({ type: 'exhausted' });
      return;
    }
    const lane = this.#asking.shift();
    if (lane === undefined) return;
    const index = this.#begun++;
    this.#underWay.set(index, next.value);
    const parameter = this.#items?.parameter ?? null;
    this.#reply({ type: 'item', lane, item: { index, value: next.value, parameter } });
  }

  #stopReading(error: unknown): void {
    this.#asking.length = 0;
    this.#break(error);
  }

  /** Whether the stages after this one keep up, and not too many results wait for an earlier one: both bound what is begun. */
  #hasRoom(): boolean {
    if (this.#stream === null) return this.#results.waiting < MOST_WAITING;
    const waiting = this.#results.waiting + this.#stream.waiting;
    return this.#underWay.size + waiting < this.#policy.maxConcurrent;
  }

  #settle({ index, result, failure }: ItemSettled): void {
    const item = this.#underWay.get(index) ?? null;
    this.#underWay.delete(index);
    try {
      if (result !== null && this.#items === null) this.#whole = result;
      else if (result !== null) this.#results.succeeded(index, result.output);
      if (failure !== null) this.#results.failed(index, item, failure);
    } catch (error) {
      this.#stopReading(error);
    }
  }

  async #finish(): Promise<void> {
    const { store, runId, resultBytes, topology } = this.#host;
    try {
      const output = this.#whole?.output ?? toJsonResult(this.#results.output(), resultBytes);
      const result = this.#whole ?? { output, action: 'default' };
      if (this.#input.state !== null) checkWrites(topology, this.#plan, output, this.#input.state);
      await commitTo(store, runId, this.#execution, result);
      if (this.#closed) return;
      this.#stream?.end(null);
      this.#reply({ type: 'finished', result });
    } catch (error) {
      this.#break(error);
    }
  }

  #explain(tolerated: number): void {
    this.#reply({ type: 'explained', failure: this.#results.failureNumber(tolerated) });
  }

  #break(error: unknown): void {
    const failure: AttemptFailure = {
      ...attemptFailure(this.#plan.node.type, this.#plan, error, this.#host.now()),
      terminal: true,
    };
    this.#reply({ type: 'broken', failure });
  }
}
