import { isList, type JsonValue } from '../json.js';

/** What a value is called in messages, with its article. */
export function kindOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (isList(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
