import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pointerSegments, pointerTo, valueAt } from '../../../../src/ir/diagnostics/pointer.js';
import { PointerMap } from '../../../../src/ir/diagnostics/pointer-map.js';

describe('JSON pointers', () => {
  it('escape ~ and / (RFC 6901)', () => {
    expect(pointerTo(['a/b', 'm~n', '', 0])).toBe('/a~1b/m~0n//0');
    expect(pointerTo([])).toBe('');
  });

  it('are read back as they were written', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (path) => {
        expect(pointerSegments(pointerTo(path))).toEqual(path);
      }),
      { seed: 3 },
    );
  });

  it('lead to own properties alone', () => {
    expect(valueAt({ a: [{ b: 1 }] }, ['a', 0, 'b'])).toBe(1);
    expect(valueAt({}, ['constructor'])).toBe(undefined);
    expect(valueAt([], ['length', 'x'])).toBe(undefined);
    expect(valueAt(JSON.parse('{"__proto__": 1}'), ['__proto__'])).toBe(1);
  });
});

describe('a pointer map', () => {
  it('follows what was moved with everything in it, and stops at what was made', () => {
    const map = new PointerMap('/ir');
    map.moved('/nodes/0', '/ir/nodes/a~1b');
    map.moved('/nodes/0/type', '/ir/nodes/a~1b/tool');
    map.made('/nodes/0/timeout', '/ir/nodes/a~1b/seconds');
    expect(map.pointerOf('')).toBe('/ir');
    expect(map.pointerOf('/edges/3/from')).toBe('/ir/edges/3/from');
    expect(map.pointerOf('/nodes/0/params/x')).toBe('/ir/nodes/a~1b/params/x');
    expect(map.pointerOf('/nodes/0/type')).toBe('/ir/nodes/a~1b/tool');
    expect(map.pointerOf('/nodes/0/timeout/attempt_ms')).toBe('/ir/nodes/a~1b/seconds');
    expect(map.pointerOf('/nodes/01')).toBe('/ir/nodes/01');
  });
});
