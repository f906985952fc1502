import { ForkchartError } from '../../ir/errors.js';
import { isList, isObject, type JsonValue } from '../../ir/json.js';
import type { DataScope } from '../../ir/template/data-scope.js';
import { fillTemplate } from '../../ir/template/template.js';
import { describeType } from '../../ir/value-type.js';
import type { BatchPolicy, WorkflowNode } from '../../ir/workflow.js';
import { allResults, passedOn } from '../../machines/batch/batch-value.js';
import type { NodePlan } from '../../machines/topology.js';
import { chunkSource, type ItemSource, iteratorSource, listSource } from './item-source.js';
import { isOneTimeItems, readOnce } from './one-time-items.js';

/** What a batch works through. */
export interface FoundItems {
  readonly source: ItemSource;
  /** The parameter that each item stands in for; `null` where the items have a template of their own. */
  readonly parameter: string | null;
}

interface Bounds {
  readonly maxItems: number;
  readonly resultBytes: number;
}

/**
 * Finds the items of a batch; `null` where none of the parameters is a list and the batch does without.
 *
 * @param scope for `auto`, with names of an item in it
 * @param before the batch, which has ended, whose results are the items
 * @throws ForkchartError FC5018 for what is no list, FC1006 for too long a one, FC5002 for a template that leads nowhere
 */
export function findItems(
  node: WorkflowNode,
  policy: BatchPolicy,
  scope: DataScope,
  bounds: Bounds,
  before: NodePlan | null,
): FoundItems | null {
  const { items } = policy;
  if (items.kind === 'template') {
    const value = (before === null ? null : resultsOf(before, scope)) ?? fillTemplate(items.template, scope);
    return { source: sourceOf(value, 'The items', policy, bounds), parameter: null };
  }
  const params = fillTemplate(node.params, scope);
  const lists = isObject(params) ? Object.entries(params).filter(([, value]) => canBeItems(value)) : [];
  const [only] = lists;
  if (only === undefined && items.optional) return null;
  if (only === undefined || lists.length > 1)
    throw noSingleList(
      lists.map(([name]) => name),
      policy,
    );
  const [name, value] = only;
  return { source: sourceOf(value, `\`params.${name}\``, policy, bounds), parameter: name };
}

/** Of a stream those that it passes on; of any other batch all of them, as `${id.results}` says, so that `null` is a failed item. */
function resultsOf({ node }: NodePlan, scope: DataScope): readonly JsonValue[] | null {
  const named = scope.get(node.id);
  if (named?.kind !== 'node') return null;
  return node.stream ? passedOn(named.value) : allResults(named.value);
}

/** Parts a batch's items into lists of `size`, where it says so. */
export function inChunks(source: ItemSource, { size }: BatchPolicy): ItemSource {
  return size === null ? source : chunkSource(source, size);
}

const canBeItems = (value: JsonValue): boolean => isList(value) || isOneTimeItems(value);

function sourceOf(value: JsonValue, what: string, policy: BatchPolicy, bounds: Bounds): ItemSource {
  if (isList(value)) return inChunks(listSource(value, bounds.maxItems), policy);
  if (isOneTimeItems(value)) {
    const iterator = readOnce(value);
    if (iterator === null) throw readBefore(what, policy);
    return inChunks(iteratorSource(iterator, bounds.maxItems, bounds.resultBytes), policy);
  }
  const parsed = typeof value === 'string' ? parseList(value) : null;
  if (parsed === null) throw noList(value, what, policy);
  return inChunks(listSource(parsed, bounds.maxItems), policy);
}

/** The list that a text is as JSON; `null` for any other text. */
function parseList(text: string): readonly JsonValue[] | null {
  try {
    const value = JSON.parse(text) as JsonValue;
    return isList(value) ? value : null;
  } catch {
    return null;
  }
}

function noList(value: JsonValue, what: string, policy: BatchPolicy): ForkchartError {
  const is = typeof value === 'string' ? 'a text that is no JSON list' : describeType(value);
  return new ForkchartError('FC5018', `${what} of the batch should be a list: this is ${is}.`, {
    hint: 'Name a list, a text that is a JSON list, or an async iterable.',
    path: policy.pointer,
  });
}

function readBefore(what: string, policy: BatchPolicy): ForkchartError {
  return new ForkchartError('FC5018', `${what} of the batch can be read only once, and have been read.`, {
    hint: 'Let the function return a list if several nodes, or iterations, need the items.',
    path: policy.pointer,
  });
}

function noSingleList(names: readonly string[], policy: BatchPolicy): ForkchartError {
  const found = names.map((name) => `\`${name}\``).join(', ');
  const says = names.length === 0 ? 'none of the parameters is a list' : `${found} are lists`;
  return new ForkchartError('FC5018', `It is not clear what to work through: ${says}.`, {
    hint: 'Name the items: "batch": { "items": "${…}" }.',
    path: policy.pointer,
  });
}
