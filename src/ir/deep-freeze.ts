import type { JsonValue } from './json.js';

/** Freezes a JSON value and all that is in it, in place; the value. Its depth is bounded where a document is read. */
export function deepFreeze<T extends JsonValue>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}
