import type { Failure } from '../ir/errors.js';
import type { StopEvent } from './abort.js';
import { at } from './at.js';
import type { ScopeContext } from './context.js';
import { routeAtEntry, routeOfLoop } from './failure.js';
import { decideLoopEntry } from './join.js';
import { failed, isFailure, type Outcome, skipped } from './outcome.js';
import { nth, PageEditor } from './pages.js';
import { type ChartInputEvent, recordOutcome, stoppedOutcome } from './settle.js';
import { mergeWrites } from './state.js';
import type { LoopPlan, NodePlan, Topology } from './topology.js';

/** Takes over what an iteration has done: its nodes' outcomes, and its first failure that nothing out here handles either. */
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
  const open: NodePlan[] = [];
  for (const index of plan.body) {
    const outcome = nth(ended.outcomes, index) ?? null;
    attempts.set(index, nth(ended.attempts, index) ?? null);
    if (outcome === null || !isFailure(outcome.status) || outcome.handledBy !== null) {
      outcomes.set(index, outcome);
      continue;
    }
    const node = at(topology.nodes, index);
    const { handledBy } = routeOfLoop(topology, context, plan, node);
    outcomes.set(index, { ...outcome, handledBy });
    if (handledBy === null) open.push(node);
  }
  return {
    ...context,
    outcomes: outcomes.list,
    attempts: attempts.list,
    failure: context.failure ?? failureOf(open, ended),
    undo: [...context.undo, ...ended.undo],
    iterations,
    writes: mergeWrites(context.writes, ended.writes),
  };
}

/** The first in time, if it is open; else the first in order of declaration. */
function failureOf(open: readonly NodePlan[], ended: ScopeContext): Failure | null {
  const [first] = open;
  if (first === undefined || open.some(({ node }) => node.id === ended.failure?.node)) {
    return first === undefined ? null : ended.failure;
  }
  return nth(ended.outcomes, first.index)?.failure ?? null;
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
