import type { BatchPolicy, Tolerance, WorkflowEdge, WorkflowGroup, WorkflowNode } from '../ir/workflow.js';

/** What a node's policies say, in the words of the workflow's format; `null` where there is none. Plain JSON. */
export interface PlannedPolicies {
  readonly join: {
    readonly policy: WorkflowNode['join']['policy'];
    /** How many edges have to be taken, for `one_success` and `quorum`. */
    readonly count: number | null;
    readonly cancel_rest: boolean;
  };
  readonly max_attempts: number;
  readonly retry_on: readonly string[] | null;
  readonly not_on: readonly string[];
  /** Milliseconds that one attempt (of a batch: at one item) may take, and all of them together. */
  readonly timeout_ms: number | null;
  readonly total_timeout_ms: number | null;
  /** The node's own; `null`: what is around it says. */
  readonly on_error: WorkflowNode['onError'];
  readonly catch: readonly { readonly match: string; readonly goto: string; readonly as: string | null }[];
  readonly has_fallback: boolean;
  /** The node type that undoes it. */
  readonly compensate: string | null;
  readonly batch: PlannedBatch | null;
  /** Ids of the nodes that work on its results while they come in. */
  readonly streams_to: readonly string[];
  readonly uses: readonly { readonly resource: string; readonly amount: number }[];
  readonly priority: number;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

export interface PlannedBatch {
  /** The template or list as it was written; `null` for the one parameter that turns out to be a list. */
  readonly items: unknown;
  readonly as: string;
  readonly max_concurrent: number;
  readonly batch_size: number | null;
  readonly error_handling: BatchPolicy['errorHandling'];
  readonly tolerate: Tolerance | null;
  readonly item_timeout_ms: number | null;
  readonly reduce: BatchPolicy['reduce'];
}

export interface PlannedGroup {
  readonly id: string;
  readonly on_error: WorkflowGroup['onError'];
  readonly tolerate: Tolerance | null;
  readonly cancel: WorkflowGroup['cancel'];
  readonly max_concurrency: number | null;
  readonly branches: readonly PlannedBranch[];
}

export interface PlannedBranch {
  readonly member: string;
  readonly nodes: readonly string[];
}

/** @param outgoing the node's edges */
export function policiesOf(node: WorkflowNode, outgoing: readonly WorkflowEdge[]): PlannedPolicies {
  return {
    join: {
      policy: node.join.policy,
      count: node.join.count === 0 ? null : node.join.count,
      cancel_rest: node.join.cancelRest,
    },
    max_attempts: node.retry?.maxAttempts ?? 1,
    retry_on: node.retry?.retryOn ?? null,
    not_on: node.retry?.notOn ?? [],
    timeout_ms: node.attemptTimeoutMs,
    total_timeout_ms: node.totalTimeoutMs,
    on_error: node.onError,
    catch: outgoing.flatMap(({ to, catches }) => (catches === null ? [] : [{ ...catches, goto: to }])),
    has_fallback: node.fallback !== null,
    compensate: node.compensate?.type ?? null,
    batch: node.batch === null ? null : batchOf(node.batch),
    streams_to: outgoing.filter(({ streams }) => streams).map(({ to }) => to),
    uses: node.uses,
    priority: node.priority,
    reads: node.reads,
    writes: node.writes,
  };
}

function batchOf(batch: BatchPolicy): PlannedBatch {
  return {
    items: batch.items.kind === 'template' ? batch.items.template.source : null,
    as: batch.as,
    max_concurrent: batch.maxConcurrent,
    batch_size: batch.size,
    error_handling: batch.errorHandling,
    tolerate: batch.tolerate,
    item_timeout_ms: batch.itemTimeoutMs,
    reduce: batch.reduce,
  };
}

export function plannedGroup(group: WorkflowGroup): PlannedGroup {
  const { id, onError, tolerate, cancel, maxConcurrency, branches } = group;
  return { id, on_error: onError, tolerate, cancel, max_concurrency: maxConcurrency, branches };
}
