import type { Outcome } from './record.js';
import { found, type RunState } from './run-state.js';
import type { Loop } from './structure.js';

/** How a node failed, as far as matchers and records tell one failure from another. */
export interface Failure {
  readonly status: 'failed' | 'timed_out';
  readonly code: string;
  /** Names and codes of what was thrown. */
  readonly causes: readonly string[];
  /** It could only fail again. */
  readonly isTerminal: boolean;
  /** It failed by its join, without an attempt. */
  readonly isOfJoin: boolean;
  /** The loop that cannot be entered for it, so that nothing in it can handle the failure. */
  readonly closedLoop?: Loop;
}

export function thrown(outcome: Extract<Outcome, { kind: 'fail' }>): Failure {
  const isTerminal = outcome.terminal === true;
  const name = isTerminal ? 'TerminalError' : 'Error';
  const causes = outcome.code === undefined ? [name] : [name, outcome.code];
  return { status: 'failed', code: 'FC5008', causes, isTerminal, isOfJoin: false };
}

export const TIMED_OUT: Failure = {
  status: 'timed_out',
  code: 'FC5005',
  causes: [],
  isTerminal: false,
  isOfJoin: false,
};

/** A failure that forkchart itself finds, before an attempt or after the last. */
export function ruledOut(code: string, isOfJoin: boolean): Failure {
  return { status: 'failed', code, causes: [], isTerminal: true, isOfJoin };
}

export function matches(matcher: string, { code, causes }: Failure): boolean {
  if (matcher === '*' || matcher === code || causes.includes(matcher)) return true;
  return matcher === 'timeout' && code === 'FC5005';
}

/** Milliseconds between the node's last attempt and its next. */
export function backoffMs(run: RunState, id: string): number {
  const { node, attempts } = run.node(id);
  const retry = found(node.retry, `retry policy of ${JSON.stringify(id)}`);
  return Math.min(retry.initialMs * retry.factor ** (attempts - 1), retry.maxDelayMs);
}

export function isTriedAgain(run: RunState, id: string, failure: Failure): boolean {
  const { node, attempts, beganAt } = run.node(id);
  const { retry } = node;
  if (retry === null || attempts >= retry.maxAttempts || failure.isTerminal) return false;
  if (retry.retryOn !== null && !retry.retryOn.some((matcher) => matches(matcher, failure))) return false;
  if (retry.notOn.some((matcher) => matches(matcher, failure))) return false;
  if (run.groupsAround(id).some(({ phase }) => phase === 'draining')) return false;
  const elapsed = run.now() + backoffMs(run, id) - found(beganAt, `start of ${JSON.stringify(id)}`);
  return retry.maxElapsedMs === null || elapsed <= retry.maxElapsedMs;
}
