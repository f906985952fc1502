import type { Failure } from '../../ir/errors.js';
import { ForkchartError } from '../../ir/errors.js';
import type { JsonValue } from '../../ir/json.js';
import { streamsFrom } from '../../machines/batch/streams.js';
import type { NodePlan, Topology } from '../../machines/topology.js';
import type { ItemSource, NextItem } from './item-source.js';

/** Why no more results come from a stage: it has passed on all of them, or it has ended some other way. */
type End = { readonly failure: Failure | null };

/** What one stage has been passed and has not taken yet. */
class Buffer {
  readonly #values: JsonValue[] = [];
  #end: End | null = null;
  #wake: () => void = () => {};
  open = true;

  get size(): number {
    return this.#values.length;
  }

  push(value: JsonValue): void {
    this.#values.push(value);
    this.#wake();
  }

  end(end: End): void {
    this.#end ??= end;
    this.#wake();
  }

  close(): void {
    this.open = false;
    this.#values.length = 0;
  }

  /** The next result; `End` once all of them are taken. */
  async take(): Promise<{ readonly value: JsonValue } | End> {
    while (this.#values.length === 0 && this.#end === null) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const value = this.#values.shift();
    return value === undefined ? (this.#end ?? { failure: null }) : { value };
  }
}

/** Passes a batch's results on to the stages after it, in order, each at its own pace. */
export class Stream {
  /** Called when a stage has taken a result, or wants no more. */
  onTaken: () => void = () => {};
  readonly #buffers: ReadonlyMap<number, Buffer>;

  constructor(stages: readonly number[]) {
    this.#buffers = new Map(stages.map((stage) => [stage, new Buffer()]));
  }

  /** Results that wait for the slowest stage. */
  get waiting(): number {
    let most = 0;
    for (const buffer of this.#buffers.values()) most = Math.max(most, buffer.size);
    return most;
  }

  push(value: JsonValue): void {
    for (const buffer of this.#buffers.values()) if (buffer.open) buffer.push(value);
  }

  /** No more come. What a stage has been passed is still its own. */
  end(failure: Failure | null): void {
    for (const buffer of this.#buffers.values()) buffer.end({ failure });
  }

  /** A stage wants no more: it is not waited for any longer. */
  leave(stage: number): void {
    this.#buffers.get(stage)?.close();
    this.onTaken();
  }

  /** The results as items of a stage: they end with FC5015 where the stage before has not passed on all that it had to. */
  read(source: NodePlan, stage: NodePlan): ItemSource {
    const buffer = this.#buffers.get(stage.index);
    if (buffer === undefined) throw new Error(`${stage.node.id} takes nothing of ${source.node.id}.`);
    return {
      total: null,
      next: async (): Promise<NextItem> => {
        const taken = await buffer.take();
        if ('value' in taken) {
          this.onTaken();
          return taken;
        }
        if (taken.failure === null) return null;
        throw stageFailed(source, stage, taken.failure);
      },
      close: () => this.leave(stage.index),
    };
  }
}

function stageFailed(source: NodePlan, stage: NodePlan, { message }: Failure): ForkchartError {
  return new ForkchartError(
    'FC5015',
    `\`${source.node.id}\`, the stage before, has ended early: ${message}`,
    {
      hint: `Look at \`${source.node.id}\`; what it had passed on was worked on.`,
      path: stage.node.batch?.pointer ?? stage.node.pointer,
      terminal: true,
    },
  );
}

/** The streams of one run, by the node that they come from. */
export class StreamTable {
  readonly #topology: Topology;
  readonly #streams = new Map<number, { readonly stream: Stream; readonly open: Set<number> }>();

  readonly #hasAny: boolean;

  constructor(topology: Topology) {
    this.#topology = topology;
    this.#hasAny = topology.workflow.edges.some(({ streams }) => streams);
  }

  /** The stream of a node in its present iteration; `null` for a node that has none. */
  from(node: number): Stream | null {
    const known = this.#streams.get(node);
    if (known !== undefined) return known.stream;
    const stages = streamsFrom(this.#topology, node).map(({ to }) => to);
    if (stages.length === 0) return null;
    const stream = new Stream(stages);
    this.#streams.set(node, { stream, open: new Set([node, ...stages]) });
    return stream;
  }

  /** To be told of every node that has settled, with its failure if it has one: it may have done so without having run. */
  settled(id: string, failure: Failure | null): void {
    if (!this.#hasAny) return;
    const node = this.#topology.nodeIndex.get(id);
    const plan = node === undefined ? undefined : this.#topology.nodes[node];
    if (plan === undefined) return;
    this.from(plan.index)?.end(failure ?? stopped(plan));
    this.#end(plan.index, plan.index);
    for (const { edge, from } of plan.incoming) {
      if (!edge.streams) continue;
      this.from(from)?.leave(plan.index);
      this.#end(from, plan.index);
    }
  }

  /** Once all who had to do with a stream have settled, the next iteration of a loop around them begins with a fresh one. */
  #end(source: number, node: number): void {
    const entry = this.#streams.get(source);
    entry?.open.delete(node);
    if (entry?.open.size === 0) this.#streams.delete(source);
  }
}

/** Of a source that was cancelled or skipped: one that has passed on all of its results said so before it settled. */
const stopped = ({ node }: NodePlan): Failure => ({
  code: 'FC5015',
  message: 'it was cancelled, or did not run.',
  node: node.id,
  path: node.pointer,
  hint: 'See why it was skipped or cancelled.',
});
