import type { JoinPolicy, WorkflowEdge } from '../../../src/ir/workflow.js';
import type { ReferenceReason } from './record.js';
import type { EdgeState, RunState } from './run-state.js';
import { commonLevel, everyWayLeadsTo, unitAt } from './ways.js';

/** What a join says of its incoming edges: rules 1 and 2 of "Joins". */
export type Verdict =
  | { readonly kind: 'wait' }
  | { readonly kind: 'start' }
  | { readonly kind: 'skip'; readonly reason: ReferenceReason }
  | { readonly kind: 'fail'; readonly code: 'FC5003' | 'FC5013' };

/** @param incoming edges in order of declaration, `undefined` where one is not decided yet */
export function judge(
  join: JoinPolicy,
  incoming: readonly (readonly [edge: WorkflowEdge, state: EdgeState | undefined])[],
): Verdict {
  if (incoming.length === 0) return { kind: 'start' };
  const isWritten = ({ origin }: WorkflowEdge): boolean => origin === 'edge' || origin === 'catch';
  const hasWritten = incoming.some(([edge]) => isWritten(edge));
  const states = incoming
    .filter(([edge, state]) => !hasWritten || isWritten(edge) || isFailure(state))
    .map(([, state]) => state);
  const areAllDecided = incoming.every(([, state]) => state !== undefined);
  const taken = states.filter((state) => state?.kind === 'taken').length;
  const undecided = states.filter((state) => state === undefined).length;
  const failure = states.find(isFailure);
  const skipped: Verdict = { kind: 'skip', reason: { kind: 'not_taken' } };
  const unsatisfied: Verdict = { kind: 'fail', code: 'FC5013' };

  const isCounted = join.policy === 'one_success' || join.policy === 'quorum';
  if (!isCounted && areAllDecided && states.some((state) => state?.kind === 'broken'))
    return { kind: 'fail', code: 'FC5003' };
  if (isCounted) {
    if (taken >= join.count) return { kind: 'start' };
    if (taken + undecided < join.count && (taken > 0 || failure !== undefined)) return unsatisfied;
    return areAllDecided ? skipped : { kind: 'wait' };
  }
  if (!areAllDecided) return { kind: 'wait' };
  if (join.policy === 'all_done') {
    return taken > 0 || failure !== undefined ? { kind: 'start' } : skipped;
  }
  if (failure?.kind === 'failed') {
    return { kind: 'skip', reason: { kind: 'upstream_failed', node: failure.node } };
  }
  return taken > 0 || join.policy === 'none_failed' ? { kind: 'start' } : skipped;
}

function isFailure(state: EdgeState | undefined): boolean {
  return state?.kind === 'failed' || state?.kind === 'broken';
}

/** Whether a failure before it need not keep the join from starting. */
export function isTolerant({ policy }: JoinPolicy): boolean {
  return policy === 'all_done' || policy === 'one_success' || policy === 'quorum';
}

/** "Every unsettled node from which every way forward leads into this join." */
export function restOf(run: RunState, join: string): string[] {
  return run.unsettled().filter((id) => {
    const level = commonLevel(run, id, join);
    return id !== join && everyWayLeadsTo(run, unitAt(run, id, level), level, (to) => to === join);
  });
}
