import { describe, expect, it } from 'vitest';
import { problemsOfWrite, writtenValues } from '../../../../src/ir/state/write.js';
import type { StateKey } from '../../../../src/ir/workflow.js';

const LOG: StateKey = { name: 'log', reducer: 'append', schema: null, default: [], pointer: '/state/log' };

describe('what an output gives to keys', () => {
  const total: StateKey = { ...LOG, name: 'total', reducer: 'sum', default: 0 };
  const named = (written: ReturnType<typeof writtenValues>) =>
    written.values.map(([key, value]) => [key.name, value]);

  it('is the field of the name, or the whole where there is one key and no object', () => {
    expect(named(writtenValues([LOG, total], { total: 2, log: 'x', other: 1 }))).toEqual([
      ['log', 'x'],
      ['total', 2],
    ]);
    expect(named(writtenValues([LOG], ['x']))).toEqual([['log', ['x']]]);
    expect(named(writtenValues([LOG], null))).toEqual([['log', null]]);
  });

  it('is a problem where the field is not there, is inherited, or cannot be taken', () => {
    expect(writtenValues([LOG], { other: 1 }).problems).toEqual(['the output has no field `log`']);
    const inherited = { ...LOG, name: 'toString' };
    expect(writtenValues([inherited], {}).problems).toEqual(['the output has no field `toString`']);
    expect(writtenValues([LOG, total], 7).problems).toHaveLength(2);
    expect(writtenValues([total], { total: 'x' }).problems).toEqual([
      '`sum` of `total` takes a number, and this is a string',
    ]);
  });

  it('is held against the schema with what is there before it, and against the largest number', () => {
    const few: StateKey = { ...total, schema: { type: 'number', maximum: 5 } };
    expect(problemsOfWrite([few], 3, {})).toEqual([]);
    expect(problemsOfWrite([few], 3, { total: 3 })).toEqual([
      expect.stringContaining('`total` would not fit its schema'),
    ]);
    const most = Number.MAX_VALUE;
    expect(problemsOfWrite([total], most, {})).toEqual([]);
    expect(problemsOfWrite([total], most, { total: most })).toEqual([
      'the sum of `total` would be larger than any number',
    ]);
  });
});
