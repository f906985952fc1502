import type { Workflow } from '../../../src/ir/workflow.js';
import { backoffMs, type Failure, isTriedAgain, ruledOut, TIMED_OUT, thrown } from './attempts.js';
import { compensationOf, nextToUndo, undo } from './compensation.js';
import { decide } from './edges.js';
import type { GroupEffect } from './groups.js';
import { judge, restOf, type Verdict } from './joins.js';
import { endIteration, enterLoop, isReentered, loopsToEnd, loopsToEnter } from './loops.js';
import { grantPlaces } from './places.js';
import type { Outcome, ReferenceRecord, ReferenceResult } from './record.js';
import { found, RunState } from './run-state.js';
import { fail, settleAs, skip, succeed } from './settle.js';
import { stopGroup, stopRun } from './stop.js';

/**
 * A workflow being executed by the letter of `docs/semantics.md`, one outcome at a time. It knows no node functions, and of
 * time only what its clock says: whoever drives it says which call returned what, and which wait is over. It favours being
 * obviously right over being fast: after each step it looks at everything again.
 *
 * It covers, a file for each: the table of edges (`edges.ts`), the five join policies and `cancel_rest` (`joins.ts`), retries
 * and what they match (`attempts.ts`), the way of a failure to the first that handles it (`failures.ts`, `groups.ts`), what a
 * failure stops (`stop.ts`), loops (`loops.ts`), who gets a place (`places.ts`) and undoing (`compensation.ts`).
 *
 * It does not cover what is not about the order of things: batches and pipelines, state, waiting, sub-workflows, filled-in
 * parameters, `jitter`, the rates of resources and amounts that can never be had, the timeout of a run.
 */
export interface Reference {
  /**
   * Nodes whose function is being called now, in the order in which the calls began. When the run has failed, the call that
   * undoes a node is among them, as `compensate <id>`.
   */
  running(): string[];
  /** Nodes that wait for their next attempt, in order of declaration. */
  backoff(): string[];
  /** Milliseconds that a node in `backoff` waits. */
  backoffMs(id: string): number;
  /** Nodes whose first attempt has begun and that are not settled, in order of declaration. */
  begun(): string[];
  /** Tells one attempt of a node from any other: how often it has run to the end before, and the attempt's number. */
  execution(id: string): readonly [number, number];
  settle(id: string, outcome: Outcome): void;
  expireBackoff(id: string): void;
  /** `timeout.total_ms` of a node that has begun is over. */
  expireTotal(id: string): void;
  cancel(): void;
  /** Whether every node is settled, so that only undoing is left. */
  settled(): boolean;
  done(): boolean;
  /** The unhandled failures of the first instant that had any: each of them may be the run's error. */
  firstFailures(): readonly { readonly code: string; readonly node: string }[];
  /** With the first of `firstFailures` as its error. @throws Error when the run is not over. */
  result(): ReferenceResult;
}

/** @param now the time in ms; it stands still if left out */
export function createReference(workflow: Workflow, now: () => number = () => 0): Reference {
  const run = new RunState(workflow, now);
  step(run, []);

  return {
    running() {
      const undoing = nextToUndo(run);
      return undoing === null ? [...run.running] : [compensationOf(undoing)];
    },
    backoff: () => run.ordered().filter((id) => run.node(id).phase === 'backoff'),
    backoffMs: (id) => backoffMs(run, id),
    begun: () => run.unsettled().filter((id) => run.node(id).beganAt !== null),
    execution: (id) => [run.node(id).earlier.length, run.node(id).attempts],
    settle(id, outcome) {
      const undoing = nextToUndo(run);
      if (undoing !== null && id === compensationOf(undoing)) {
        undo(run, undoing, outcome);
        return;
      }
      if (!run.running.includes(id)) throw new Error(`node ${JSON.stringify(id)} is not running`);
      step(run, afterCall(run, id, outcome));
    },
    expireBackoff(id) {
      if (run.node(id).phase !== 'backoff') throw new Error(`node ${JSON.stringify(id)} is not in backoff`);
      run.node(id).phase = 'queued';
      step(run, []);
    },
    expireTotal(id) {
      const { beganAt, phase } = run.node(id);
      if (beganAt === null || phase === 'settled')
        throw new Error(`node ${JSON.stringify(id)} has not begun, or is over`);
      step(run, fail(run, id, TIMED_OUT));
    },
    cancel() {
      run.cancelled = true;
      stopRun(run);
    },
    settled: () => run.unsettled().length === 0,
    done: () => run.unsettled().length === 0 && nextToUndo(run) === null,
    firstFailures: () => run.failures,
    result() {
      const records: { [id: string]: ReferenceRecord } = Object.create(null);
      for (const [id, it] of run.nodes) {
        records[id] = { ...found(it.record, `record of ${JSON.stringify(id)}`), earlier: it.earlier };
      }
      if (run.cancelled)
        return { status: 'cancelled', error: { code: 'FC5007', node: null }, nodes: records };
      const [error = null] = run.failures;
      return { status: error === null ? 'succeeded' : 'failed', error, nodes: records };
    },
  };
}

function afterCall(run: RunState, id: string, outcome: Outcome): readonly GroupEffect[] {
  if (outcome.kind === 'ok') {
    return succeed(run, id, { output: outcome.output, action: outcome.action ?? 'default' });
  }
  const failure: Failure = outcome.kind === 'timeout' ? TIMED_OUT : thrown(outcome);
  if (!isTriedAgain(run, id, failure)) return fail(run, id, failure);
  run.node(id).phase = 'backoff';
  run.running = run.running.filter((one) => one !== id);
  return [];
}

/** Everything that can happen now, until only calls and time can change anything. */
function step(run: RunState, effects: readonly GroupEffect[]): void {
  for (const effect of effects) stopGroup(run, effect);
  while (run.stoppedBy === null && decideOnce(run)) {}
  run.hasFailedBefore = run.failures.length > 0;
  if (run.stoppedBy !== null) stopRun(run);
  grantPlaces(run);
}

/** What can be decided by what is decided so far, all of it at once. @returns whether there was anything */
function decideOnce(run: RunState): boolean {
  const verdicts = run
    .ordered()
    .filter((id) => run.node(id).phase === 'waiting' && isOpen(run, id))
    .map((id) => [id, whatIsNext(run, id)] as const)
    .filter(([, verdict]) => verdict.kind !== 'wait');
  const entering = loopsToEnter(run);
  const ending = loopsToEnd(run);
  if (verdicts.length + entering.length + ending.length === 0) return false;
  const order = run.ordered();
  // Of what is decided at one instant, what is declared first comes first.
  const effects = [
    ...verdicts.map(([id, verdict]) => ({ id, decide: () => leaveWaiting(run, id, verdict) })),
    ...entering.map((loop) => ({ id: loop.header, decide: () => enterLoop(run, loop) })),
  ]
    .sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id))
    .flatMap(({ decide: take }) => take());
  for (const loop of ending) endIteration(run, loop);
  for (const effect of effects) stopGroup(run, effect);
  for (const [id, { kind }] of verdicts) if (kind === 'start') cancelRest(run, id);
  return true;
}

function isOpen(run: RunState, id: string): boolean {
  const loop = run.loopOf.get(id);
  return loop === undefined || run.loop(loop).phase === 'running';
}

/** Rules 1 to 3 of "Joins". */
function whatIsNext(run: RunState, id: string): Verdict {
  const { join, when } = run.node(id).node;
  const incoming = run.forward.filter((edge) => edge.to === id);
  const verdict: Verdict = isReentered(run, id)
    ? { kind: 'start' }
    : judge(
        join,
        incoming.map((edge) => [edge, run.edges.get(edge)]),
      );
  if (verdict.kind !== 'start') return verdict;
  const own = decide(run, when).kind;
  if (own === 'dead') return { kind: 'skip', reason: { kind: 'when_false' } };
  return own === 'broken' ? { kind: 'fail', code: 'FC5003' } : verdict;
}

function leaveWaiting(run: RunState, id: string, verdict: Verdict): readonly GroupEffect[] {
  if (verdict.kind === 'start') run.node(id).phase = 'queued';
  else if (verdict.kind === 'skip') skip(run, id, verdict.reason);
  else if (verdict.kind === 'fail') return fail(run, id, ruledOut(verdict.code, true));
  return [];
}

/** "With `cancel_rest`, starting such a join cancels" what there is no other use for. */
function cancelRest(run: RunState, join: string): void {
  const { policy, cancelRest: isAsked } = run.node(join).node.join;
  if (!isAsked || (policy !== 'one_success' && policy !== 'quorum')) return;
  for (const id of restOf(run, join)) {
    settleAs(run, id, { status: 'cancelled', reason: { kind: 'join_satisfied', node: join } });
  }
}
