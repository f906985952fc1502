import { type Failure, isTerminal } from '../ir/errors.js';
import type { RetryPolicy } from '../ir/workflow.js';
import { matches } from '../machines/match.js';
import type { AttemptFailure } from '../machines/outcome.js';
import type { NodePlan } from '../machines/topology.js';
import { UnusableParams } from './attempt-params.js';
import { UnreadableItems } from './batch/item-source.js';
import { StoreFailure } from './store/access.js';
import { describeThrown, failureOf, readable } from './thrown.js';

/**
 * Whatever an attempt threw, as data.
 *
 * @param at when, in milliseconds from the run's start
 * @param attempt which one it was, from 1; `null` for what is never tried again
 */
export function attemptFailure(
  type: string,
  plan: NodePlan,
  raised: unknown,
  at: number,
  attempt: number | null = null,
): AttemptFailure {
  const error = readable(raised);
  const about = { node: plan.node.id, path: plan.node.pointer };
  if (error instanceof StoreFailure)
    return { failure: { ...storeFailure(error, plan), ...about }, terminal: true, at };
  if (error instanceof UnreadableItems) {
    const hint =
      'What gives the items of the batch threw this as they were read: let it give a list, or go on.';
    return { failure: failureOf(error.cause, about, hint), terminal: true, at };
  }
  const thrown = `The function of node type \`${type}\` threw this`;
  if (error instanceof UnusableParams)
    return { failure: failureOf(error.reason, about, `${thrown}.`), terminal: true, at };
  const terminal = isTerminal(error);
  const failure = failureOf(error, about, `${thrown}, and says that trying again is pointless.`);
  // Errors of forkchart's own say themselves what to do.
  if (terminal || failure.code !== 'FC5008') return { failure, terminal, at };
  const why = attempt === null ? '' : `; ${whyNoMore(plan.node.retry, failure, attempt)}`;
  return { failure: { ...failure, hint: `${thrown}${why}.` }, terminal, at };
}

function storeFailure({ access, cause }: StoreFailure, { node }: NodePlan): Omit<Failure, 'node' | 'path'> {
  const causes = describeThrown(cause);
  const says = causes[0]?.message;
  const hint = 'Look at what the store of runs says; the node function';
  return access === 'read'
    ? {
        code: 'FC5012',
        message: `The store could not say whether \`${node.id}\` has a result already: ${says}`,
        hint: `${hint} was not called.`,
        causes,
      }
    : {
        code: 'FC5012',
        message: `The result of \`${node.id}\` could not be stored: ${says}`,
        hint: `${hint} has returned and is not called again.`,
        causes,
      };
}

/** What keeps a failed attempt from being followed by another, or will. */
function whyNoMore(retry: RetryPolicy | null, failure: Failure, attempt: number): string {
  if (retry === null) return 'if it may pass, give the node a `retry`';
  const named = (list: readonly string[]) => list.some((matcher) => matches(matcher, failure));
  if (named(retry.notOn)) return '`retry.not_on` names it';
  if (retry.retryOn !== null && !named(retry.retryOn)) return '`retry.retry_on` does not name it';
  // Whether there is time for one more is for the chart to say: an attempt does not know when the first began.
  if (attempt < retry.maxAttempts && retry.maxElapsedMs !== null)
    return `\`retry.max_elapsed_ms\` is ${retry.maxElapsedMs}`;
  return `\`retry.max_attempts\` is ${retry.maxAttempts}`;
}
