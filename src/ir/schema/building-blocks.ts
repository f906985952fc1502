import { z } from 'zod';
import type { JsonObject, JsonValue } from '../json.js';

/** Any JSON value. The reader has made sure already that everything below it is JSON, so nothing is walked here. */
export const jsonValue = z.unknown() as z.ZodType<JsonValue, JsonValue>;

/** Any JSON object, passed on as it is: its keys are its author's, whatever they are called. */
export const jsonObject = z
  .custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), {
    params: { expected: 'object' },
  })
  .meta({ type: 'object' });

/**
 * An object with exactly the given keys. Its message for an unknown key is the list of the keys that it knows, separated by
 * spaces: what "did you mean" is worked out from (`diagnostics/zod-issues.ts`), as zod's issues do not carry it.
 */
export function fields<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const known = Object.keys(shape).join(' ');
  return z.strictObject(passingOver(shape), {
    error: (issue) => (issue.code === 'unrecognized_keys' ? known : undefined),
  });
}

/**
 * The same shape, whose optional keys cost nothing where they are absent: for `exactOptional` zod looks at the missing value, puts
 * into words what is wrong with it and drops that, which for the many keys of a node took most of the time. `optional`
 * looks no further; that it takes `undefined` as well makes no difference, as no document holds it.
 */
function passingOver<Shape extends z.core.$ZodLooseShape>(shape: Shape): Shape {
  const fields = Object.entries(shape).map(([key, schema]) => {
    if (!(schema instanceof z.ZodExactOptional)) return [key, schema];
    const optional = z.optional(schema.unwrap());
    const meta = schema.meta();
    return [key, meta === undefined ? optional : optional.meta(meta)];
  });
  return Object.fromEntries(fields) as Shape;
}

/** Zod drops a key `__proto__` of a record, so it travels under another name, one that no other key can get. */
const HIDDEN = /^\0*__proto__$/;

/**
 * An object whose keys are names that the author chose, each with a value of the same form. `__proto__` is a name like any
 * other, and an own property of the result.
 */
export function byName<Value extends z.ZodType>(value: Value) {
  return z
    .preprocess((input) => renameKeys(input, hiddenName), z.record(z.string(), value))
    .transform((record) => renameKeys(record, shownName));
}

/** The author's name for a key on the path of an issue. */
export function shownName(key: string): string {
  return key.startsWith('\0') && HIDDEN.test(key) ? key.slice(1) : key;
}

/** A name under which zod keeps the key. */
export function hiddenName(key: string): string {
  return HIDDEN.test(key) ? `\0${key}` : key;
}

function renameKeys<T>(input: T, rename: (key: string) => string): T {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  const keys = Object.keys(input);
  if (!keys.some((key) => HIDDEN.test(key))) return input;
  // Object.fromEntries defines properties, so a key `__proto__` becomes one instead of changing the prototype.
  return Object.fromEntries(Object.entries(input).map(([key, value]) => [rename(key), value])) as T;
}

/** A string that names something: any text, the empty string included. */
export const name = z.string();

/** A group's name. Step plans number their groups, so a number is taken as its digits. */
export const groupName = z.union([z.string(), z.number().transform(String)]);

/** Milliseconds, more than none. */
export const milliseconds = z.number().positive();

export const positiveInteger = z.int().min(1);
