import { isDeepStrictEqual } from 'node:util';
import type { Workflow } from '../../../src/ir/workflow.js';
import { LAST_CHOICE, type Schedule } from '../arbitrary/schedule.js';
import { asReferenceResult, type SteppedRun } from './engine.js';
import { createReference, type Reference } from './interpreter.js';
import type { ReferenceResult } from './record.js';

/** Far more than any schedule takes: only a run that never ends gets here. */
const MOST_STEPS = 2000;

/**
 * Runs a workflow in the engine and in the reference side by side, and compares them after each step: which nodes run now,
 * and at the end, what is on record.
 *
 * @throws Error at the first difference, with the steps that led there
 */
export async function compare(
  workflow: Workflow,
  engine: SteppedRun,
  schedule: Schedule,
): Promise<ReferenceResult> {
  const clock = { now: engine.clock.now() };
  const reference = createReference(workflow, () => clock.now);
  const timers = new Timers(workflow, reference, clock);
  const steps: string[] = [];
  const stop = (...lines: string[]): never => {
    throw new Error([...lines, '  after', ...steps.map((step) => `    ${step}`)].join('\n'));
  };
  const differ = (what: string, expected: unknown, actual: unknown): never =>
    stop(`${what} differs`, `  expected ${JSON.stringify(expected)}`, `  actual   ${JSON.stringify(actual)}`);

  for (let turn = 0; !reference.done(); turn++) {
    if (turn === MOST_STEPS) stop('the run goes on');
    const running = reference.running().sort();
    if (!isDeepStrictEqual(running, engine.running())) differ('what runs', running, engine.running());
    timers.update();
    const due = timers.next();
    const choice = schedule[turn] ?? LAST_CHOICE;
    const id = running[choice.pick % (running.length + (due === null ? 0 : 1))];
    if (choice.cancel && !reference.settled()) {
      steps.push('the run is cancelled');
      reference.cancel();
      await engine.cancel();
    } else if (id !== undefined) {
      steps.push(`${JSON.stringify(id)} returns ${JSON.stringify(choice.outcome)}`);
      reference.settle(id, choice.outcome);
      await engine.settle(id, choice.outcome);
    } else if (due !== null) {
      steps.push(`${due.kind} of ${JSON.stringify(due.id)} is over at ${due.at}`);
      clock.now = due.at;
      if (due.kind === 'backoff') reference.expireBackoff(due.id);
      else if (due.kind === 'total') reference.expireTotal(due.id);
      else reference.settle(due.id, { kind: 'timeout' });
      await engine.clock.advance(due.at - engine.clock.now());
    } else {
      stop('the reference waits for nothing, and is not done');
    }
  }
  // A function called for a node that was cancelled before is a difference as well.
  if (engine.running().length > 0) differ('what runs in the end', [], engine.running());
  const expected = reference.result();
  const ended = (await engine.end()) ?? stop('the engine does not end the run');
  const actual = asReferenceResult(ended);
  if (isRace(workflow, reference)) {
    if (actual.status !== 'failed') differ('the status', 'failed', actual.status);
    return actual;
  }
  const racing = nodesThatRace(workflow, reference);
  for (const id of Object.keys(expected.nodes)) {
    if (!racing.has(id) && !isDeepStrictEqual(expected.nodes[id], actual.nodes[id])) {
      differ(`the record of ${JSON.stringify(id)}`, expected.nodes[id], actual.nodes[id]);
    }
  }
  if (expected.status !== actual.status) differ('the status', expected.status, actual.status);
  const errors = expected.status === 'failed' ? reference.firstFailures() : [expected.error];
  if (!errors.some((error) => isDeepStrictEqual(error, actual.error)))
    differ('the error', errors, actual.error);
  return expected;
}

/**
 * Joins fail without anything having run, several at one instant. Which of them stops a fail_fast run, the one in a loop or a
 * group or the one outside, is nobody's promise; that the run fails is.
 */
function isRace(workflow: Workflow, reference: Reference): boolean {
  if (workflow.onError !== 'fail_fast') return false;
  const failures = reference.firstFailures();
  if (workflow.loops.length > 0 && failures.some(({ code }) => code === 'FC5003')) return true;
  const ofJoins = failures.filter(({ code }) => code === 'FC5003' || code === 'FC5013');
  return ofJoins.length > 1 && workflow.loops.length + workflow.groups.length > 0;
}

/** Nodes in loops that may end without having run at the very instant in which a join outside fails and stops the run. */
function nodesThatRace(workflow: Workflow, reference: Reference): ReadonlySet<string> {
  const stopsByJoin =
    workflow.onError === 'fail_fast' && reference.firstFailures().some(({ code }) => code === 'FC5013');
  return new Set(stopsByJoin ? workflow.loops.flatMap(({ body }) => body) : []);
}

interface Timer {
  readonly kind: 'backoff' | 'timeout' | 'total';
  readonly id: string;
  readonly at: number;
}

/** When what is over by time is over, worked out from the workflow alone. */
class Timers {
  #timers = new Map<string, Timer>();

  constructor(
    readonly workflow: Workflow,
    readonly reference: Reference,
    readonly clock: { readonly now: number },
  ) {}

  /** Sets a timer for each backoff and each timeout that has begun, and drops those that are over. */
  update(): void {
    const before = this.#timers;
    this.#timers = new Map();
    const keep = (kind: Timer['kind'], id: string, ms: number): void => {
      const [iteration, attempt] = this.reference.execution(id);
      // A timer is one node's, one iteration's and, but for the timeout of all attempts, one attempt's.
      const key = JSON.stringify([kind, id, iteration, kind === 'total' ? null : attempt]);
      this.#timers.set(key, before.get(key) ?? { kind, id, at: this.clock.now + ms });
    };
    const running = new Set(this.reference.running());
    const begun = new Set(this.reference.begun());
    for (const { id, attemptTimeoutMs, totalTimeoutMs } of this.workflow.nodes) {
      if (attemptTimeoutMs !== null && running.has(id)) keep('timeout', id, attemptTimeoutMs);
      if (totalTimeoutMs !== null && begun.has(id)) keep('total', id, totalTimeoutMs);
    }
    for (const id of this.reference.backoff()) keep('backoff', id, this.reference.backoffMs(id));
  }

  next(): Timer | null {
    return [...this.#timers.values()].sort((a, b) => a.at - b.at)[0] ?? null;
  }
}
