import type { JsonObject, JsonValue } from '../ir/json.js';
import { reduceWrites } from '../ir/state/reducers.js';
import { writtenValues } from '../ir/state/write.js';
import type { Condition } from '../ir/template/condition.js';
import type { StateKey, WorkflowNode } from '../ir/workflow.js';
import { at } from './at.js';
import { iterationsAround, type ScopeContext, type StateWrite } from './context.js';
import type { LocalNames } from './data.js';
import type { Outcome } from './outcome.js';
import { type Execution, stateOrderOf } from './state-order.js';
import type { NodePlan, Topology } from './topology.js';

/** From where the state is looked at: before a node has written, or after. */
export interface StateView {
  readonly node: number;
  readonly own: 'before' | 'after';
}

/** The declared keys that a node writes, in order of declaration. */
export function keysWrittenBy(topology: Topology, node: WorkflowNode): readonly StateKey[] {
  if (node.writes.length === 0) return [];
  const written = new Set(node.writes);
  return topology.workflow.state.filter(({ name }) => written.has(name));
}

/** Whether a node has to be told the state: its parameters refer to it, or it says that it reads or writes a key of it. */
export function usesState(topology: Topology, { params, reads, writes }: WorkflowNode): boolean {
  const { state } = topology.workflow;
  return (
    state.length > 0 &&
    (params.references.some(({ root }) => root === 'state') ||
      state.some(({ name }) => reads.includes(name) || writes.includes(name)))
  );
}

/**
 * The log of writes with those of a node that has just succeeded. They were checked: by the attempt, or those of a fallback
 * with the workflow.
 */
export function logWrites(
  topology: Topology,
  context: ScopeContext,
  plan: NodePlan,
  outcome: Outcome,
): readonly StateWrite[] {
  const keys = outcome.status === 'succeeded' ? keysWrittenBy(topology, plan.node) : [];
  if (keys.length === 0) return context.writes;
  const { values } = writtenValues(keys, outcome.output);
  const iterations = iterationsAround(topology, context, plan);
  const named = values.map(([key, value]) => [key.name, value] as const);
  return [...context.writes, { node: plan.index, iterations, values: named }];
}

/** The log of the scope around a loop with what an iteration has added to its own copy of it. */
export function mergeWrites(
  around: readonly StateWrite[],
  iteration: readonly StateWrite[],
): readonly StateWrite[] {
  if (iteration.length === 0) return around;
  const there = new Set(around);
  return [...around, ...iteration.filter((write) => !there.has(write))];
}

/**
 * The state from a point of view: the defaults with the writes of all that comes before it, whatever else has run by
 * now; `null` for all writes there are.
 */
export function stateFor(topology: Topology, context: ScopeContext, view: StateView | null): JsonObject {
  const { state } = topology.workflow;
  const seen = context.writes.length === 0 ? [] : writesSeen(topology, context, view);
  const values = new Map(state.map(({ name }): [string, JsonValue[]] => [name, []]));
  for (const write of seen) for (const [key, value] of write.values) values.get(key)?.push(value);
  return Object.freeze(
    Object.fromEntries(state.map((key) => [key.name, reduceWrites(key, values.get(key.name) ?? [])])),
  );
}

/** What a condition may name besides the data: `local` names, and the state where it refers to that. */
export function namesForCondition(
  topology: Topology,
  context: ScopeContext,
  { references }: Condition,
  view: StateView,
  local: LocalNames = new Map(),
): LocalNames {
  const isUsed = topology.workflow.state.length > 0 && references.some(({ root }) => root === 'state');
  return isUsed ? new Map([...local, ['state', stateFor(topology, context, view)]]) : local;
}

function writesSeen(topology: Topology, context: ScopeContext, view: StateView | null): StateWrite[] {
  const { isBefore, compare } = stateOrderOf(topology);
  if (view === null) return [...context.writes].sort(compare);
  const { node, own } = view;
  const viewer: Execution = {
    node,
    iterations: iterationsAround(topology, context, at(topology.nodes, node)),
  };
  const isSeen = (write: StateWrite): boolean =>
    isBefore(write, viewer) || (own === 'after' && write.node === node && compare(write, viewer) === 0);
  return context.writes.filter(isSeen).sort(compare);
}
