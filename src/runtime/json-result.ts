import { ForkchartError } from '../ir/errors.js';
import type { JsonValue } from '../ir/json.js';
import { oneTimeItems } from './batch/one-time-items.js';

const DEEPEST = 512;
/** What the smallest limit leaves room for. */
const isPlainScalar = (value: unknown): value is JsonValue =>
  value === null || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));

/** What a value is, for messages, and how whoever gives it does so. */
const GIVEN_BY = { result: 'return', input: 'pass', payload: 'send', item: 'yield', value: 'pass' } as const;
type Subject = keyof typeof GIVEN_BY;

/**
 * What a node function returned, or a run is given, for good: what can be read only once stands for itself, anything else is
 * made JSON.
 *
 * @throws ForkchartError as {@link toJsonResult} does
 */
export function toResult(value: unknown, maxBytes: number, subject: Subject = 'result'): JsonValue {
  return oneTimeItems(value) ?? toJsonResult(value, maxBytes, subject);
}

/**
 * What a node function returned, as JSON: `undefined` is `null`, as in an array; `toJSON` is honoured, as for a `Date`. Anything
 * that would get lost silently (a function, a Map, NaN, a cycle) is refused. The result is a frozen copy: several nodes may be
 * given the same value at once, and none of them can change what another sees.
 *
 * @param maxBytes roughly, counting two bytes for each character
 * @param subject what it is called in errors
 * @throws ForkchartError FC5010 for what is not JSON, FC5011 for what is too large
 */
export function toJsonResult(value: unknown, maxBytes: number, subject: Subject = 'result'): JsonValue {
  if (isPlainScalar(value)) return value;
  const give = GIVEN_BY[subject];
  let left = maxBytes;
  const spend = (bytes: number): void => {
    left -= bytes;
    if (left < 0) {
      throw new ForkchartError('FC5011', `The ${subject} is larger than ${maxBytes} bytes.`, {
        hint: `Write large data to a file and ${give} its path, or raise \`limits.resultBytes\`.`,
      });
    }
  };
  const refuse = (what: string, at: string): never => {
    throw new ForkchartError(
      'FC5010',
      `The ${subject} is not JSON: ${what} at \`${at || `(the ${subject} itself)`}\`.`,
      {
        hint: `${give[0]?.toUpperCase()}${give.slice(1)} null, booleans, finite numbers, strings, arrays and plain objects.`,
      },
    );
  };
  const visit = (item: unknown, at: string, depth: number): JsonValue => {
    if (depth > DEEPEST) return refuse(`more than ${DEEPEST} levels, or a cycle,`, at.slice(0, 80));
    switch (typeof item) {
      case 'undefined':
        spend(4);
        return null;
      case 'string':
        spend(2 * item.length);
        return item;
      case 'number':
        spend(8);
        return Number.isFinite(item) ? item : refuse(String(item), at);
      case 'boolean':
        spend(4);
        return item;
      case 'object':
        if (item === null) {
          spend(4);
          return null;
        }
        if ('toJSON' in item && typeof item.toJSON === 'function') return visit(item.toJSON(), at, depth + 1);
        spend(16);
        return Array.isArray(item) ? visitArray(item, at, depth) : visitObject(item, at, depth);
      default:
        return refuse(`a ${typeof item}`, at);
    }
  };
  const visitArray = (items: readonly unknown[], at: string, depth: number): JsonValue => {
    // Before anything is allocated: a list of holes is as long as a list of values.
    spend(4 * items.length);
    return Object.freeze(Array.from(items, (item, index) => visit(item, `${at}[${index}]`, depth + 1)));
  };
  const visitObject = (object: object, at: string, depth: number): JsonValue => {
    const prototype = Object.getPrototypeOf(object);
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
      return refuse(`a ${object.constructor?.name || 'class instance'}`, at);
    }
    const entries: [string, JsonValue][] = [];
    for (const [key, item] of Object.entries(object)) {
      if (item === undefined) continue;
      spend(2 * key.length);
      entries.push([key, visit(item, at === '' ? key : `${at}.${key}`, depth + 1)]);
    }
    // Own properties, whatever their names: `__proto__` included.
    return Object.freeze(Object.fromEntries(entries));
  };
  return visit(value, '', 0);
}
