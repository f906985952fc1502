import type { CallRecord } from '../actors/call.js';
import type { NodeContext } from '../actors/node.js';
import { readRouted } from '../actors/route.js';
import { type Failure, isTerminal } from '../ir/errors.js';
import type { JsonValue } from '../ir/json.js';
import type { PlaceHolder } from '../machines/compile.js';
import { exponentialDelay } from '../machines/retry.js';
import type { NodePlan } from '../machines/topology.js';
import type { AttemptHost } from './attempt-host.js';
import { parseParams, UnusableParams } from './attempt-params.js';
import { type CallEnding, firstEnding } from './call-ending.js';
import type { CallPlan, CallRequest } from './call-request.js';
import type { AboutCall } from './event.js';
import { toJsonResult } from './json-result.js';
import { failureOf } from './thrown.js';

/** On whose behalf calls are made: an attempt at a node, or at a call. */
export interface Caller {
  readonly host: AttemptHost;
  readonly plan: NodePlan;
  /** Who has the place that is taken until the functions have returned. */
  readonly holder: PlaceHolder;
  /** Aborting it ends every call. */
  readonly signal: AbortSignal;
  /** The number of the first of the calls, among all that the caller makes. */
  readonly firstIndex: number;
  about(index: number, tool: string): AboutCall;
  /** Makes what the function of a call is given. */
  openContext(index: number, tool: string, attempt: number, signal: AbortSignal): CallContext;
  /** Called as each call settles. */
  settled(): void;
}

/** What a call's function is given, until it is closed. */
export interface CallContext {
  readonly context: NodeContext;
  close(): void;
}

/** One call, and how far it is. */
interface Call {
  readonly index: number;
  readonly request: CallRequest;
  attempts: number;
  startedAt: number | null;
  /** Ends the attempt that is under way, or its wait for resources. */
  controller: AbortController | null;
  /** The end of its backoff. */
  timer: unknown;
  /** Once it has settled. */
  record: CallRecord | null;
}

/** Calls that are made together, from the first to the last record. */
export class ToolCalls {
  readonly #caller: Caller;
  readonly #plan: CallPlan;
  readonly #calls: readonly Call[];
  /** Those that may start, in the order in which they will. */
  readonly #ready: Call[];
  /** Calls whose functions run, those that were told to stop and have not returned included. */
  #running = 0;
  #unsettled: number;
  readonly #onAbort = () => this.stop(this.#caller.signal.reason);
  #resolve: (records: readonly CallRecord[]) => void = () => {};
  /** Their records, in the order of the calls. Never rejects. */
  readonly records = new Promise<readonly CallRecord[]>((resolve) => {
    this.#resolve = resolve;
  });

  constructor(caller: Caller, plan: CallPlan) {
    this.#caller = caller;
    this.#plan = plan;
    this.#calls = plan.requests.map((request, index) => ({
      index: caller.firstIndex + index,
      request,
      attempts: 0,
      startedAt: null,
      controller: null,
      timer: null,
      record: null,
    }));
    this.#ready = [...this.#calls];
    this.#unsettled = this.#calls.length;
  }

  start(): void {
    const { signal } = this.#caller;
    if (this.#unsettled === 0) this.#resolve([]);
    else signal.addEventListener('abort', this.#onAbort, { once: true });
    if (signal.aborted) this.#onAbort();
    this.#startReady();
  }

  /** Cancels every call that has not settled. */
  stop(reason: unknown): void {
    this.#ready.length = 0;
    for (const call of this.#calls) {
      if (call.record !== null) continue;
      this.#caller.host.clock.clearTimeout(call.timer);
      this.#settle(call, { status: 'cancelled', output: null, error: null });
      call.controller?.abort(reason);
    }
  }

  #startReady(): void {
    while (this.#running < this.#plan.maxConcurrent) {
      const call = this.#ready.shift();
      if (call === undefined) return;
      this.#running++;
      void this.#occupy(call).then(() => {
        this.#running--;
        this.#startReady();
      });
    }
  }

  /** One attempt at a call, until its function has returned and its resources are free. Never rejects. */
  async #occupy(call: Call): Promise<void> {
    const { host, plan } = this.#caller;
    const controller = new AbortController();
    call.controller = controller;
    let release = (): void => {};
    try {
      if (this.#plan.uses.length > 0)
        release = await host.acquireResources(plan.index, this.#plan.uses, controller.signal);
    } catch (error) {
      this.#ended(call, { kind: 'threw', error });
      return;
    }
    try {
      if (!controller.signal.aborted) await this.#attempt(call, controller);
    } finally {
      release();
    }
  }

  async #attempt(call: Call, controller: AbortController): Promise<void> {
    const { host, holder } = this.#caller;
    const { definition, timeoutMs } = call.request;
    call.attempts++;
    call.startedAt ??= host.now();
    const { attempts: attempt } = call;
    host.publish({ type: 'call.started', ...this.#caller.about(call.index, definition.type), attempt });
    const underWay = host.called(holder);
    const over = (): void => underWay.end();
    const work = this.#run(call, controller.signal);
    const returned = work.then(over, over);
    this.#ended(call, await firstEnding(work, controller, host.clock, timeoutMs));
    await host.withinGrace(returned);
  }

  async #run({ index, request, attempts }: Call, signal: AbortSignal): Promise<JsonValue> {
    const { definition } = request;
    const { pointer } = this.#caller.plan.node;
    const params = await parseParams(definition, request.params, pointer, lookAtCall);
    signal.throwIfAborted();
    const opened = this.#caller.openContext(index, definition.type, attempts, signal);
    try {
      const { output } = readRouted(await definition.run(params, opened.context));
      return toJsonResult(output, this.#caller.host.resultBytes);
    } finally {
      opened.close();
    }
  }

  /** Decides what becomes of a call whose attempt has ended, unless that is decided already. */
  #ended(call: Call, ending: CallEnding): void {
    call.controller = null;
    if (call.record !== null || ending.kind === 'stopped') return;
    if (ending.kind === 'returned') {
      this.#settle(call, { status: 'succeeded', output: ending.output, error: null });
      return;
    }
    const { retry } = call.request;
    const terminal = ending.kind === 'threw' && isPointless(ending.error);
    if (retry !== null && !terminal && call.attempts < retry.maxAttempts) {
      call.timer = this.#caller.host.clock.setTimeout(
        () => {
          this.#ready.push(call);
          this.#startReady();
        },
        exponentialDelay(retry, call.attempts),
      );
      return;
    }
    const status = ending.kind === 'timed_out' ? 'timed_out' : 'failed';
    this.#settle(call, { status, output: null, error: this.#failure(call, ending) });
    if (this.#plan.failFast) this.stop(new DOMException('Another of these calls has failed.', 'AbortError'));
  }

  #settle(call: Call, end: Pick<CallRecord, 'status' | 'output' | 'error'>): void {
    const { host, signal } = this.#caller;
    const { attempts, startedAt: started_at } = call;
    const tool = call.request.definition.type;
    call.record = { tool, ...end, attempts, started_at, ended_at: host.now() };
    const { status, error } = end;
    host.publish({ type: 'call.settled', ...this.#caller.about(call.index, tool), status, attempts, error });
    this.#caller.settled();
    if (--this.#unsettled > 0) return;
    signal.removeEventListener('abort', this.#onAbort);
    this.#resolve(this.#calls.flatMap(({ record }) => record ?? []));
  }

  #failure({ index, request, attempts }: Call, ending: CallEnding): Failure {
    const { node } = this.#caller.plan;
    const { definition, timeoutMs } = request;
    const { name } = this.#caller.about(index, definition.type);
    const at = { node: node.id, name, path: node.pointer };
    if (ending.kind === 'threw') {
      const reason = ending.error instanceof UnusableParams ? ending.error.reason : ending.error;
      return failureOf(
        reason,
        at,
        `Call ${index} threw this, attempt ${attempts} at \`${definition.type}\`.`,
      );
    }
    return {
      code: 'FC5005',
      message: `Attempt ${attempts} of call ${index}, of \`${definition.type}\`, took longer than ${timeoutMs} ms.`,
      ...at,
      hint: 'Raise `timeout_ms` of the call (or `timeoutMs` of the options), or give it a `retry`.',
    };
  }
}

const isPointless = (error: unknown): boolean => isTerminal(error) || error instanceof UnusableParams;

const lookAtCall = (type: string): string =>
  `Look at what the call passes; \`${type}\` takes something else.`;
