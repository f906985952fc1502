import { batchFieldOf } from '../analyze/batch-mode.js';
import type { CoreIr, CoreNode } from '../schema/core.js';
import type { SourceWorkflow } from '../schema/source-workflow.js';
import type { Template } from '../template/template.js';
import type { BatchPolicy, RetryPolicy, Tolerance } from '../workflow.js';

const MAX_CONCURRENT = 10;

type CoreBatch = NonNullable<CoreNode['batch']>;

/**
 * What each item of a node goes through, the workflow's `batch_config` filled in; `null` for a node that runs once.
 *
 * @param items the parsed `items` of its `batch`.
 */
export function batchPolicy(
  node: CoreNode,
  v: number,
  items: Template | null,
  source: SourceWorkflow,
): BatchPolicy | null {
  const { core } = source;
  const field = batchFieldOf(core, node);
  if (field === null) return null;
  const { batch, batch_mode: mode } = node;
  const oneByOne = mode === 'sequential' || batch?.parallel === false;
  return {
    items:
      items === null
        ? { kind: 'auto', optional: field === 'execution_mode' }
        : { kind: 'template', template: items },
    as: batch?.as ?? 'item',
    ...shared(core, batch, oneByOne),
    tolerate: tolerance(batch?.tolerate),
    itemTimeoutMs: batch?.timeout?.total_ms ?? null,
    reduce: batch?.reduce ?? null,
    pointer: source.pointerOf(field === 'execution_mode' ? '/execution_mode' : `/nodes/${v}/${field}`),
  };
}

/** What `batch_config` says for every batch that does not say it. */
function shared(
  { batch_config: config }: CoreIr,
  batch: CoreBatch | undefined,
  oneByOne: boolean,
): Pick<BatchPolicy, 'maxConcurrent' | 'size' | 'errorHandling'> {
  return {
    maxConcurrent: oneByOne ? 1 : (batch?.max_concurrent ?? config?.max_concurrent ?? MAX_CONCURRENT),
    size: batch?.batch_size ?? config?.batch_size ?? null,
    errorHandling: batch?.error_handling ?? config?.error_handling ?? 'fail_fast',
  };
}

/** How each item is tried again where its batch says so: after the same wait each time. */
export function itemRetry({ max_retries: retries, retry_wait: seconds = 0 }: CoreBatch): RetryPolicy | null {
  if (retries === undefined) return null;
  return {
    maxAttempts: retries + 1,
    initialMs: seconds * 1000,
    factor: 1,
    maxDelayMs: seconds * 1000,
    jitter: 'none',
    maxElapsedMs: null,
    retryOn: null,
    notOn: [],
  };
}

export function tolerance(tolerate: CoreBatch['tolerate']): Tolerance | null {
  return tolerate === undefined ? null : { count: tolerate.count ?? null, percent: tolerate.percent ?? null };
}
