import { describe, expect, it } from 'vitest';
import type { ForkchartError } from '../../../src/ir/errors.js';
import { toJsonResult } from '../../../src/runtime/json-result.js';

const MAX = 1_000_000;
const code = (value: unknown, max = MAX): string | undefined => {
  try {
    toJsonResult(value, max);
    return undefined;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('a result', () => {
  it('is what JSON would carry', () => {
    const when = new Date(0);
    expect(toJsonResult({ a: [1, undefined, null], b: undefined, when }, MAX)).toEqual({
      a: [1, null, null],
      when: '1970-01-01T00:00:00.000Z',
    });
    expect(toJsonResult(undefined, MAX)).toBeNull();
  });

  it('is refused where something would get lost silently, naming the place', () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    for (const value of [
      Number.NaN,
      () => 1,
      new Map(),
      1n,
      Symbol('s'),
      cycle,
      { x: [Number.POSITIVE_INFINITY] },
    ]) {
      expect(code(value)).toBe('FC5010');
    }
    expect(() => toJsonResult({ rows: [{ total: Number.NaN }] }, MAX)).toThrow('NaN at `rows[0].total`');
  });

  it('is called what it is where it is refused, and so is what to do', () => {
    const { message, hint } = ((): { message: string; hint: string } => {
      try {
        toJsonResult(Number.NaN, MAX, 'payload');
      } catch (error) {
        return error as ForkchartError;
      }
      throw new Error('It was taken.');
    })();
    expect(message).toBe('The payload is not JSON: NaN at `(the payload itself)`.');
    expect(hint).toMatch(/^Send null/);
  });

  it('is refused one byte past the limit, and not at it', () => {
    expect(code('x'.repeat(50), 100)).toBeUndefined();
    expect(code('x'.repeat(51), 100)).toBe('FC5011');
    expect(code(new Array(1e9))).toBe('FC5011');
  });

  it('is a frozen copy, so that no node can change what another sees', () => {
    const rows = [{ n: 1 }];
    const result = toJsonResult({ rows }, MAX) as { rows: { n: number }[] };
    (rows[0] as { n: number }).n = 2;
    expect(result.rows[0]?.n).toBe(1);
    expect(() => {
      (result.rows[0] as { n: number }).n = 3;
    }).toThrow(TypeError);
  });

  it('keeps own keys of any name, and pollutes nothing (P14)', () => {
    const result = toJsonResult(JSON.parse('{"__proto__": {"polluted": true}}'), MAX);
    expect(JSON.stringify(result)).toBe('{"__proto__":{"polluted":true}}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect((result as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
