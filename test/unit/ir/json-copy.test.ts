import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../../src/ir/diagnostics/diagnostic.js';
import { DiagnosticLog } from '../../../src/ir/diagnostics/diagnostic-log.js';
import { copyJson, type JsonCopy } from '../../../src/ir/json-copy.js';
import { DEFAULT_LIMITS } from '../../../src/ir/limits.js';

function copy(
  value: unknown,
  limits = DEFAULT_LIMITS,
): { copy: JsonCopy | undefined; problems: readonly Diagnostic[] } {
  const log = new DiagnosticLog(limits.diagnostics);
  return { copy: copyJson(value, limits, log), problems: log.sorted(value) };
}

describe('copyJson', () => {
  it('copies JSON deeply and leaves out what is undefined', () => {
    const value = { a: [1, 'x', null, true, { b: -0.5 }], c: undefined, d: Object.create(null) };
    const result = copy(value);
    expect(result).toEqual({ copy: { a: [1, 'x', null, true, { b: -0.5 }], d: {} }, problems: [] });
    expect((result.copy as { a: unknown }).a).not.toBe(value.a);
  });

  it('keeps __proto__ as an own key', () => {
    const result = copy(JSON.parse('{"__proto__": {"x": 1}}')).copy as object;
    expect(Object.keys(result)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
  });

  it.each([
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['a bigint', 1n],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['NaN', Number.NaN],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['a class instance', new (class Thing {})()],
  ])('reports %s where it stands and keeps the rest', (_, value) => {
    const result = copy({ list: [1, value, 3], key: value, ok: true });
    expect(result.copy).toEqual({ list: [1, null, 3], ok: true });
    expect(result.problems.map(({ code, path }) => [code, path])).toEqual([
      ['FC1004', '/list/1'],
      ['FC1004', '/key'],
    ]);
  });

  it('ends on a value that contains itself', () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    expect(copy(cycle).problems).toMatchObject([{ code: 'FC1006' }]);
  });

  it('ends on shared parts that multiply', () => {
    let value: unknown = 'x';
    for (let i = 0; i < 60; i++) value = [value, value];
    expect(copy(value)).toMatchObject({ copy: undefined, problems: [{ code: 'FC1006' }] });
  });

  it('ends on a list that claims to be endless', () => {
    const list = new Proxy([], {
      get: (target, key) => (key === 'length' ? Number.MAX_SAFE_INTEGER : Reflect.get(target, key)),
    });
    expect(copy(list, { ...DEFAULT_LIMITS, irBytes: 1000 }).problems[0]?.code).toBe('FC1006');
  });

  it('counts what it leaves out, so that a long list of nothing ends at once, and says why', () => {
    const started = performance.now();
    const { copy: made, problems } = copy({ nodes: new Array(4_000_000) });
    expect(made).toBeUndefined();
    // Generous: at a message for each of them it takes many seconds.
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(problems).toHaveLength(DEFAULT_LIMITS.diagnostics);
    expect(problems[0]).toMatchObject({ code: 'FC1006', message: expect.stringContaining('larger than') });
    expect(problems[1]).toMatchObject({ code: 'FC1004', path: '/nodes/0' });
    expect(problems.at(-1)?.message).toMatch(/^There are \d+ diagnostics/);
  });

  it('reports a getter that throws instead of throwing', () => {
    const hostile = Object.defineProperty({}, 'x', {
      enumerable: true,
      get() {
        throw new Error('no');
      },
    });
    expect(copy(hostile)).toMatchObject({ copy: undefined, problems: [{ code: 'FC1004', path: '' }] });
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    expect(copy(revoked.proxy)).toMatchObject({ copy: undefined, problems: [{ code: 'FC1004' }] });
  });

  it('takes as many levels as the limit and not one more', () => {
    const nest = (depth: number): unknown => (depth === 0 ? 1 : [nest(depth - 1)]);
    expect(copy(nest(64)).problems).toEqual([]);
    expect(copy(nest(65)).problems).toMatchObject([{ code: 'FC1006' }]);
  });

  it('takes as many bytes as the limit and not one more', () => {
    const limits = { ...DEFAULT_LIMITS, irBytes: 12 };
    expect(copy('x'.repeat(10), limits).problems).toEqual([]);
    expect(copy('x'.repeat(11), limits).problems).toMatchObject([{ code: 'FC1006', path: '' }]);
  });
});
