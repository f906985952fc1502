import { RECEIVE, type ReceivingContext } from '../actors/wait.js';
import { RUN_WORKFLOW, type WorkflowNodeContext } from '../actors/workflow.js';
import { describeValue } from '../ir/diagnostics/wording.js';
import { ForkchartError } from '../ir/errors.js';
import type { JsonObject, JsonValue } from '../ir/json.js';
import { itemName } from '../machines/names.js';
import type { AttemptInput } from '../machines/node.js';
import type { Outcome } from '../machines/outcome.js';
import type { NodePlan, Topology } from '../machines/topology.js';
import type { AttemptHost, AttemptOfNode } from './attempt-host.js';
import { CallDesk, type Work } from './call-desk.js';
import type { Clock } from './clock.js';
import type { RunEventBody } from './event.js';

/** What a node function is given, and the end of it: what a function says after it has returned is not heard. */
export interface OpenContext {
  readonly context: ReceivingContext;
  close(): void;
}

const NO_STATE: JsonObject = Object.freeze({});

export function openContext(
  host: AttemptHost,
  plan: NodePlan,
  input: AttemptInput,
  execution: string,
  signal: AbortSignal,
): OpenContext {
  const opened = openWork(host, plan, input, {
    attempt: input.attempt,
    idempotencyKey: `${host.runId}/${execution}`,
    item: input.item?.index ?? null,
    signal,
    holdsResources: plan.node.uses.length > 0,
    call: null,
    tools: [],
    tally: { underWay: 0 },
  });
  const attempt: AttemptOfNode = { plan, input, execution, signal };
  const running: Pick<WorkflowNodeContext, typeof RUN_WORKFLOW> = {
    [RUN_WORKFLOW]: (call) => host.runWorkflow(call, attempt),
  };
  Object.assign(opened.context, running);
  return opened;
}

function openWork(host: AttemptHost, plan: NodePlan, input: AttemptInput, work: Work): OpenContext {
  const { attempt, idempotencyKey, signal } = work;
  const outcomes = new Map(input.outcomes);
  const desk = new CallDesk(host, plan, about(plan, input), work, (call) =>
    openWork(host, plan, input, call),
  );
  let open = true;
  const publish = (event: RunEventBody): void => {
    if (open && !signal.aborted) host.publish(event);
  };
  const context: ReceivingContext = {
    node: plan.node.id,
    runId: host.runId,
    signal,
    attempt,
    idempotencyKey,
    workers: { run: (module, params) => host.workers.run(module, params, context) },
    get input() {
      return predecessorOutputs(host.topology, plan, outcomes);
    },
    state: input.state ?? NO_STATE,
    progress: (done, total = null, message) => {
      checkNumber('ctx.progress', 'done', done, Number.isFinite(done));
      if (total !== null) checkNumber('ctx.progress', 'total', total, Number.isFinite(total));
      publish({
        ...(work.call === null
          ? { type: 'node.progress', ...about(plan, input) }
          : { type: 'call.progress', ...work.call }),
        done,
        total,
        message: message === undefined ? null : String(message),
      });
    },
    log: (message) => publish({ type: 'node.log', ...about(plan, input), message: String(message) }),
    sleep: async (ms) => {
      checkNumber('ctx.sleep', 'ms', ms, typeof ms === 'number' && !Number.isNaN(ms));
      await sleep(host.clock, Math.max(0, ms), signal);
    },
    callToolsParallel: (calls, options) => desk.make(calls, options),
    [RECEIVE]: async (event, schema) => {
      const refused = (problems: readonly string[]) =>
        publish({ type: 'event.refused', ...about(plan, input), event, problems });
      const awaited = () => publish({ type: 'event.awaited', ...about(plan, input), event });
      const payload = await host.mailbox.receive(event, { schema, signal, refused, awaited });
      publish({ type: 'event.received', ...about(plan, input), event });
      return payload;
    },
  };
  return {
    context,
    close: () => {
      open = false;
      desk.close();
    },
  };
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
