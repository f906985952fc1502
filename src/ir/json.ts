/** A value that JSON can carry. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** A JSON object. Read its keys with `Object.hasOwn`: a key may be `__proto__` or `constructor`. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}
