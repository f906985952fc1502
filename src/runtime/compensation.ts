import { fromPromise } from 'xstate';
import type { NodeDefinition } from '../actors/node.js';
import { ForkchartError } from '../ir/errors.js';
import type { CompensationInput } from '../machines/compensation.js';
import type { RunSystem } from '../machines/compile.js';
import { dataScope } from '../machines/data.js';
import type { AttemptInput } from '../machines/node.js';
import { stoppable } from '../machines/stepper/one-shot.js';
import type { NodePlan } from '../machines/topology.js';
import { executionId } from './attempt.js';
import { attemptFailure } from './attempt-failure.js';
import type { AttemptHost } from './attempt-host.js';
import { readTemplate } from './attempt-params.js';
import { toJsonResult } from './json-result.js';
import { openContext } from './node-context.js';

/** The actor that undoes one success of a node, by the node type that its `compensate` names. */
export function compensationActor(
  definitionOf: (type: string) => NodeDefinition | undefined,
  hostOf: (run: RunSystem) => AttemptHost,
) {
  return fromPromise<null, CompensationInput>(async ({ input, signal, system }) => {
    const host = hostOf(system);
    const { undo } = input;
    const plan = host.topology.nodes[undo.node];
    const compensation = plan?.node.compensate ?? null;
    if (plan === undefined || compensation === null)
      throw new Error(`Node ${undo.node} has no compensation.`);
    const definition = definitionOf(compensation.type);
    try {
      if (definition === undefined) throw unknownType(compensation.type, compensation.pointer);
      const outcomes = new Map(input.outcomes);
      const scope = dataScope(host.topology, input.inputs, (node) => outcomes.get(node) ?? null);
      const params = await readTemplate(definition, compensation.params, compensation.pointer, scope);
      const attempt: AttemptInput = {
        node: undo.node,
        name: input.name,
        attempt: 1,
        iterations: undo.iterations,
        inputs: input.inputs,
        outcomes: input.outcomes,
        caught: [],
        state: null,
        item: null,
      };
      const execution = `${host.executionPrefix}${executionId(plan.node.id, undo.iterations)}/compensate`;
      const limit = limitedBy(host, plan, signal);
      const opened = openContext(host, plan, attempt, execution, stoppable(limit.signal));
      try {
        toJsonResult(
          await Promise.race([definition.run(params, opened.context), limit.reached]),
          host.resultBytes,
        );
      } finally {
        limit.clear();
        opened.close();
      }
      return null;
    } catch (error) {
      throw attemptFailure(compensation.type, plan, error, host.now());
    }
  });
}

interface Limit {
  /** Aborted with the compensation, and when its time is over. */
  readonly signal: AbortSignal;
  /** Rejects then. */
  readonly reached: Promise<never>;
  clear(): void;
}

/** A compensation has as much time as an attempt at the node that it undoes. */
function limitedBy(host: AttemptHost, plan: NodePlan, signal: AbortSignal): Limit {
  const { id, attemptTimeoutMs, timeoutPointer } = plan.node;
  const controller = new AbortController();
  const reached = new Promise<never>((_resolve, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true });
  });
  reached.catch(() => {});
  const stop = (): void => controller.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const timer =
    attemptTimeoutMs === null
      ? null
      : host.clock.setTimeout(() => {
          const message = `Undoing \`${id}\` took longer than ${attemptTimeoutMs} ms.`;
          const hint = 'Raise `timeout.attempt_ms` of the node: it holds for undoing it as well.';
          controller.abort(new ForkchartError('FC5005', message, { hint, path: timeoutPointer }));
        }, attemptTimeoutMs);
  const clear = (): void => {
    signal.removeEventListener('abort', stop);
    if (timer !== null) host.clock.clearTimeout(timer);
  };
  return { signal: controller.signal, reached, clear };
}

function unknownType(type: string, path: string): ForkchartError {
  return new ForkchartError('FC9002', `The node type \`${type}\` of a compensation is not registered.`, {
    hint: 'Pass the node type to `createRunner` in `nodes`.',
    path,
  });
}
