import { canonicalJson } from '../hash.js';
import { isList, type JsonValue } from '../json.js';
import type { Budget } from './budget.js';
import { kindOf } from './value-kind.js';

/** What `.aggregate.` can be followed by. */
export const AGGREGATES = [
  'count',
  'sum',
  'min',
  'max',
  'mean',
  'first',
  'last',
  'concat',
  'unique',
] as const;

/** A function that makes one value of a list. */
export type Aggregate = (typeof AGGREGATES)[number];

export function isAggregate(name: string): name is Aggregate {
  return (AGGREGATES as readonly string[]).includes(name);
}

/** A list holds something that the aggregate cannot take; the message says what. */
export class AggregateMismatch extends Error {}

/** The numbers of a list come to more than any number. */
export class AggregateOverflow extends AggregateMismatch {}

/**
 * Makes one value of `items`.
 *
 * `count`, `first`, `last` and `unique` look at every item. The others leave out `null`, which is what a skipped node is,
 * so that `${score[*].aggregate.max}` is the best of the branches that ran. Of nothing at all, `sum` is 0, `concat` and
 * `unique` are `[]`, `count` is 0 and the rest are `null`. `min` and `max` take numbers or strings; `concat` takes lists
 * (one longer list) or strings (one longer string); `unique` keeps the first of equal values.
 *
 * @throws {AggregateMismatch} when an item is of a kind that `by` cannot take, or the result is not a finite number.
 */
export function aggregate(by: Aggregate, items: readonly JsonValue[], budget: Budget): JsonValue {
  budget.spend(items.length);
  switch (by) {
    case 'count':
      return items.length;
    case 'first':
      return items[0] ?? null;
    case 'last':
      return items.at(-1) ?? null;
    case 'unique':
      return unique(items, budget);
    case 'concat':
      return concat(items, budget);
    case 'min':
      return extreme(by, items, (a, b) => a < b);
    case 'max':
      return extreme(by, items, (a, b) => a > b);
    case 'sum':
      return sum(by, numbers(by, items));
    case 'mean': {
      const values = numbers(by, items);
      return values.length === 0 ? null : sum(by, values) / values.length;
    }
  }
}

function sum(by: Aggregate, values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  if (!Number.isFinite(total))
    throw new AggregateOverflow(`the numbers are too big to ${by === 'mean' ? 'average' : 'add up'}`);
  return total;
}

function numbers(by: Aggregate, items: readonly JsonValue[]): number[] {
  const values: number[] = [];
  items.forEach((item, index) => {
    if (typeof item === 'number') values.push(item);
    else if (item !== null)
      throw new AggregateMismatch(`\`${by}\` takes numbers; item ${index} is ${kindOf(item)}`);
  });
  return values;
}

function extreme(
  by: Aggregate,
  items: readonly JsonValue[],
  better: (a: string | number, b: string | number) => boolean,
): JsonValue {
  let best: string | number | null = null;
  items.forEach((item, index) => {
    if (item === null) return;
    if (typeof item !== 'number' && typeof item !== 'string') {
      throw new AggregateMismatch(`\`${by}\` takes numbers or strings; item ${index} is ${kindOf(item)}`);
    }
    if (best !== null && typeof item !== typeof best) {
      throw new AggregateMismatch(
        `\`${by}\` cannot compare numbers with strings; item ${index} is ${kindOf(item)}`,
      );
    }
    if (best === null || better(item, best)) best = item;
  });
  return best;
}

function concat(items: readonly JsonValue[], budget: Budget): JsonValue {
  const lists: JsonValue[] = [];
  const texts: string[] = [];
  items.forEach((item, index) => {
    if (item === null) return;
    if (typeof item === 'string') texts.push(item);
    else if (isList(item)) for (const inner of item) lists.push(inner);
    else throw new AggregateMismatch(`\`concat\` takes lists or strings; item ${index} is ${kindOf(item)}`);
    budget.spend(item.length);
  });
  if (texts.length === 0) return lists;
  if (lists.length > 0) throw new AggregateMismatch('`concat` cannot join strings with lists');
  return texts.join('');
}

function unique(items: readonly JsonValue[], budget: Budget): JsonValue[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const key = canonicalJson(item);
    budget.spend(key.length);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
