import type { NodeDefinition } from '../actors/node.js';
import { readRouted } from '../actors/route.js';
import type { DataScope } from '../ir/template/data-scope.js';
import { at } from '../machines/at.js';
import type { RunSystem } from '../machines/compile.js';
import { dataScope } from '../machines/data.js';
import type { AttemptInput } from '../machines/node.js';
import type { AttemptFailure, AttemptResult } from '../machines/outcome.js';
import { keysWrittenBy } from '../machines/state.js';
import { type Job, oneShot } from '../machines/stepper/one-shot.js';
import type { NodePlan } from '../machines/topology.js';
import { attemptFailure } from './attempt-failure.js';
import type { AttemptHost } from './attempt-host.js';
import { readParams } from './attempt-params.js';
import { toResult } from './json-result.js';
import { about, openContext } from './node-context.js';
import { isPromiseLike } from './promise-like.js';
import { checkWrites } from './state-writes.js';
import { readStored, stored } from './store/access.js';

/** The actor of a node type: it calls the node's function once. */
export function attemptActor(definition: NodeDefinition, hostOf: (run: RunSystem) => AttemptHost) {
  return oneShot<AttemptResult, AttemptInput>((job) => {
    void runAttempt(definition, hostOf(job.system), job);
  });
}

/**
 * Names one execution of a node within its run: its id, the iterations of the loops around it, outermost first, and the item of
 * its batch.
 */
export function executionId(node: string, iterations: readonly number[], item: number | null = null): string {
  // Half a surrogate pair cannot be encoded.
  const whole = node.replace(/[\uD800-\uDFFF]/gu, (half) => `\\u${half.charCodeAt(0).toString(16)}`);
  const execution = [encodeURIComponent(whole), ...iterations].join('#');
  return item === null ? execution : `${execution}@${item}`;
}

/** What the templates of a node can name in an attempt. */
export function attemptScope({ topology }: AttemptHost, { node }: NodePlan, input: AttemptInput): DataScope {
  const outcomes = new Map(input.outcomes);
  const local = new Map(input.caught);
  if (input.state !== null) local.set('state', input.state);
  if (input.item !== null) {
    local.set('__index__', input.item.index);
    if (node.batch !== null) local.set(node.batch.as, input.item.value);
  }
  return dataScope(topology, input.inputs, (index) => outcomes.get(index) ?? null, local);
}

/**
 * Fails with an `AttemptFailure`, never with an `Error`: what an actor fails with ends up in snapshots. It waits only for what is
 * not there yet, as most attempts would spend more time on waiting for what is than on all the rest.
 */
async function runAttempt(
  definition: NodeDefinition,
  host: AttemptHost,
  job: Job<AttemptResult, AttemptInput>,
): Promise<void> {
  const { input } = job;
  const plan = at(host.topology.nodes, input.node);
  const returned = host.called({ node: input.node, item: input.item?.index ?? null });
  let result: AttemptResult | null = null;
  let failure: AttemptFailure | null = null;
  try {
    // All that start in one step have started before the function of any of them is called.
    await null;
    const execution = host.executionPrefix + executionId(plan.node.id, input.iterations, input.item?.index);
    const asked = readStored(() => host.store.committed(host.runId, execution));
    const committed = isPromiseLike(asked) ? await asked : asked;
    result = committed ?? (await call(definition, host, plan, job, execution));
  } catch (error) {
    failure = attemptFailure(definition.type, plan, error, host.now(), input.attempt);
  }
  returned();
  if (failure !== null) job.fail(failure);
  else if (result !== null) job.succeed(result);
}

/** Calls the function, and has the store keep its result; `null` for a node that was told to stop before that. */
async function call(
  definition: NodeDefinition,
  host: AttemptHost,
  plan: NodePlan,
  job: Job<AttemptResult, AttemptInput>,
  execution: string,
): Promise<AttemptResult | null> {
  const { input } = job;
  if (job.isStopped) return null;
  const read = readParams(definition, plan, attemptScope(host, plan, input), input.item);
  const params = isPromiseLike(read) ? await read : read;
  if (job.isStopped) return null;
  const opened = openContext(host, plan, input, execution, job);
  const measured = host.measureCall(plan.node);
  let result: AttemptResult;
  try {
    const returned = definition.run(params, opened.context);
    const { action, output } = readRouted(isPromiseLike(returned) ? await returned : returned);
    result = { action, output: toResult(output, host.resultBytes) };
    // The items of a batch write nothing: the batch does, all of them together.
    if (input.state !== null && input.item === null) {
      checkWrites(host.topology, plan, result.output, input.state);
    }
  } finally {
    measured();
    opened.close();
  }
  if (job.isStopped) {
    dropped(host, plan, input);
    return null;
  }
  const keeping = stored(() => host.store.commit(host.runId, execution, result));
  if (isPromiseLike(keeping)) await keeping;
  return result;
}

function dropped(host: AttemptHost, plan: NodePlan, input: AttemptInput): void {
  const keys = input.item === null ? keysWrittenBy(host.topology, plan.node) : [];
  host.publish({
    type: 'node.late_result_dropped',
    ...about(plan, input),
    attempt: input.attempt,
    ...(keys.length === 0 ? {} : { writes: keys.map(({ name }) => name) }),
  });
}
