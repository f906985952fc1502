import { quote } from '../diagnostics/wording.js';
import { canonicalJson } from '../hash.js';
import { isList, isObject, type JsonObject, type JsonValue } from '../json.js';
import { describeType, isOfType, withArticle } from '../value-type.js';
import type { StateKey, ValueType } from '../workflow.js';

/**
 * Why the reducer of a key cannot take a value; `null` if it can. The answer does not depend on what was written before, so
 * that it is the same in whatever order nodes end.
 */
export function refusedWrite(key: StateKey, value: JsonValue): string | null {
  const { name, reducer, default: initial } = key;
  const holds = typeOf(key);
  if (initial !== null && !isOfType(initial, holds)) {
    return `\`${reducer}\` cannot begin with the default of ${quote(name)}, which is ${describeType(initial)}`;
  }
  const takes = reducer === 'append' || reducer === 'unique' ? 'any' : holds;
  if (isOfType(value, takes)) return null;
  return `\`${reducer}\` of ${quote(name)} takes ${withArticle(takes)}, and this is ${describeType(value)}`;
}

/** What a key holds after these writes, in their order, of values that its reducer can take. */
export function reduceWrites(key: StateKey, values: readonly JsonValue[]): JsonValue {
  if (values.length === 0) return key.default;
  switch (key.reducer) {
    case 'replace':
      return values.at(-1) ?? null;
    case 'append':
      return Object.freeze([...listOf(key.default), ...values]);
    case 'concat':
      return typeOf(key) === 'string'
        ? [key.default, ...values].join('')
        : Object.freeze([key.default, ...values].flatMap(listOf));
    case 'unique':
      return Object.freeze(unlike([...listOf(key.default), ...values]));
    case 'sum':
      return numbersOf(key, values).reduce(boundedSum);
    case 'min':
      return numbersOf(key, values).reduce((a, b) => Math.min(a, b));
    case 'max':
      return numbersOf(key, values).reduce((a, b) => Math.max(a, b));
    case 'merge':
      return Object.freeze(Object.fromEntries([key.default, ...values].flatMap(entriesOf)));
    case 'deep':
      return values.reduce(deepMerge, key.default ?? {});
  }
}

/** What a key holds; a default of `null` stands for nothing of it. */
function typeOf({ reducer, default: initial }: StateKey): ValueType {
  switch (reducer) {
    case 'replace':
      return 'any';
    case 'append':
    case 'unique':
      return 'array';
    case 'concat':
      return typeof initial === 'string' ? 'string' : 'array';
    case 'sum':
    case 'min':
    case 'max':
      return 'number';
    case 'merge':
    case 'deep':
      return 'object';
  }
}

const listOf = (value: JsonValue): readonly JsonValue[] => (isList(value) ? value : []);

const entriesOf = (value: JsonValue): [string, JsonValue][] => (isObject(value) ? Object.entries(value) : []);

const numbersOf = (key: StateKey, values: readonly JsonValue[]): number[] =>
  [key.default, ...values].filter((value) => typeof value === 'number');

/** Whether a sum with one more value is no number that JSON has. */
export function isTooLarge({ reducer, default: before }: StateKey, value: JsonValue): boolean {
  if (reducer !== 'sum' || typeof before !== 'number' || typeof value !== 'number') return false;
  return !Number.isFinite(before + value);
}

/** JSON has no infinity. Each write was held against what its node saw: only writes beside one another get here. */
const boundedSum = (a: number, b: number): number =>
  Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, a + b));

/** The first of all that are equal. */
function unlike(values: readonly JsonValue[]): JsonValue[] {
  const first = new Map<string, JsonValue>();
  for (const value of values) {
    const text = canonicalJson(value);
    if (!first.has(text)) first.set(text, value);
  }
  return [...first.values()];
}

/** Objects are merged at every depth; of anything else the second stands. */
function deepMerge(before: JsonValue, value: JsonValue): JsonValue {
  if (!isObject(before) || !isObject(value)) return value;
  const merged = new Map<string, JsonValue>(Object.entries(before));
  for (const [key, part] of Object.entries(value)) {
    const there = merged.get(key);
    merged.set(key, there === undefined ? part : deepMerge(there, part));
  }
  return Object.freeze(Object.fromEntries(merged)) as JsonObject;
}
