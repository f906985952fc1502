import type { RetryPolicy } from '../ir/workflow.js';
import type { ScopeContext } from './context.js';
import type { AttemptFailure } from './outcome.js';
import type { NodePlan } from './topology.js';

/** Whether a failed attempt may be followed by another. */
export function hasAttemptsLeft(context: ScopeContext, plan: NodePlan, failure: AttemptFailure): boolean {
  return !failure.terminal && (context.attempts[plan.index] ?? 0) < (plan.node.retry?.maxAttempts ?? 1);
}

/** Milliseconds to wait after the attempt that has just failed. */
export function backoffDelay(context: ScopeContext, plan: NodePlan): number {
  const { retry } = plan.node;
  if (retry === null) return 0;
  const attempt = context.attempts[plan.index] ?? 1;
  const delay = exponentialDelay(retry, attempt);
  if (retry.jitter === 'none') return delay;
  const iteration = plan.loop === null ? 0 : (context.iterations[plan.loop] ?? 0);
  return Math.floor(delay * fraction(context.seed, plan.index, iteration, attempt));
}

/** `initialMs * factor^(attempt - 1)`, at most `maxDelayMs`; `attempt` is the one that failed, from 1. */
function exponentialDelay(policy: RetryPolicy, attempt: number): number {
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
