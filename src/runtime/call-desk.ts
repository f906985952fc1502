import type { CallOptions, CallRecord, ToolCall } from '../actors/call.js';
import { quote } from '../ir/diagnostics/wording.js';
import { ForkchartError } from '../ir/errors.js';
import { type Stoppable, stoppable } from '../machines/stepper/one-shot.js';
import type { NodePlan } from '../machines/topology.js';
import type { AttemptHost } from './attempt-host.js';
import { readCalls } from './call-request.js';
import type { AboutCall } from './event.js';
import { type CallContext, ToolCalls } from './tool-calls.js';

/** Calls that one attempt at a node may have begun and not ended, those of its calls included; `limits.items` if that is less. */
const MOST_CALLS = 10_000;

/** Calls that may be under way inside one another: each holds the stack, the signal and the record of the one around it. */
const MOST_NESTED = 16;

/** What a node function is called for: an attempt at a node, or at a call that such a function makes. */
export interface Work {
  readonly attempt: number;
  readonly idempotencyKey: string;
  /** Index of the item of a batch that it is for; `null` outside of batches. */
  readonly item: number | null;
  readonly stop: Stoppable;
  /** Whether resources are held for it, or for what it is a part of. */
  readonly holdsResources: boolean;
  /** The call that it is; `null` for the node itself. */
  readonly call: AboutCall | null;
  /** The tools of the calls that it is inside of, outermost first, its own included; empty for the node itself. */
  readonly tools: readonly string[];
  /** Calls under way in the whole attempt at the node. */
  readonly tally: { underWay: number };
}

/** Makes the calls of one function, until that has returned. */
export class CallDesk {
  readonly #host: AttemptHost;
  readonly #plan: NodePlan;
  readonly #about: Omit<AboutCall, 'index' | 'within' | 'tool'>;
  readonly #work: Work;
  readonly #open: (work: Work) => CallContext;
  readonly #underWay = new Set<ToolCalls>();
  /** Calls that were made, which is the index of the next. */
  #made = 0;
  #closed = false;

  /** @param open makes what the function of a call is given */
  constructor(
    host: AttemptHost,
    plan: NodePlan,
    about: Omit<AboutCall, 'index' | 'within' | 'tool'>,
    work: Work,
    open: (work: Work) => CallContext,
  ) {
    this.#host = host;
    this.#plan = plan;
    this.#about = about;
    this.#work = work;
    this.#open = open;
  }

  /** @throws ForkchartError FC9002, or FC1006 for calls nested too deep; terminal, before any of them begins */
  async make(given: readonly ToolCall[], options: CallOptions = {}): Promise<readonly CallRecord[]> {
    if (this.#closed) {
      throw new ForkchartError(
        'FC9002',
        `The function of \`${this.#plan.node.id}\` makes calls after it has returned.`,
        { hint: 'Await `ctx.callToolsParallel` before the function returns.', terminal: true },
      );
    }
    const { tally, item, holdsResources, tools } = this.#work;
    if (tools.length >= MOST_NESTED) throw tooDeep(tools);
    const { registry, resultBytes, maxItems } = this.#host;
    const most = Math.min(MOST_CALLS, maxItems) - tally.underWay;
    const plan = readCalls(given, options, registry, { most, paramBytes: resultBytes, holdsResources });
    const firstIndex = this.#made;
    this.#made += plan.requests.length;
    tally.underWay += plan.requests.length;
    const usesResources = holdsResources || plan.uses.length > 0;
    const calls = new ToolCalls(
      {
        host: this.#host,
        plan: this.#plan,
        holder: { node: this.#plan.index, item },
        signal: this.#work.stop.signal,
        firstIndex,
        about: (index, tool) => this.#aboutCall(index, tool),
        openContext: (index, tool, attempt, signal) =>
          this.#open({
            attempt,
            idempotencyKey: `${this.#work.idempotencyKey}/call-${index}`,
            item,
            stop: stoppable(signal),
            holdsResources: usesResources,
            call: this.#aboutCall(index, tool),
            tools: [...tools, tool],
            tally,
          }),
        settled: () => {
          tally.underWay--;
        },
      },
      plan,
    );
    this.#underWay.add(calls);
    calls.start();
    const records = await calls.records;
    this.#underWay.delete(calls);
    return records;
  }

  /** Ends what is under way: a call does not outlive the function that made it. */
  close(): void {
    this.#closed = true;
    for (const calls of this.#underWay)
      calls.stop(new DOMException('The caller has returned.', 'AbortError'));
  }

  #aboutCall(index: number, tool: string): AboutCall {
    const { call } = this.#work;
    const within = call === null ? {} : { within: [...(call.within ?? []), call.index] };
    return { ...this.#about, index, ...within, tool };
  }
}

function tooDeep(tools: readonly string[]): ForkchartError {
  const shown = tools.map(quote).join(' > ');
  return new ForkchartError(
    'FC1006',
    `More than ${MOST_NESTED} calls are made inside one another: ${shown}.`,
    {
      hint: 'A tool that calls itself needs a condition under which it no longer does.',
      terminal: true,
    },
  );
}
