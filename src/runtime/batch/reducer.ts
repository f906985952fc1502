import { canonicalJson } from '../../ir/hash.js';
import type { JsonValue } from '../../ir/json.js';
import { type Aggregate, aggregate } from '../../ir/template/aggregate.js';
import { Budget } from '../../ir/template/budget.js';

/** Makes one value of many, given one after the other; keeps no more of them than that takes. */
export interface Reducer {
  /** @throws AggregateMismatch for a value that it cannot take */
  add(value: JsonValue): void;
  /** @throws AggregateMismatch where the values do not go together */
  value(): JsonValue;
}

/** The work is spread over the items, each of which is bounded. */
const UNBOUNDED = () => new Budget(Number.POSITIVE_INFINITY);

/** The reducer that comes to what `aggregate` makes of the whole list. */
export function reducerFor(by: Aggregate): Reducer {
  switch (by) {
    case 'count':
      return counting();
    case 'mean':
      return averaging();
    case 'unique':
      return distinguishing();
    case 'concat':
      return collecting(by);
    default:
      return folding(by);
  }
}

/** For what can be made of the value so far and the next. */
function folding(by: Aggregate): Reducer {
  let soFar: readonly JsonValue[] = [];
  return {
    add: (value) => {
      soFar = [aggregate(by, [...soFar, value], UNBOUNDED())];
    },
    value: () => aggregate(by, soFar, UNBOUNDED()),
  };
}

function counting(): Reducer {
  let count = 0;
  return { add: () => count++, value: () => count };
}

function averaging(): Reducer {
  const sum = folding('sum');
  let count = 0;
  return {
    add: (value) => {
      sum.add(value);
      if (value !== null) count++;
    },
    value: () => (count === 0 ? null : Number(sum.value()) / count),
  };
}

function distinguishing(): Reducer {
  const seen = new Set<string>();
  const values: JsonValue[] = [];
  return {
    add: (value) => {
      const key = canonicalJson(value);
      if (seen.has(key)) return;
      seen.add(key);
      values.push(value);
    },
    value: () => values,
  };
}

function collecting(by: Aggregate): Reducer {
  const values: JsonValue[] = [];
  return {
    add: (value) => {
      aggregate(by, [value], UNBOUNDED());
      if (value !== null) values.push(value);
    },
    value: () => aggregate(by, values, UNBOUNDED()),
  };
}
