import type { NodeContext } from '../actors/node.js';
import { RECEIVE, type ReceivingContext } from '../actors/wait.js';
import { RUN_WORKFLOW, type WorkflowCall, type WorkflowNodeContext } from '../actors/workflow.js';
import { describeValue } from '../ir/diagnostics/wording.js';
import { ForkchartError } from '../ir/errors.js';
import type { JsonObject, JsonValue } from '../ir/json.js';
import type { ValueSchema } from '../ir/value-schema.js';
import { itemName } from '../machines/names.js';
import type { AttemptInput } from '../machines/node.js';
import type { Outcome } from '../machines/outcome.js';
import type { Stoppable } from '../machines/stepper/one-shot.js';
import type { NodePlan, Topology } from '../machines/topology.js';
import type { AttemptHost } from './attempt-host.js';
import { CallDesk, type Work } from './call-desk.js';
import type { Clock } from './clock.js';
import type { RunEventBody } from './event.js';

/** What a node function is given, and the end of it: what a function says after it has returned is not heard. */
export interface OpenContext {
  readonly context: NodeContext;
  close(): void;
}

const NO_STATE: JsonObject = Object.freeze({});
const NO_TOOLS: readonly string[] = [];

/** @param stop told to stop when the attempt is */
export function openContext(
  host: AttemptHost,
  plan: NodePlan,
  input: AttemptInput,
  execution: string,
  stop: Stoppable,
): OpenContext {
  return new OpenWork(host, plan, input, execution, new NodeWork(host, plan, input, execution, stop));
}

class NodeWork implements Work {
  readonly attempt: number;
  readonly idempotencyKey: string;
  readonly item: number | null;
  readonly holdsResources: boolean;
  readonly call = null;
  readonly tools = NO_TOOLS;
  #tally: Work['tally'] | null = null;

  constructor(
    host: AttemptHost,
    plan: NodePlan,
    input: AttemptInput,
    execution: string,
    readonly stop: Stoppable,
  ) {
    this.attempt = input.attempt;
    this.idempotencyKey = `${host.runId}/${execution}`;
    this.item = input.item?.index ?? null;
    this.holdsResources = plan.node.uses.length > 0;
  }

  get tally(): Work['tally'] {
    this.#tally ??= { underWay: 0 };
    return this.#tally;
  }
}

/** What stands behind a context: made for each attempt, so that what most functions never ask for is made when they do. */
class OpenWork implements OpenContext {
  readonly context: WorkContext;
  isOpen = true;
  #desk: CallDesk | null = null;

  constructor(
    readonly host: AttemptHost,
    readonly plan: NodePlan,
    readonly input: AttemptInput,
    readonly execution: string,
    readonly work: Work,
  ) {
    this.context = new WorkContext(this);
  }

  get desk(): CallDesk {
    const { host, plan, input, execution, work } = this;
    const open = (call: Work): OpenContext => new OpenWork(host, plan, input, execution, call);
    this.#desk ??= new CallDesk(host, plan, about(plan, input), work, open);
    return this.#desk;
  }

  runWorkflow(call: WorkflowCall): Promise<JsonValue> {
    const { host, plan, input, execution, work } = this;
    return host.runWorkflow(call, { plan, input, execution, signal: work.stop.signal });
  }

  close(): void {
    this.isOpen = false;
    this.#desk?.close();
  }

  publish(event: RunEventBody): void {
    if (this.isOpen && !this.work.stop.isStopped) this.host.publish(event);
  }

  progress(done: number, total: number | null, message: string | undefined): void {
    checkNumber('ctx.progress', 'done', done, Number.isFinite(done));
    if (total !== null) checkNumber('ctx.progress', 'total', total, Number.isFinite(total));
    const { call } = this.work;
    this.publish({
      ...(call === null
        ? { type: 'node.progress', ...about(this.plan, this.input) }
        : { type: 'call.progress', ...call }),
      done,
      total,
      message: message === undefined ? null : String(message),
    });
  }

  log(message: string): void {
    this.publish({ type: 'node.log', ...about(this.plan, this.input), message: String(message) });
  }

  async sleep(ms: number): Promise<void> {
    checkNumber('ctx.sleep', 'ms', ms, typeof ms === 'number' && !Number.isNaN(ms));
    await sleep(this.host.clock, Math.max(0, ms), this.work.stop.signal);
  }

  async receive(event: string, schema: ValueSchema | null): Promise<JsonValue> {
    const node = about(this.plan, this.input);
    const { signal } = this.work.stop;
    const refused = (problems: readonly string[]) =>
      this.publish({ type: 'event.refused', ...node, event, problems });
    const awaited = () => this.publish({ type: 'event.awaited', ...node, event });
    const payload = await this.host.mailbox.receive(event, { schema, signal, refused, awaited });
    this.publish({ type: 'event.received', ...node, event });
    return payload;
  }
}

/**
 * What the function sees. All of it is its own and can be taken apart or spread, but for what only node types of forkchart's own ask for. An `AbortSignal` and a
 * map of outputs take longer to make than all the rest, and are made when they are read.
 */
class WorkContext implements ReceivingContext, WorkflowNodeContext {
  static readonly #signal: PropertyDescriptor & ThisType<WorkContext> = {
    enumerable: true,
    get() {
      return this.#open.work.stop.signal;
    },
  };
  static readonly #input: PropertyDescriptor & ThisType<WorkContext> = {
    enumerable: true,
    get() {
      const { host, plan, input } = this.#open;
      return predecessorOutputs(host.topology, plan, new Map(input.outcomes));
    },
  };

  readonly #open: OpenWork;
  readonly node: string;
  readonly runId: string;
  readonly attempt: number;
  readonly idempotencyKey: string;
  readonly state: JsonObject;
  declare readonly signal: AbortSignal;
  declare readonly input: NodeContext['input'];
  readonly workers: NodeContext['workers'] = new Workers((module, params) =>
    this.#open.host.workers.run(module, params, this),
  );
  readonly progress: NodeContext['progress'] = (done, total = null, message) =>
    this.#open.progress(done, total, message);
  readonly log: NodeContext['log'] = (message) => this.#open.log(message);
  readonly sleep: NodeContext['sleep'] = (ms) => this.#open.sleep(ms);
  readonly callToolsParallel: NodeContext['callToolsParallel'] = (calls, options) =>
    this.#open.desk.make(calls, options);

  constructor(open: OpenWork) {
    const { host, plan, input, work } = open;
    this.#open = open;
    this.node = plan.node.id;
    this.runId = host.runId;
    this.attempt = work.attempt;
    this.idempotencyKey = work.idempotencyKey;
    this.state = input.state ?? NO_STATE;
    Object.defineProperty(this, 'signal', WorkContext.#signal);
    Object.defineProperty(this, 'input', WorkContext.#input);
  }

  [RECEIVE](event: string, schema: ValueSchema | null): Promise<JsonValue> {
    return this.#open.receive(event, schema);
  }

  [RUN_WORKFLOW](call: WorkflowCall): Promise<JsonValue> {
    return this.#open.runWorkflow(call);
  }
}

/** A class, as V8 may take what a literal makes for long-lived. */
class Workers {
  constructor(readonly run: NodeContext['workers']['run']) {}
}

/** What is no number would pass as `null`, or as no time at all. */
function checkNumber(what: string, name: string, given: unknown, isNumber: boolean): void {
  if (isNumber) return;
  throw new ForkchartError('FC9002', `\`${name}\` of \`${what}\` is ${describeValue(given)}.`, {
    hint: 'Pass a number.',
    terminal: true,
  });
}

/** Which node, and which iteration of the innermost loop around it, an event is about. */
export function about(
  plan: NodePlan,
  { name, iterations, item }: AttemptInput,
): { node: string; name: string; iteration?: number } {
  const iteration = iterations.at(-1);
  return {
    node: plan.node.id,
    name: item === null ? name : itemName(name, item.index),
    ...(iteration === undefined ? {} : { iteration }),
  };
}

/** By id, in order of declaration; those that were skipped, failed or have not run yet are left out. */
function predecessorOutputs(
  topology: Topology,
  plan: NodePlan,
  outcomes: ReadonlyMap<number, Outcome | null>,
): ReadonlyMap<string, JsonValue> {
  const outputs = new Map<string, JsonValue>();
  for (const { from } of plan.incoming) {
    const outcome = outcomes.get(from) ?? null;
    const id = topology.nodes[from]?.node.id;
    if (id !== undefined && outcome?.status === 'succeeded') outputs.set(id, outcome.output);
  }
  return outputs;
}

function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = (): void => {
      clock.clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = clock.setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
