import type { Failure } from '../ir/errors.js';
import type { ScopeContext } from './context.js';
import { decideLoopEntry } from './join.js';
import { failed, type Outcome, skipped } from './outcome.js';
import { abortedOutcome, type ChartInputEvent, recordOutcome } from './settle.js';
import type { LoopPlan, Topology } from './topology.js';

/** Takes over what an iteration has done: its nodes' outcomes, and its first unhandled failure. */
export function mergeIteration(context: ScopeContext, plan: LoopPlan, ended: ScopeContext): ScopeContext {
  const outcomes = [...context.outcomes];
  const attempts = [...context.attempts];
  for (const node of plan.body) {
    outcomes[node] = ended.outcomes[node] ?? null;
    attempts[node] = ended.attempts[node] ?? 0;
  }
  return { ...context, outcomes, attempts, failure: context.failure ?? ended.failure };
}

/** Settles every node of a loop that does not run: its entry says so, it broke down, or all that is open was cancelled. */
export function recordBody(
  topology: Topology,
  context: ScopeContext,
  plan: LoopPlan,
  by: 'entry' | 'defect' | 'abort',
  event: ChartInputEvent,
): ScopeContext {
  const outcomeOf = bodyOutcomes(topology, context, plan, by, event);
  let recorded = context;
  for (const index of plan.body) {
    const node = topology.nodes[index];
    if (node !== undefined) recorded = recordOutcome(recorded, node, outcomeOf(index));
  }
  return recorded;
}

function bodyOutcomes(
  topology: Topology,
  context: ScopeContext,
  plan: LoopPlan,
  by: 'entry' | 'defect' | 'abort',
  event: ChartInputEvent,
): (node: number) => Outcome {
  if (by === 'abort') return (index) => abortedOutcome(topology, index, 0, event);
  const header = plan.closing[0]?.to ?? plan.body[0] ?? 0;
  const failing = (node: number, failure: Failure) => (index: number) =>
    index === node
      ? failed(failure, 0)
      : skipped({ kind: 'upstream_failed', node: topology.nodes[node]?.node.id ?? '' });
  if (by === 'defect') return failing(header, defect(topology, header, event.error));
  const decision = decideLoopEntry(context, plan);
  if (decision.kind === 'fail') return failing(decision.node, decision.failure);
  if (decision.kind === 'skip') return () => skipped(decision.reason);
  throw new Error(`Loop ${plan.id} was settled while it could run.`);
}

function defect(topology: Topology, header: number, error: unknown): Failure {
  const node = topology.nodes[header]?.node;
  return {
    code: 'FC5008',
    message: `The loop at \`${node?.id}\` broke down: ${error instanceof Error ? error.message : String(error)}`,
    node: node?.id ?? null,
    path: node?.pointer ?? null,
    hint: 'This is a defect of forkchart; please report it with the workflow.',
  };
}
