import type { PlannedNode, PlannedResource } from '../../analysis/plan.js';
import type { PlannedBatch, PlannedGroup } from '../../analysis/planned-policies.js';
import { count, listed } from './count.js';
import { formatDuration } from './duration.js';
import { printable, printableName } from './printable.js';

/** What a node's policies make of it, a few words each. */
export function describePolicies(node: PlannedNode): readonly string[] {
  const what = node.batch === null ? 'attempt' : 'attempt at an item';
  const inner = node.inline?.steps.reduce((sum, step) => sum + step.nodes.length, 0) ?? 0;
  return [
    ...(inner === 0 ? [] : [`runs ${count(inner, 'node')} of its own`]),
    ...(node.batch === null ? [] : [describeBatch(node.batch)]),
    ...(node.streams_to.length === 0
      ? []
      : [`passes each result on to ${listed(node.streams_to.map(printableName))}`]),
    ...(node.max_attempts === 1 ? [] : [`up to ${node.max_attempts} attempts${retryNames(node)}`]),
    ...(node.timeout_ms === null ? [] : [`at most ${formatDuration(node.timeout_ms)} an ${what}`]),
    ...(node.total_timeout_ms === null ? [] : [`at most ${formatDuration(node.total_timeout_ms)} in all`]),
    ...(node.uses.length === 0
      ? []
      : [`uses ${listed(node.uses.map(({ resource, amount }) => `${amount} ${printableName(resource)}`))}`]),
    ...(node.priority === 0 ? [] : [`priority ${node.priority}`]),
    ...node.catch.map(
      ({ match, goto }) =>
        `goes on at ${printableName(goto)} ${match === '*' ? 'when it fails' : `on ${printable(match)}`}`,
    ),
    ...(node.has_fallback ? ['has a fallback'] : []),
    ...(node.compensate === null ? [] : [`undone by ${printableName(node.compensate)}`]),
    ...(node.on_error === null ? [] : [NODE_ERRORS[node.on_error]]),
    ...(node.writes.length === 0 ? [] : [`writes ${listed(node.writes.map(printableName))}`]),
  ];
}

const NODE_ERRORS = {
  continue: 'its failure counts as done',
  fail_fast: 'its failure stops what is around it',
  fail_safe: 'its failure stops only what depends on it',
};

const GROUP_ERRORS = {
  continue: 'failures in it count as done',
  fail_fast: 'the first failure ends it',
  fail_safe: 'all of it runs, and failures are on record',
};

function retryNames({ retry_on, not_on }: PlannedNode): string {
  const only = retry_on === null ? '' : ` for ${listed(retry_on.map(printable))}`;
  return not_on.length === 0 ? only : `${only}, never for ${listed(not_on.map(printable))}`;
}

function describeBatch(batch: PlannedBatch): string {
  const items =
    batch.items === null
      ? 'each item of its list'
      : Array.isArray(batch.items)
        ? `each of ${count(batch.items.length, 'item')}`
        : `each item of ${printable(String(batch.items))}`;
  const details = [
    ...(batch.batch_size === null ? [] : [`${batch.batch_size} together`]),
    batch.max_concurrent === 1 ? 'one after the other' : `at most ${batch.max_concurrent} at once`,
    ...(batch.error_handling === 'fail_fast' ? [] : [batch.error_handling]),
    ...describeTolerance(batch.tolerate),
    ...(batch.reduce === null
      ? []
      : [batch.reduce === 'none' ? 'results dropped' : `reduced by ${batch.reduce}`]),
  ];
  return `once for ${items} (${details.join(', ')})`;
}

function describeTolerance(tolerate: PlannedGroup['tolerate']): readonly string[] {
  if (tolerate === null) return [];
  const bounds = [
    ...(tolerate.count === null ? [] : [String(tolerate.count)]),
    ...(tolerate.percent === null ? [] : [`${tolerate.percent} %`]),
  ];
  return [`tolerates ${bounds.join(' and at most ')} failing`];
}

export function describeGroupPolicies(group: PlannedGroup): readonly string[] {
  const tolerance = describeTolerance(group.tolerate);
  const endsLater = group.on_error === 'fail_fast' && tolerance.length > 0;
  return [
    ...(endsLater || group.on_error === null ? [] : [GROUP_ERRORS[group.on_error]]),
    ...tolerance.map((what) => (endsLater ? `${what}, and ends with the next` : what)),
    ...(group.cancel === 'drain' ? ['what runs then may end'] : []),
    ...(group.max_concurrency === null ? [] : [`at most ${group.max_concurrency} at once`]),
  ];
}

export function describeResource({ concurrency, capacity, rate }: PlannedResource): string {
  const bounds = [
    ...(concurrency === null ? [] : [`at most ${count(concurrency, 'holder')} at once`]),
    ...(capacity === null ? [] : [capacity === 'auto' ? 'as much as the machine has' : `${capacity} in all`]),
    ...(rate === null ? [] : [`at most ${rate.limit} in ${formatDuration(rate.per_ms)}`]),
  ];
  return bounds.length === 0 ? 'without a bound' : bounds.join('; ');
}
