import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../../src/ir/json.js';
import {
  AGGREGATES,
  type Aggregate,
  AggregateMismatch,
  aggregate,
} from '../../../../src/ir/template/aggregate.js';
import { Budget } from '../../../../src/ir/template/budget.js';
import { reducerFor } from '../../../../src/runtime/batch/reducer.js';
import { settings } from '../../../helpers/arbitrary/settings.js';

const MISMATCH = 'mismatch';

function oneByOne(by: Aggregate, values: readonly JsonValue[]): JsonValue {
  return unlessMismatch(() => {
    const reducer = reducerFor(by);
    for (const value of values) reducer.add(value);
    return reducer.value();
  });
}

function unlessMismatch(work: () => JsonValue): JsonValue {
  try {
    return work();
  } catch (error) {
    if (error instanceof AggregateMismatch) return MISMATCH;
    throw error;
  }
}

const values = fc.oneof(
  fc.array(fc.oneof(fc.integer(), fc.constant(null))),
  fc.array(fc.oneof(fc.string(), fc.constant(null))),
  fc.array(fc.oneof(fc.array(fc.integer()), fc.constant(null))),
  fc.array(fc.oneof(fc.integer(), fc.string(), fc.array(fc.string()), fc.record({ a: fc.integer() }))),
);

describe('a reducer', () => {
  it.each(AGGREGATES)('comes to what the aggregate `%s` makes of the whole list', (by) => {
    fc.assert(
      fc.property(values, (list) => {
        const whole = unlessMismatch(() => aggregate(by, list as JsonValue[], new Budget()));
        expect(oneByOne(by, list as JsonValue[])).toEqual(whole);
      }),
      settings(300),
    );
  });
});
