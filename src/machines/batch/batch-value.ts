import { isList, isObject, type JsonValue } from '../../ir/json.js';
import type { NamedValue } from '../../ir/template/data-scope.js';

const ABSENT: NamedValue = { kind: 'absent' };

/**
 * A batch's output as references see it: its branches are the items' results, and those of failed items are absent. They are
 * made when they are first asked for, as a batch may be large.
 */
export function batchValue(output: JsonValue): NamedValue {
  let branches: readonly NamedValue[] | null | undefined;
  return {
    kind: 'node',
    value: output,
    get branches() {
      if (branches === undefined) branches = resultsOf(output);
      return branches;
    },
  };
}

/** All results of a batch, `null` where an item has failed; `null` for what is no such output. */
export function allResults(output: JsonValue): readonly JsonValue[] | null {
  return resultsOf(output)?.map((result) => (result.kind === 'absent' ? null : result.value)) ?? null;
}

/** What a batch passes on to the next stage: the results of the items that succeeded; `null` for what is no such output. */
export function passedOn(output: JsonValue): readonly JsonValue[] | null {
  return resultsOf(output)?.flatMap((result) => (result.kind === 'absent' ? [] : [result.value])) ?? null;
}

/** What the output looks like is known only from where it comes from: a fallback, for one, is whatever the author wrote. */
function resultsOf(output: JsonValue): readonly NamedValue[] | null {
  const { results = null, errors = null, error_count = 0 } = isObject(output) ? output : {};
  if (!isList(results) || !isList(errors)) return null;
  const failed = new Set(errors.map((error) => (isObject(error) ? error.index : null)));
  // Where there are more than are listed, a `null` may be of any of them.
  const someUnlisted = errors.length !== error_count;
  return results.map((value, index) =>
    value === null && (someUnlisted || failed.has(index)) ? ABSENT : { kind: 'node', value, branches: null },
  );
}
