import type { NodeContext, NodeDefinition, NodeWorkers } from '../../../src/actors/node.js';
import { ForkchartError } from '../../../src/ir/errors.js';

const noWorkers: NodeWorkers = {
  run: () => Promise.reject(new Error('This node should not need threads.')),
};

/** What a node function is given on its first attempt; on no clock. */
export function nodeContext(given: Partial<NodeContext> = {}): NodeContext {
  return {
    node: 'n',
    runId: 'run',
    signal: new AbortController().signal,
    attempt: 1,
    idempotencyKey: 'run/n',
    input: new Map(),
    state: {},
    progress: () => {},
    log: () => {},
    sleep: () => Promise.reject(new Error('There is no clock here.')),
    workers: noWorkers,
    callToolsParallel: () => Promise.reject(new Error('This node should not call others.')),
    ...given,
  };
}

/** Runs a node's function as the runtime does: with parsed parameters. */
export async function runNode(
  definition: NodeDefinition,
  params: unknown = {},
  given: Partial<NodeContext> = {},
): Promise<unknown> {
  return await definition.run(definition.params.parse(params), nodeContext(given));
}

/** The error that a node function ends with. */
export async function failureOf(running: Promise<unknown>): Promise<ForkchartError> {
  const ended: unknown = await running.then(
    (output) => new Error(`It did not fail: ${JSON.stringify(output)}`),
    (error) => error,
  );
  if (ended instanceof ForkchartError) return ended;
  throw ended;
}
