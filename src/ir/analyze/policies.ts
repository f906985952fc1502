import { pointerTo } from '../diagnostics/pointer.js';
import { quote } from '../diagnostics/wording.js';
import type { JsonValue } from '../json.js';
import type { CoreIr, CoreNode, CoreRetry } from '../schema/core.js';
import type { Problem, Problems } from './problems.js';

type Contradiction = Omit<Problem, 'code'>;
type Timeout = NonNullable<CoreNode['timeout']>;
type Join = NonNullable<CoreNode['join']>;
type Batch = NonNullable<CoreNode['batch']>;
type Tolerate = NonNullable<Batch['tolerate']>;

/**
 * FC4002: policies that contradict themselves or one another. What cannot be meant is an error; what only has no effect is a
 * warning.
 */
export function checkPolicies(core: CoreIr, problems: Problems): void {
  const report = (found: Iterable<Contradiction>): void => {
    for (const contradiction of found) problems.add({ code: 'FC4002', ...contradiction });
  };
  report(ofMode(core));
  core.nodes.forEach((node, v) => {
    const at = `/nodes/${v}`;
    if (node.join !== undefined) report(ofJoin(node, node.join, at));
    if (node.retry !== undefined) report(ofRetry(node, node.retry, at));
    if (node.timeout !== undefined) report(ofTimeout(quote(node.id), node.timeout, `${at}/timeout`));
    report(ofFailure(node, at));
    if (node.batch !== undefined) report(ofBatch(node, node.batch, at));
  });
  for (const [name, group] of Object.entries(core.parallel_groups ?? {})) {
    const at = pointerTo(['parallel_groups', name, 'tolerate']);
    report(ofTolerate(`The group ${quote(name)}`, group.tolerate, at));
  }
}

/** Something that is written and does nothing: the fix takes it away. */
function idle(at: string, message: string, hint: string): Contradiction {
  return { severity: 'warning', at, message, hint, fix: [{ op: 'remove', path: at }] };
}

/** Two policies for one thing: the fix takes the one at `at` away. */
function twice(at: string, message: string, hint: string): Contradiction {
  return { ...idle(at, message, hint), severity: 'error' };
}

function* ofMode({ execution_mode: mode, max_concurrency: most = 1 }: CoreIr): Generator<Contradiction> {
  if (mode !== 'sequential' || most === 1) return;
  yield idle(
    '/max_concurrency',
    `\`max_concurrency\` (${most}) does nothing with "execution_mode": "sequential", which means one node at a time.`,
    'Remove one of the two.',
  );
}

function* ofJoin({ id }: CoreNode, join: Join, at: string): Generator<Contradiction> {
  if (join.count !== undefined && join.policy !== 'quorum') {
    yield idle(
      `${at}/join/count`,
      `${quote(id)}: \`count\` does nothing with the policy "${join.policy}".`,
      'Remove `count`, or write "policy": "quorum".',
    );
  }
  if (join.cancel_rest !== true || join.policy === 'one_success' || join.policy === 'quorum') return;
  yield idle(
    `${at}/join/cancel_rest`,
    `${quote(id)}: \`cancel_rest\` does nothing with the policy "${join.policy}", which waits for every edge.`,
    'Remove `cancel_rest`, or write "policy": "one_success" or "quorum".',
  );
}

function* ofRetry({ id }: CoreNode, retry: CoreRetry, at: string): Generator<Contradiction> {
  if (retry.retry_on?.length === 0 || retry.not_on?.includes('*') === true) {
    const field = retry.retry_on?.length === 0 ? 'retry_on' : 'not_on';
    yield idle(
      `${at}/retry/${field}`,
      `${quote(id)} is never tried again: its \`${field}\` leaves no error to try it after.`,
      `Remove \`${field}\`, or name in it the errors that are meant.`,
    );
  }
  const most = retry.max_elapsed_ms;
  // With a random wait the next attempt may begin early enough.
  if (most === undefined || retry.jitter === 'full') return;
  const first = Math.min(retry.initial_ms, retry.max_delay_ms);
  if (retry.max_attempts === 1 || most >= first) return;
  yield {
    severity: 'warning',
    at: `${at}/retry/max_elapsed_ms`,
    message: `${quote(id)} is never tried again: the wait before its second attempt (${first} ms) is longer than \`max_elapsed_ms\` (${most}).`,
    hint: 'Write a larger `max_elapsed_ms`, or a smaller `initial_ms`.',
  };
}

function* ofTimeout(who: string, timeout: Timeout, at: string): Generator<Contradiction> {
  const { attempt_ms: attempt, total_ms: total } = timeout;
  if (attempt === undefined || total === undefined || total >= attempt) return;
  yield idle(
    `${at}/attempt_ms`,
    `${who}: \`attempt_ms\` (${attempt}) is never reached, as \`total_ms\` (${total}) is over before.`,
    'Write a larger `total_ms`, or remove `attempt_ms`.',
  );
}

function* ofTolerate(who: string, tolerate: Tolerate | undefined, at: string): Generator<Contradiction> {
  if (tolerate === undefined || tolerate.count !== undefined || tolerate.percent !== undefined) return;
  yield twice(
    at,
    `${who}: \`tolerate\` does not say how many may fail.`,
    'Write "tolerate": { "count": 1 }.',
  );
}

/** Of several ways to handle a failure, the ones that are never asked. */
function* ofFailure(node: CoreNode, at: string): Generator<Contradiction> {
  const catchesAll = node.catch?.some(({ match }) => match === '*') === true;
  if (catchesAll && Object.hasOwn(node, 'fallback')) {
    yield idle(
      `${at}/fallback`,
      `${quote(node.id)} never falls back: its \`catch\` rule for \`*\` comes first.`,
      'Remove `fallback`, or let `catch` match less.',
    );
  }
  if (node.fallback !== undefined && holdsTemplate(node.fallback)) {
    yield {
      severity: 'warning',
      at: `${at}/fallback`,
      message: `The fallback of ${quote(node.id)} is put out as it is written: \`\${…}\` in it is not filled in.`,
      hint: 'Let a node that a `catch` leads to put the value together, or write the value itself.',
    };
  }
  const undo = node.compensate?.type;
  if (undo === 'wait' || undo === 'workflow') {
    yield {
      severity: 'error',
      at: `${at}/compensate/type`,
      message: `${quote(node.id)}: a compensation cannot be of the type ${quote(undo)}.`,
      hint: 'Undo the work in a node function.',
    };
  }
}

function holdsTemplate(value: JsonValue): boolean {
  if (typeof value === 'string') return value.includes('${');
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsTemplate);
}

function* ofBatch(node: CoreNode, batch: Batch, at: string): Generator<Contradiction> {
  const { id, batch_mode: mode } = node;
  const who = quote(id);
  yield* ofTolerate(who, batch.tolerate, `${at}/batch/tolerate`);
  yield* ofTimeout(`An item of ${who}`, batch.timeout ?? {}, `${at}/batch/timeout`);
  if (batch.max_retries !== undefined && node.retry !== undefined) {
    yield twice(
      `${at}/batch/max_retries`,
      `${who} says twice how its items are tried again: in \`retry\` and in \`max_retries\` of the batch.`,
      'Keep `retry`, which holds for each item, or `max_retries`.',
    );
  }
  if (batch.retry_wait !== undefined && batch.max_retries === undefined) {
    yield idle(
      `${at}/batch/retry_wait`,
      `${who}: \`retry_wait\` does nothing without \`max_retries\`.`,
      'Add `max_retries` to the batch, or write `initial_ms` in `retry`.',
    );
  }
  if (batch.timeout?.attempt_ms !== undefined && node.timeout?.attempt_ms !== undefined) {
    yield twice(
      `${at}/batch/timeout/attempt_ms`,
      `${who} says twice how long an attempt at an item may take: in \`timeout\` and in \`timeout\` of the batch.`,
      'Keep one of the two.',
    );
  }
  if (batch.max_concurrent !== undefined && batch.max_concurrent > 1 && !batch.parallel) {
    yield idle(
      `${at}/batch/max_concurrent`,
      `${who}: \`max_concurrent\` does nothing with "parallel": false, which means one item at a time.`,
      'Remove one of the two.',
    );
  }
  if (mode === false || (mode === 'parallel' && !batch.parallel)) {
    yield idle(
      `${at}/batch_mode`,
      `${who}: "batch_mode": ${JSON.stringify(mode)} does nothing beside \`batch\`, which says otherwise.`,
      'Remove `batch_mode`.',
    );
  }
}
