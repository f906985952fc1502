import type { Failure } from '../ir/errors.js';
import type { StopEvent } from './abort.js';
import type { ScopeContext } from './context.js';
import { routeAtEntry, routeOfLoop } from './failure.js';
import { decideLoopEntry } from './join.js';
import { failed, type Handling, isFailure, type Outcome, skipped } from './outcome.js';
import { nth, PageEditor } from './pages.js';
import { type ChartInputEvent, recordOutcome, stoppedOutcome } from './settle.js';
import { mergeWrites } from './state.js';
import type { LoopPlan, Topology } from './topology.js';

/** Takes over what an iteration has done: its nodes' outcomes, and its first unhandled failure, which may be handled out here. */
export function mergeIteration(
  topology: Topology,
  context: ScopeContext,
  plan: LoopPlan,
  ended: ScopeContext,
): ScopeContext {
  const outcomes = new PageEditor(context.outcomes);
  const attempts = new PageEditor(context.attempts);
  const iterations = [...context.iterations];
  for (const inner of plan.inner) iterations[inner] = ended.iterations[inner] ?? 0;
  const { failure } = ended;
  const handledBy = failure === null ? null : handlingOf(topology, context, plan, failure);
  for (const node of plan.body) {
    const outcome = nth(ended.outcomes, node) ?? null;
    const isOpen = outcome !== null && isFailure(outcome.status) && outcome.handledBy === null;
    outcomes.set(node, isOpen && handledBy !== null ? { ...outcome, handledBy } : outcome);
    attempts.set(node, nth(ended.attempts, node) ?? 0);
  }
  return {
    ...context,
    outcomes: outcomes.list,
    attempts: attempts.list,
    failure: context.failure ?? (handledBy === null ? failure : null),
    undo: [...context.undo, ...ended.undo],
    iterations,
    writes: mergeWrites(context.writes, ended.writes),
  };
}

function handlingOf(
  topology: Topology,
  context: ScopeContext,
  plan: LoopPlan,
  failure: Failure,
): Handling | null {
  const failing = topology.nodes[topology.nodeIndex.get(failure.node ?? '') ?? plan.header];
  return failing === undefined ? null : routeOfLoop(topology, context, plan, failing).handledBy;
}

/** Settles every node of a loop that does not run: its entry says so, it broke down, or it was told to stop. */
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
    if (node === undefined) continue;
    const outcome = outcomeOf(index);
    const route =
      outcome.failure === null ? null : routeAtEntry(topology, context, plan, node, outcome.failure);
    recorded = recordOutcome(topology, recorded, node, outcome, route);
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
  if (by === 'abort') return (index) => stoppedOutcome(topology, index, 0, event as StopEvent);
  const failing = (node: number, failure: Failure) => (index: number) =>
    index === node
      ? failed(failure, 0)
      : skipped({ kind: 'upstream_failed', node: topology.nodes[node]?.node.id ?? '' });
  if (by === 'defect') return failing(plan.header, defect(topology, plan.header, event.error));
  const decision = decideLoopEntry(topology, context, plan);
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
