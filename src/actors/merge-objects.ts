import { ForkchartError } from '../ir/errors.js';
import { isObject, type JsonObject, type JsonValue } from '../ir/json.js';

/** A value to be merged, and what it is called in messages: a node's id, or where it stands in `values`. */
export interface Source {
  readonly name: string;
  readonly value: JsonValue;
}

/** What to do with two values for one key. */
export type OnCollision = 'error' | 'first' | 'last';

/**
 * The keys of all objects in one object, in order of first appearance. Equal values for one key collide like any others.
 *
 * @throws ForkchartError FC6002 for a collision, FC5009 for a source that is not an object
 */
export function mergeKeys(sources: readonly Source[], onCollision: OnCollision): JsonObject {
  const merged = new Map<string, Source>();
  for (const { name, value } of sources) {
    for (const [key, item] of entriesOf(name, value, 'dict')) {
      const there = merged.get(key);
      if (there !== undefined && onCollision === 'error') throw collision([key], there.name, name);
      if (there === undefined || onCollision === 'last') merged.set(key, { name, value: item });
    }
  }
  return Object.fromEntries(Array.from(merged, ([key, { value }]) => [key, value]));
}

type Entry = readonly [key: string, value: JsonValue];

/** A value under construction, and the source that it came from first. */
type Draft =
  | { readonly kind: 'object'; readonly name: string; readonly members: Map<string, Draft> }
  | { readonly kind: 'list'; readonly name: string; readonly items: JsonValue[] }
  | { readonly kind: 'other'; readonly name: string; readonly value: JsonValue };

/**
 * Objects merged at every level, the lists in one place joined. Anything else in one place collides, unless it is the same text,
 * number, boolean or null. Takes time proportional to the size of the sources.
 *
 * @throws ForkchartError FC6002 for a collision, FC5009 for a source that is not an object
 */
export function mergeDeep(sources: readonly Source[], onCollision: OnCollision): JsonObject {
  const members = new Map<string, Draft>();
  for (const { name, value } of sources) {
    addTo(members, entriesOf(name, value, 'deep'), name, onCollision, []);
  }
  return finishedMembers(members);
}

function addTo(
  members: Map<string, Draft>,
  added: readonly Entry[],
  name: string,
  onCollision: OnCollision,
  at: readonly string[],
): void {
  for (const [key, value] of added) {
    const there = members.get(key);
    if (there === undefined) members.set(key, draft(name, value));
    else if (there.kind === 'object' && isObject(value)) {
      addTo(there.members, Object.entries(value), name, onCollision, [...at, key]);
    } else if (there.kind === 'list' && Array.isArray(value)) {
      for (const item of value) there.items.push(item);
    } else if (there.kind !== 'other' || there.value !== value) {
      if (onCollision === 'error') throw collision([...at, key], there.name, name);
      if (onCollision === 'last') members.set(key, draft(name, value));
    }
  }
}

function draft(name: string, value: JsonValue): Draft {
  if (Array.isArray(value)) return { kind: 'list', name, items: [...value] };
  if (!isObject(value)) return { kind: 'other', name, value };
  const members = Object.entries(value).map(([key, item]): [string, Draft] => [key, draft(name, item)]);
  return { kind: 'object', name, members: new Map(members) };
}

function finished(value: Draft): JsonValue {
  switch (value.kind) {
    case 'object':
      return finishedMembers(value.members);
    case 'list':
      return value.items;
    case 'other':
      return value.value;
  }
}

/** `Object.fromEntries` defines properties, so that a key `__proto__` is one like any other. */
function finishedMembers(members: ReadonlyMap<string, Draft>): JsonObject {
  return Object.fromEntries(Array.from(members, ([key, member]) => [key, finished(member)]));
}

function entriesOf(name: string, value: JsonValue, strategy: string): readonly Entry[] {
  if (isObject(value)) return Object.entries(value);
  const kind = value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
  throw new ForkchartError('FC5009', `\`${strategy}\` merges objects, and \`${name}\` is ${kind}.`, {
    hint: 'Use `strategy: array`, which takes anything.',
    terminal: true,
  });
}

function collision(path: readonly string[], first: string, second: string): ForkchartError {
  const place = path.join('.');
  return new ForkchartError('FC6002', `Both \`${first}\` and \`${second}\` have a value for \`${place}\`.`, {
    hint: 'Rename one of them, or say `on_collision: first` or `on_collision: last`.',
    terminal: true,
  });
}
