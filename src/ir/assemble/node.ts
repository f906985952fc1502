import { deepFreeze } from '../deep-freeze.js';
import type { CoreNode, CoreRetry } from '../schema/core.js';
import type { SourceWorkflow } from '../schema/source-workflow.js';
import type { JoinPolicy, RetryPolicy, WorkflowNode } from '../workflow.js';
import { batchPolicy, itemRetry } from './batch.js';
import type { Parts } from './parts.js';

/** @param goesOn whether what is around the node says `continue` for it. */
export function assembleNode(
  node: CoreNode,
  v: number,
  { table, texts, inlines }: Parts,
  source: SourceWorkflow,
  goesOn: (id: string) => boolean,
): WorkflowNode {
  const params = texts.params[v];
  if (params === undefined) throw new Error(`Node ${v} has no parsed params.`);
  const at = `/nodes/${v}`;
  const id = table.id(v);
  const { batch, retry } = node;
  const batchRetry = batch === undefined ? null : itemRetry(batch);
  const attempt = attemptTimeout(node);
  return {
    id,
    type: node.type,
    purpose: node.purpose ?? null,
    params,
    when: texts.conditions[v] ?? null,
    retry: batchRetry ?? (retry === undefined ? null : retryPolicy(retry)),
    attemptTimeoutMs: attempt.ms,
    totalTimeoutMs: node.timeout?.total_ms ?? null,
    onError: node.on_error ?? (goesOn(id) ? 'continue' : null),
    join: joinPolicy(node.join, source.pointerOf(`${at}/join`)),
    fallback: Object.hasOwn(node, 'fallback') ? { value: deepFreeze(node.fallback ?? null) } : null,
    batch: batchPolicy(node, v, texts.items[v] ?? null, source),
    stream: node.stream ?? false,
    uses: Object.entries(node.uses ?? {}).map(([resource, amount]) => ({ resource, amount })),
    priority: node.priority ?? 0,
    reads: distinct([...(node.reads ?? []), ...(texts.stateKeys.get(v) ?? [])]),
    writes: distinct(node.writes ?? []),
    compensate: compensation(node, v, texts.compensations[v] ?? null, source),
    inline: inlines[v] ?? null,
    estimateMs: node.estimate_ms ?? null,
    pointer: source.pointerOf(at),
    paramsPointer: source.pointerOf(`${at}/params`),
    whenPointer: source.pointerOf(`${at}/when`),
    timeoutPointer: source.pointerOf(`${at}/${attempt.field}`),
  };
}

/** Milliseconds that one attempt may take, and the field that says so. */
function attemptTimeout({ type, timeout, batch, params }: CoreNode): { ms: number | null; field: string } {
  const ofItem = batch?.timeout?.attempt_ms;
  if (ofItem !== undefined) return { ms: ofItem, field: 'batch/timeout' };
  const own = timeout?.attempt_ms;
  const ofWait = type === 'wait' && Object.hasOwn(params, 'timeout_ms') ? params.timeout_ms : undefined;
  if (own === undefined && typeof ofWait === 'number') return { ms: ofWait, field: 'params/timeout_ms' };
  return { ms: own ?? null, field: 'timeout' };
}

function distinct(keys: readonly string[]): readonly string[] {
  return keys.length < 2 ? keys : [...new Set(keys)];
}

function compensation(
  { compensate }: CoreNode,
  v: number,
  params: NonNullable<WorkflowNode['compensate']>['params'] | null,
  source: SourceWorkflow,
): WorkflowNode['compensate'] {
  if (compensate === undefined || params === null) return null;
  return { type: compensate.type, params, pointer: source.pointerOf(`/nodes/${v}/compensate`) };
}

function retryPolicy(retry: CoreRetry): RetryPolicy {
  return {
    maxAttempts: retry.max_attempts,
    initialMs: retry.initial_ms,
    factor: retry.backoff,
    maxDelayMs: retry.max_delay_ms,
    jitter: retry.jitter,
    maxElapsedMs: retry.max_elapsed_ms ?? null,
    retryOn: retry.retry_on ?? null,
    notOn: retry.not_on ?? [],
  };
}

function joinPolicy(join: CoreNode['join'], pointer: string): JoinPolicy {
  const policy = join?.policy ?? 'all_success';
  const count = policy === 'one_success' ? 1 : policy === 'quorum' ? (join?.count ?? 1) : 0;
  return { policy, count, cancelRest: join?.cancel_rest ?? false, pointer };
}
