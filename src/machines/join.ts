import type { Failure } from '../ir/errors.js';
import type { JsonValue } from '../ir/json.js';
import type { WorkflowNode } from '../ir/workflow.js';
import type { EdgeState, ScopeContext } from './context.js';
import { failureAsJson } from './data.js';
import { decide, decideEdge } from './edges.js';
import type { SkipReason } from './outcome.js';
import { nth } from './pages.js';
import { namesForCondition, type StateView } from './state.js';
import type { EdgePlan, LoopPlan, NodePlan, Topology } from './topology.js';

/** What the edges into a node (or a loop) and its own condition say, once all of them are decided. */
export type JoinDecision =
  | { readonly kind: 'wait' | 'start' }
  | { readonly kind: 'skip'; readonly reason: SkipReason }
  | { readonly kind: 'fail'; readonly failure: Failure; readonly node: number };

const NOTHING_CAUGHT: ReadonlyMap<string, JsonValue> = new Map();
const WAIT: JoinDecision = { kind: 'wait' };
const START: JoinDecision = { kind: 'start' };

/** The rules of docs/semantics.md, "Joins", in their order. */
export function decideJoin(topology: Topology, context: ScopeContext, plan: NodePlan): JoinDecision {
  if (plan.node.join.count === 0 && (nth(context.undecided, plan.index) ?? 0) > 0) return WAIT;
  const reentered = plan.isHeader && (context.iterations[plan.loop ?? -1] ?? 0) > 1;
  if (!reentered) {
    const decision = decideIncoming(context, plan.incoming, plan);
    if (decision.kind !== 'start') return decision;
  }
  const { when, id, whenPointer } = plan.node;
  if (when === null) return START;
  const view: StateView = { node: plan.index, own: 'before' };
  const names = namesForCondition(topology, context, when, view, caughtFor(context, plan));
  const held = decide(topology, context, when, id, whenPointer, names);
  if (typeof held !== 'boolean') return { kind: 'fail', failure: held, node: plan.index };
  return held ? START : { kind: 'skip', reason: { kind: 'when_false' } };
}

/** The same for a loop: it waits for every edge into its body, and then does as its header's join says. */
export function decideLoopEntry(topology: Topology, context: ScopeContext, plan: LoopPlan): JoinDecision {
  if ((nth(context.undecided, plan.unit) ?? 0) > 0) return WAIT;
  const header = topology.nodes[plan.header];
  return header === undefined ? WAIT : decideIncoming(context, plan.incoming, header);
}

/**
 * Where edges were written, they say whether a node runs: that a node of a branch which is not taken also uses something else
 * must not make it run.
 */
function decideIncoming(
  context: ScopeContext,
  incoming: readonly EdgePlan[],
  { index, node }: NodePlan,
): JoinDecision {
  if (incoming.length === 0 || (node.join.count === 0 && areTaken(context, incoming))) return START;
  const isWritten = ({ edge }: EdgePlan) => edge.origin === 'edge' || edge.origin === 'catch';
  const written = incoming.some(isWritten);
  const tally: Tally = { taken: 0, undecided: 0, open: 0, failed: [] };
  let firstFailed: string | null = null;
  let broken: JoinDecision | null = null;
  for (const plan of incoming) {
    const state = nth(context.edges, plan.index) ?? null;
    const counts = !written || isWritten(plan);
    if (state === null) {
      tally.open++;
      if (counts) tally.undecided++;
    } else if (state.kind === 'broken') {
      tally.failed.push(plan.edge.from);
      broken ??= { kind: 'fail', failure: state.failure, node: plan.to };
    } else if (state.kind === 'failed') {
      tally.failed.push(state.node);
      firstFailed ??= state.node;
    } else if (state.kind === 'taken' && counts) {
      tally.taken++;
    }
  }
  const { policy, count } = node.join;
  if (count > 0) return decideCount(tally, node, index, incoming);
  if (broken !== null) return broken;
  if (policy === 'all_done') return tally.taken + tally.failed.length > 0 ? START : NOT_TAKEN;
  if (firstFailed !== null) return { kind: 'skip', reason: { kind: 'upstream_failed', node: firstFailed } };
  return tally.taken > 0 || policy === 'none_failed' ? START : NOT_TAKEN;
}

/** Whether edges were all taken, as most are: then it does not matter which of them count. */
function areTaken(context: ScopeContext, edges: readonly EdgePlan[]): boolean {
  for (const { index } of edges) if (nth(context.edges, index)?.kind !== 'taken') return false;
  return true;
}

/** What the edges that count have become. */
interface Tally {
  taken: number;
  undecided: number;
  /** Edges that are not decided, those included that count only where they fail. */
  open: number;
  /** The ids of the nodes whose failures the edges carry. */
  readonly failed: string[];
}

const NOT_TAKEN: JoinDecision = { kind: 'skip', reason: { kind: 'not_taken' } };

/**
 * A join that starts once `count` edges are taken. It fails as soon as there can never be so many; but while nothing else than
 * dead edges are known it waits for the rest, so that its end does not depend on their order.
 */
function decideCount(
  { taken, failed, undecided, open }: Tally,
  { id, join }: WorkflowNode,
  index: number,
  incoming: readonly EdgePlan[],
): JoinDecision {
  if (taken >= join.count) return START;
  if (taken + undecided >= join.count) return WAIT;
  if (taken + failed.length === 0) return open > 0 ? WAIT : NOT_TAKEN;
  const failure: Failure = {
    code: 'FC5013',
    message: `The join of \`${id}\` waits for ${join.count} of ${incoming.length} edges, and at most ${taken + undecided} can still be taken${nameFailed(failed)}.`,
    node: id,
    path: join.pointer,
    hint: 'Look at the records of the nodes before it, ask for fewer with `join.count`, or give the node an `on_error`.',
  };
  return { kind: 'fail', failure, node: index };
}

const MOST_NAMES = 5;

function nameFailed(failed: readonly string[]): string {
  const names = [...new Set(failed)].map((id) => `\`${id}\``);
  if (names.length === 0) return '';
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return `, as ${names.slice(0, MOST_NAMES).join(', ')}${more} failed`;
}

/** What the `catch` edges that led here have caught, by the names that they give it. */
export function caughtFor(context: ScopeContext, plan: NodePlan): ReadonlyMap<string, JsonValue> {
  let caught: Map<string, JsonValue> | null = null;
  for (const { edge, index, from } of plan.incoming) {
    const as = edge.catches?.as ?? null;
    if (as === null) continue;
    const failure = nth(context.outcomes, from)?.failure ?? null;
    if (failure === null || nth(context.edges, index)?.kind !== 'taken') continue;
    caught ??= new Map();
    if (!caught.has(as)) caught.set(as, failureAsJson(failure));
  }
  return caught ?? NOTHING_CAUGHT;
}

/**
 * Whether a loop's closing edges ask for another iteration after the one that has just ended, and may have it.
 * An unhandled failure in the iteration ends the loop.
 *
 * @param context that of the iteration, not of the scope around it, where other things may have failed
 */
export function asksForAnother(topology: Topology, context: ScopeContext, plan: LoopPlan): boolean {
  if (context.failure !== null || context.abort !== null) return false;
  const iteration = context.iterations[plan.index] ?? 0;
  return plan.closing.some((closing) => {
    const outcome = nth(context.outcomes, closing.from);
    if (!outcome || iteration >= (closing.edge.maxIterations ?? 0)) return false;
    const state: EdgeState = decideEdge(topology, context, closing, outcome);
    return state.kind === 'taken';
  });
}
