import type { Failure } from '../ir/errors.js';
import type { JsonObject, JsonValue } from '../ir/json.js';
import type { DataScope, NamedValue } from '../ir/template/data-scope.js';
import { batchValue } from './batch/batch-value.js';
import { isFailure, type Outcome } from './outcome.js';
import type { Topology } from './topology.js';

/** Names that mean something to one node alone: the item of its batch, what was caught for it, the state that it sees. */
export type LocalNames = ReadonlyMap<string, JsonValue>;

const NO_NAMES: LocalNames = new Map();

/** What references can name while a node runs: nodes by id first, then inputs by name, `inputs` itself, and `local` names. */
export function dataScope(
  topology: Topology,
  inputs: JsonObject,
  outcomeOf: (node: number) => Outcome | null,
  local: LocalNames = NO_NAMES,
): DataScope {
  const namedValue = (node: number, seen: number): NamedValue => {
    const outcome = outcomeOf(node);
    // Not settled means not run yet: the first time round a loop, a value of the iteration before is asked for.
    if (outcome === null || outcome.status === 'skipped' || outcome.status === 'cancelled')
      return { kind: 'absent' };
    if (outcome.status === 'succeeded' && topology.nodes[node]?.node.batch) return batchValue(outcome.output);
    const members = seen > 0 ? topology.branches.get(node) : undefined;
    return {
      kind: 'node',
      value: isFailure(outcome.status) ? failureRecord(outcome) : outcome.output,
      branches: members?.map((member) => namedValue(member, seen - 1)) ?? null,
    };
  };
  return {
    get(name) {
      const node = topology.nodeIndex.get(name);
      if (node !== undefined) return namedValue(node, 1);
      if (Object.hasOwn(inputs, name)) return { kind: 'value', value: inputs[name] ?? null };
      const here = local.get(name);
      if (here !== undefined) return { kind: 'value', value: here };
      return name === 'inputs' ? { kind: 'value', value: inputs } : undefined;
    },
  };
}

/** What a reference to a node that failed, and was allowed to, sees. */
function failureRecord({ status, attempts, failure }: Outcome): JsonValue {
  return { status, attempts, error: failure === null ? null : failureAsJson(failure) };
}

export function failureAsJson({ causes = [], ...failure }: Failure): JsonObject {
  return { ...failure, causes: causes.map((cause) => ({ ...cause })) };
}
