import { ForkchartError } from '../ir/errors.js';
import type { JsonValue } from '../ir/json.js';
import { haveBeenOneTimeItems, isOneTimeItems } from './batch/one-time-items.js';

/** Frozen values that hold nothing of the kind, so that one that many nodes are given is looked through once. */
const plain = new WeakSet<object>();

/**
 * Refuses what can be read only once where it is filled in as a value: it would be a mere object there.
 *
 * @param what the value is called
 * @throws ForkchartError FC5018, terminal
 */
export function refuseOneTimeItems(value: JsonValue, what: string, path: string): void {
  if (!haveBeenOneTimeItems()) return;
  const at = find(value, what);
  if (at === null) return;
  throw new ForkchartError(
    'FC5018',
    `\`${at}\` can be read only once: it can only be the \`items\` of a batch.`,
    {
      hint: 'Let a `batch` go through it, or let the function that gives it return a list.',
      path,
      terminal: true,
    },
  );
}

function find(value: JsonValue, at: string): string | null {
  if (typeof value !== 'object' || value === null || plain.has(value)) return null;
  if (isOneTimeItems(value)) return at;
  const isList = Array.isArray(value);
  for (const [key, part] of Object.entries(value)) {
    const found = find(part, isList ? `${at}[${key}]` : `${at}.${key}`);
    if (found !== null) return found;
  }
  if (Object.isFrozen(value)) plain.add(value);
  return null;
}
