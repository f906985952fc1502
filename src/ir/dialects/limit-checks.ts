import { quote } from '../diagnostics/wording.js';
import type { CoreIr } from '../schema/core.js';
import type { LoweringContext } from './dialect.js';

/** `false`, and a report, where there are more of something than the limit allows: to be asked before they are made. */
export function allows(
  context: LoweringContext,
  what: 'nodes' | 'edges',
  count: number,
  pointer: string,
): boolean {
  const most = context.limits[what];
  if (count <= most) return true;
  context.log.add({
    code: 'FC1006',
    severity: 'error',
    path: pointer,
    message: `The workflow has more than ${most} ${what}.`,
    hint:
      what === 'nodes'
        ? 'Split it into several workflows, or run one node over a list of items.'
        : 'Let the nodes of one side meet in a single node, from which those of the other side go on.',
  });
  return false;
}

/** Reports policies that ask for more than the limits allow. */
export function checkPolicyLimits(
  core: CoreIr,
  pointerOf: (pointer: string) => string,
  { log, limits }: LoweringContext,
): void {
  const exceeds = (name: string, subject: string, value: number, most: number, pointer: string) => {
    log.add({
      code: 'FC1006',
      severity: 'error',
      path: pointerOf(pointer),
      message: `${subject}: ${name} is ${value}; at most ${most} are allowed.`,
      hint: `Write ${most} or less.`,
      fix: [{ op: 'replace', path: pointerOf(pointer), value: most }],
    });
  };
  core.nodes.forEach(({ id, retry, batch }, i) => {
    const subject = `Node ${quote(id)}`;
    if (retry !== undefined && retry.max_attempts > limits.attempts) {
      exceeds('max_attempts', subject, retry.max_attempts, limits.attempts, `/nodes/${i}/retry/max_attempts`);
    }
    const retries = batch?.max_retries ?? 0;
    if (retries >= limits.attempts) {
      exceeds('max_retries', subject, retries, limits.attempts - 1, `/nodes/${i}/batch/max_retries`);
    }
    if (Array.isArray(batch?.items) && batch.items.length > limits.items) {
      exceeds('the number of items', subject, batch.items.length, limits.items, `/nodes/${i}/batch/items`);
    }
  });
  core.edges.forEach(({ from, to, max_iterations: iterations }, i) => {
    if (iterations === undefined || iterations <= limits.iterations) return;
    const subject = `Edge ${quote(from)} -> ${quote(to)}`;
    exceeds('max_iterations', subject, iterations, limits.iterations, `/edges/${i}/max_iterations`);
  });
}
