import type { NodeContext } from '../actors/node.js';
import type { JsonValue } from '../ir/json.js';
import type { AttemptInput } from '../machines/node.js';
import type { Outcome } from '../machines/outcome.js';
import type { NodePlan, Topology } from '../machines/topology.js';
import type { AttemptHost } from './attempt-host.js';
import type { Clock } from './clock.js';
import type { RunEventBody } from './event.js';

/** What a node function is given, and the end of it: what a function says after it has returned is not heard. */
export interface OpenContext {
  readonly context: NodeContext;
  close(): void;
}

export function openContext(
  host: AttemptHost,
  plan: NodePlan,
  input: AttemptInput,
  execution: string,
  signal: AbortSignal,
): OpenContext {
  const outcomes = new Map(input.outcomes);
  let open = true;
  const publish = (event: RunEventBody): void => {
    if (open && !signal.aborted) host.publish(event);
  };
  const context: NodeContext = {
    node: plan.node.id,
    runId: host.runId,
    signal,
    attempt: input.attempt,
    idempotencyKey: `${host.runId}/${execution}`,
    workers: { run: (module, params) => host.workers.run(module, params, context) },
    get input() {
      return predecessorOutputs(host.topology, plan, outcomes);
    },
    progress: (done, total = null, message) =>
      publish({
        type: 'node.progress',
        ...about(plan, input),
        done: Number(done),
        total: total === null ? null : Number(total),
        message: message === undefined ? null : String(message),
      }),
    log: (message) => publish({ type: 'node.log', ...about(plan, input), message: String(message) }),
    sleep: (ms) => sleep(host.clock, ms, signal),
  };
  return {
    context,
    close: () => {
      open = false;
    },
  };
}

/** Which node, and which iteration of the innermost loop around it, an event is about. */
export function about(plan: NodePlan, input: AttemptInput): { node: string; iteration?: number } {
  const iteration = input.iterations.at(-1);
  return { node: plan.node.id, ...(iteration === undefined ? {} : { iteration }) };
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
