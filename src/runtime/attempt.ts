import { fromPromise } from 'xstate';
import type { NodeContext, NodeDefinition } from '../actors/node.js';
import { readRouted } from '../actors/route.js';
import type { WorkerPool } from '../actors/worker-pool.js';
import { type Failure, ForkchartError, TerminalError } from '../ir/errors.js';
import type { JsonValue } from '../ir/json.js';
import { fillTemplate } from '../ir/template/template.js';
import type { RunSystem } from '../machines/compile.js';
import { dataScope } from '../machines/data.js';
import type { AttemptInput } from '../machines/node.js';
import type { AttemptFailure, AttemptResult, Outcome } from '../machines/outcome.js';
import type { NodePlan, Topology } from '../machines/topology.js';
import type { Clock } from './clock.js';
import type { RunEventBody } from './event.js';
import { toJsonResult } from './json-result.js';
import type { RunStore } from './store/store.js';

/** What an attempt needs of the run that it belongs to. */
export interface AttemptHost {
  readonly runId: string;
  readonly topology: Topology;
  readonly clock: Clock;
  readonly store: RunStore;
  readonly workers: WorkerPool;
  readonly resultBytes: number;
  /** Node functions that have been called and have not returned: what a stopped run waits for. */
  readonly inFlight: Set<Promise<unknown>>;
  publish(event: RunEventBody): void;
}

/** The actor of a node type: it calls the node's function once. */
export function attemptActor(definition: NodeDefinition, hostOf: (run: RunSystem) => AttemptHost) {
  return fromPromise<AttemptResult, AttemptInput>(({ input, signal, system }) => {
    const host = hostOf(system);
    const attempt = runAttempt(definition, host, input, signal);
    const done = () => void host.inFlight.delete(tracked);
    const tracked: Promise<void> = attempt.then(done, done);
    host.inFlight.add(tracked);
    return attempt;
  });
}

/** Names one execution of a node within its run: its id, and the iterations of the loops around it, outermost first. */
export function executionId(node: string, iterations: readonly number[]): string {
  return [encodeURIComponent(node), ...iterations].join('#');
}

/** @throws AttemptFailure, never an `Error`: what an actor rejects with ends up in snapshots */
async function runAttempt(
  definition: NodeDefinition,
  host: AttemptHost,
  input: AttemptInput,
  signal: AbortSignal,
): Promise<AttemptResult> {
  const plan = host.topology.nodes[input.node];
  if (plan === undefined) throw new Error(`The chart has no node ${input.node}.`);
  const execution = executionId(plan.node.id, input.iterations);
  try {
    const committed = await host.store.committed(host.runId, execution);
    if (committed !== undefined) return committed;
    signal.throwIfAborted();
    const returned = await definition.run(
      readParams(definition, host, plan, input),
      nodeContext(host, plan, input, execution, signal),
    );
    const { action, output } = readRouted(returned);
    const result = { action, output: toJsonResult(output, host.resultBytes) };
    if (signal.aborted)
      host.publish({ type: 'node.late_result_dropped', ...about(plan, input), attempt: input.attempt });
    else await host.store.commit(host.runId, execution, result);
    return result;
  } catch (error) {
    throw attemptFailure(definition, plan, error);
  }
}

/** Fills in the templates of a node's parameters, and checks them against its type. */
function readParams(
  definition: NodeDefinition,
  host: AttemptHost,
  plan: NodePlan,
  input: AttemptInput,
): unknown {
  const outcomes = new Map(input.outcomes);
  let filled: JsonValue;
  try {
    filled = fillTemplate(
      plan.node.params,
      dataScope(host.topology, input.inputs, (node) => outcomes.get(node) ?? null),
    );
  } catch (error) {
    throw error instanceof ForkchartError ? new UnusableParams(error) : error;
  }
  const parsed = definition.params.safeParse(filled);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const at = (issue?.path ?? []).map(String).join('.');
  throw new UnusableParams(
    new ForkchartError('FC5009', `\`params${at === '' ? '' : `.${at}`}\`: ${issue?.message ?? 'wrong'}`, {
      hint: `Look at what the templates put there; \`${definition.type}\` takes something else.`,
      path: `${plan.node.pointer}/params`,
    }),
  );
}

/** Parameters that cannot be had: the same again at the next attempt. */
class UnusableParams extends Error {
  constructor(readonly reason: ForkchartError) {
    super(reason.message);
  }
}

function nodeContext(
  host: AttemptHost,
  plan: NodePlan,
  input: AttemptInput,
  execution: string,
  signal: AbortSignal,
): NodeContext {
  const outcomes = new Map(input.outcomes);
  const publish = (event: RunEventBody): void => {
    if (!signal.aborted) host.publish(event);
  };
  return {
    node: plan.node.id,
    runId: host.runId,
    signal,
    attempt: input.attempt,
    idempotencyKey: `${host.runId}/${execution}`,
    workers: host.workers,
    get input() {
      return predecessorOutputs(host.topology, plan, outcomes);
    },
    progress: (done, total = null, message) =>
      publish({ type: 'node.progress', ...about(plan, input), done, total, message: message ?? null }),
    log: (message) => publish({ type: 'node.log', ...about(plan, input), message }),
    sleep: (ms) => sleep(host.clock, ms, signal),
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

function about(plan: NodePlan, input: AttemptInput): { node: string; iteration?: number } {
  const iteration = input.iterations.at(-1);
  return { node: plan.node.id, ...(iteration === undefined ? {} : { iteration }) };
}

function attemptFailure(definition: NodeDefinition, plan: NodePlan, error: unknown): AttemptFailure {
  const terminal = error instanceof TerminalError || error instanceof UnusableParams;
  const reason = error instanceof UnusableParams ? error.reason : error;
  const failure: Failure = {
    code: reason instanceof ForkchartError ? reason.code : 'FC5008',
    message: reason instanceof Error ? reason.message : String(reason),
    node: plan.node.id,
    path: reason instanceof ForkchartError && reason.path !== null ? reason.path : plan.node.pointer,
    hint:
      reason instanceof ForkchartError
        ? reason.hint
        : `The function of node type \`${definition.type}\` threw this; if it may pass, give the node a \`retry\`.`,
  };
  return { failure, terminal };
}
