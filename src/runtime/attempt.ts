import { fromPromise } from 'xstate';
import type { NodeDefinition } from '../actors/node.js';
import { readRouted } from '../actors/route.js';
import type { DataScope } from '../ir/template/data-scope.js';
import type { RunSystem } from '../machines/compile.js';
import { dataScope } from '../machines/data.js';
import type { AttemptInput } from '../machines/node.js';
import type { AttemptResult } from '../machines/outcome.js';
import { keysWrittenBy } from '../machines/state.js';
import type { NodePlan } from '../machines/topology.js';
import { attemptFailure } from './attempt-failure.js';
import type { AttemptHost } from './attempt-host.js';
import { readParams } from './attempt-params.js';
import { toResult } from './json-result.js';
import { about, openContext } from './node-context.js';
import { checkWrites } from './state-writes.js';
import { readStored, stored } from './store/access.js';

/** The actor of a node type: it calls the node's function once. */
export function attemptActor(definition: NodeDefinition, hostOf: (run: RunSystem) => AttemptHost) {
  return fromPromise<AttemptResult, AttemptInput>(({ input, signal, system }) => {
    const host = hostOf(system);
    const attempt = runAttempt(definition, host, input, signal);
    const over = (): void => {};
    host.called({ node: input.node, item: input.item?.index ?? null }, attempt.then(over, over));
    return attempt;
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

/** @throws AttemptFailure, never an `Error`: what an actor rejects with ends up in snapshots */
async function runAttempt(
  definition: NodeDefinition,
  host: AttemptHost,
  input: AttemptInput,
  signal: AbortSignal,
): Promise<AttemptResult> {
  const plan = host.topology.nodes[input.node];
  if (plan === undefined) throw new Error(`The chart has no node ${input.node}.`);
  const execution = host.executionPrefix + executionId(plan.node.id, input.iterations, input.item?.index);
  try {
    const committed = await readStored(() => host.store.committed(host.runId, execution));
    if (committed !== undefined) return committed;
    const result = await call(definition, host, plan, input, execution, signal);
    if (signal.aborted) {
      const keys = input.item === null ? keysWrittenBy(host.topology, plan.node) : [];
      host.publish({
        type: 'node.late_result_dropped',
        ...about(plan, input),
        attempt: input.attempt,
        ...(keys.length === 0 ? {} : { writes: keys.map(({ name }) => name) }),
      });
    } else {
      await stored(() => host.store.commit(host.runId, execution, result));
    }
    return result;
  } catch (error) {
    throw attemptFailure(definition.type, plan, error, host.now(), input.attempt);
  }
}

async function call(
  definition: NodeDefinition,
  host: AttemptHost,
  plan: NodePlan,
  input: AttemptInput,
  execution: string,
  signal: AbortSignal,
): Promise<AttemptResult> {
  const params = await readParams(definition, plan, attemptScope(host, plan, input), input.item);
  // A node may be cancelled before its function is called.
  signal.throwIfAborted();
  const { context, close } = openContext(host, plan, input, execution, signal);
  const ended = host.measureCall(plan.node);
  try {
    const { action, output } = readRouted(await definition.run(params, context));
    const result = { action, output: toResult(output, host.resultBytes) };
    // The items of a batch write nothing: the batch does, all of them together.
    if (input.state !== null && input.item === null) {
      checkWrites(host.topology, plan, result.output, input.state);
    }
    return result;
  } finally {
    ended();
    close();
  }
}
