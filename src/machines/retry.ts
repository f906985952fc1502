import type { RetryPolicy } from '../ir/workflow.js';
import { matches } from './match.js';
import type { AttemptFailure } from './outcome.js';

/** An attempt that has failed, at a node or at an item of a batch. Times are milliseconds from the run's start. */
export interface FailedAttempt extends AttemptFailure {
  /** Which one it was, from 1. */
  readonly attempt: number;
  /** When the first attempt began. */
  readonly firstStartedAt: number;
}

/** Whether a failed attempt is followed by another, which would begin `delayMs` later. */
export function mayTryAgain(policy: RetryPolicy | null, failed: FailedAttempt, delayMs: number): boolean {
  if (policy === null || failed.terminal || failed.attempt >= policy.maxAttempts) return false;
  const named = (list: readonly string[]) => list.some((matcher) => matches(matcher, failed.failure));
  if (policy.retryOn !== null && !named(policy.retryOn)) return false;
  if (named(policy.notOn)) return false;
  return policy.maxElapsedMs === null || failed.at + delayMs - failed.firstStartedAt <= policy.maxElapsedMs;
}

/**
 * Milliseconds to wait after attempt number `attempt` (from 1) has failed: `initialMs * factor^(attempt - 1)`, at most
 * `maxDelayMs`; with full jitter a part of that.
 *
 * @param identity what tells this wait from any other of the run, its seed first: the jitter follows from it alone
 */
export function backoffDelay(policy: RetryPolicy, attempt: number, identity: readonly number[]): number {
  const delay = exponentialDelay(policy, attempt);
  return policy.jitter === 'none' ? delay : Math.floor(delay * fraction(...identity, attempt));
}

/** `initialMs * factor^(attempt - 1)`, at most `maxDelayMs`; `attempt` is the one that failed, from 1. */
export function exponentialDelay(
  policy: Pick<RetryPolicy, 'initialMs' | 'factor' | 'maxDelayMs'>,
  attempt: number,
): number {
  return Math.min(policy.maxDelayMs, policy.initialMs * policy.factor ** (attempt - 1));
}

/**
 * A number in [0, 1) that depends on nothing but its arguments: the same run replays with the same waits, whatever the
 * order in which its nodes fail. The mixing steps are those of MurmurHash3's finaliser.
 */
function fraction(...parts: readonly number[]): number {
  let hash = 0x9e3779b9;
  for (const part of parts) {
    hash = Math.imul(hash ^ part, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return (hash >>> 0) / 2 ** 32;
}
