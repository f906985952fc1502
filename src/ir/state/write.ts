import { listOf, quote } from '../diagnostics/wording.js';
import { isObject, type JsonObject, type JsonValue } from '../json.js';
import { parseValueSchema, type ValueSchema } from '../value-schema.js';
import type { StateKey } from '../workflow.js';
import { isTooLarge, reduceWrites, refusedWrite } from './reducers.js';

/** What an output gives to the keys that it is written to, and why it cannot give something to the others. */
export interface Written {
  readonly values: readonly (readonly [key: StateKey, value: JsonValue])[];
  readonly problems: readonly string[];
}

/** Each key gets the field of its name; a single key gets the whole of an output that is no object. */
export function writtenValues(keys: readonly StateKey[], output: JsonValue): Written {
  const values: [StateKey, JsonValue][] = [];
  const problems: string[] = [];
  for (const key of keys) {
    const value = valueFor(key, keys, output);
    const problem = value === undefined ? missing(key, keys, output) : refusedWrite(key, value);
    if (problem !== null) problems.push(problem);
    else if (value !== undefined) values.push([key, value]);
  }
  return { values, problems };
}

function valueFor({ name }: StateKey, keys: readonly StateKey[], output: JsonValue): JsonValue | undefined {
  if (isObject(output)) return Object.hasOwn(output, name) ? output[name] : undefined;
  return keys.length === 1 ? output : undefined;
}

function missing({ name }: StateKey, keys: readonly StateKey[], output: JsonValue): string {
  return isObject(output)
    ? `the output has no field ${quote(name)}`
    : `the output is no object with the fields ${listOf(keys.map((key) => key.name))}`;
}

/**
 * Why an output cannot be written to these keys; none if it can: each has to be able to take what it gets, and to fit its
 * schema with it.
 *
 * @param state what the keys hold before; the default where it says nothing of one
 */
export function problemsOfWrite(
  keys: readonly StateKey[],
  output: JsonValue,
  state: JsonObject,
): readonly string[] {
  const { values, problems } = writtenValues(keys, output);
  // An output that is no object is the same problem for every key.
  return [...new Set(problems), ...values.flatMap(([key, value]) => misfitsOf(key, value, state))];
}

function misfitsOf(key: StateKey, value: JsonValue, state: JsonObject): readonly string[] {
  const before = Object.hasOwn(state, key.name) ? (state[key.name] ?? null) : key.default;
  const soFar = { ...key, default: before };
  if (isTooLarge(soFar, value)) return [`the sum of ${quote(key.name)} would be larger than any number`];
  const schema = schemaOf(key);
  if (schema === null) return [];
  const problems = schema.problemsOf(reduceWrites(soFar, [value]));
  return problems.map((problem) => `${quote(key.name)} would not fit its schema: ${problem}`);
}

const schemas = new WeakMap<StateKey, ValueSchema>();

function schemaOf(key: StateKey): ValueSchema | null {
  if (key.schema === null) return null;
  let schema = schemas.get(key);
  if (schema === undefined) {
    schema = parseValueSchema(key.schema, `${key.pointer}/schema`);
    schemas.set(key, schema);
  }
  return schema;
}
