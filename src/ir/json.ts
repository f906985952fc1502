/** A value that JSON can carry. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** A JSON object. Read its keys with `Object.hasOwn`: a key may be `__proto__` or `constructor`. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** `Array.isArray`, but it narrows a read-only array as well. */
export function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Whether a value is an object and not a list; narrows to the objects that it may be by its type. */
export function isObject<T>(value: T): value is Extract<T, { readonly [key: string]: unknown }> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
