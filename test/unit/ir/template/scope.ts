import type { JsonValue } from '../../../../src/ir/json.js';
import type { DataScope, NamedValue } from '../../../../src/ir/template/data-scope.js';

/** A scope of the given names; names of any kind are safe in it. */
export function scopeOf(names: readonly (readonly [string, NamedValue])[]): DataScope {
  const values = new Map(names);
  return { get: (name) => values.get(name) };
}

export function value(json: JsonValue): NamedValue {
  return { kind: 'value', value: json };
}

export function node(output: JsonValue, ...branches: NamedValue[]): NamedValue {
  return { kind: 'node', value: output, branches: branches.length > 0 ? branches : null };
}

export const absent: NamedValue = { kind: 'absent' };
