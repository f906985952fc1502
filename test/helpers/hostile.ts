import { afterEach, expect } from 'vitest';
import { ForkchartError } from '../../src/ir/errors.js';
import type { DataScope, NamedValue } from '../../src/ir/template/data-scope.js';

const names = new Map<string, NamedValue>([
  ['a', { kind: 'node', value: { own: 1, list: [1, 2], text: 'abc' }, branches: [] }],
  ['b', { kind: 'value', value: {} }],
  ['secret', { kind: 'value', value: 's3cret' }],
  ['quoted', { kind: 'value', value: '${secret}' }],
]);
/** What hostile templates and conditions find: a few names, of which none is that of a built-in. */
export const scope: DataScope = { get: (name) => names.get(name) };

const watched: readonly object[] = [
  Object,
  Array,
  Function,
  String,
  Number,
  Boolean,
  Map,
  RegExp,
  Promise,
].flatMap((global) => [global, global.prototype as object]);

/** Every own key of the built-ins with what it holds. */
function builtIns(): unknown[] {
  return watched.flatMap((thing) =>
    Reflect.ownKeys(thing).flatMap((key) => {
      const { value, get, set } = Object.getOwnPropertyDescriptor(thing, key) ?? {};
      return [key, value, get, set];
    }),
  );
}

/** Fails a test of the file after which a built-in, or what all objects inherit, is not what it was. */
export function expectBuiltInsUntouched(): void {
  const before = builtIns();
  afterEach(() => {
    const after = builtIns();
    expect(after.length === before.length && after.every((part, at) => Object.is(part, before[at]))).toBe(
      true,
    );
    expect('polluted' in {} || 'pwned' in globalThis).toBe(false);
  });
}

/** The code of the ForkchartError that `work` throws; anything else that it throws is a failure of the test. */
export function codeOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof ForkchartError) return error.code;
    throw error;
  }
}
