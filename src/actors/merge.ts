import { z } from 'zod';
import { ForkchartError } from '../ir/errors.js';
import type { JsonObject, JsonValue } from '../ir/json.js';
import { type FunctionTable, findFunction } from './function.js';
import { defineNode, type NodeContext, type NodeDefinition } from './node.js';

/** A value to be merged, and what it is called in messages. */
type Named = readonly [name: string, value: JsonValue];
type OnCollision = 'error' | 'first' | 'last';

/**
 * Merges what its predecessors have put out, in the order in which their edges are declared, or the `values` that it is
 * given. Two values for one key are an error unless `on_collision` says which of them to keep.
 */
export function merge(functions: FunctionTable): NodeDefinition {
  return defineNode({
    type: 'merge',
    description: "Gives back what its predecessors' outputs, or `values`, make together.",
    params: z.strictObject({
      strategy: z
        .enum(['dict', 'array', 'concat', 'deep', 'custom'])
        .default('dict')
        .describe(
          '`dict`: an object of the outputs by node id, or of the keys of `values`; `array`: a list; `concat`: lists or texts joined; `deep`: objects merged at every level, their lists joined; `custom`: what `function` returns.',
        ),
      values: z
        .union([z.array(z.json()), z.record(z.string(), z.json())])
        .optional()
        .describe("What to merge; the predecessors' outputs if left out."),
      function: z
        .string()
        .optional()
        .describe('For `custom`: the registered function, called with the list of values.'),
      on_collision: z
        .enum(['error', 'first', 'last'])
        .default('error')
        .describe('What to do with two values for one key.'),
    }),
    effects: 'pure',
    run({ strategy, values, function: name, on_collision: onCollision }, ctx) {
      const named = namedValues(values as JsonValue | undefined, ctx);
      const plain = named.map(([, value]) => value);
      switch (strategy) {
        case 'array':
          return plain;
        case 'concat':
          return concat(named);
        case 'dict':
          return Array.isArray(values) ? mergeKeys(named, onCollision) : fromEntries(named);
        case 'deep':
          return mergeDeep(named, onCollision);
        case 'custom':
          if (name === undefined) {
            throw new ForkchartError('FC5009', 'A merge with `strategy: custom` needs `function`.', {
              hint: 'Name a function that is registered in `functions`.',
            });
          }
          return findFunction(functions, name)(plain, ctx);
      }
    },
  });
}

function namedValues(values: JsonValue | undefined, ctx: NodeContext): readonly Named[] {
  if (values === undefined) return [...ctx.input];
  if (Array.isArray(values)) return values.map((value, index): Named => [`values[${index}]`, value]);
  return Object.entries(values as JsonObject);
}

function concat(named: readonly Named[]): JsonValue {
  if (named.length > 0 && named.every(([, value]) => typeof value === 'string')) {
    return named.map(([, value]) => value).join('');
  }
  return named.flatMap(([name, value]) => {
    if (Array.isArray(value)) return value as readonly JsonValue[];
    throw wrongKind('concat', name, value, 'lists, or all texts');
  });
}

/** The keys of all values in one object. */
function mergeKeys(named: readonly Named[], onCollision: OnCollision): JsonValue {
  const merged = new Map<string, { from: string; value: JsonValue }>();
  for (const [name, value] of named) {
    if (!isObject(value)) throw wrongKind('dict', name, value, 'objects');
    for (const [key, item] of Object.entries(value)) {
      const there = merged.get(key);
      if (there !== undefined && onCollision === 'error') throw collision(key, there.from, name);
      if (there === undefined || onCollision === 'last') merged.set(key, { from: name, value: item });
    }
  }
  return fromEntries([...merged].map(([key, { value }]) => [key, value]));
}

/** Objects at every level, their lists joined; any two other values in one place collide, unless they are equal. */
function mergeDeep(named: readonly Named[], onCollision: OnCollision): JsonValue {
  let merged: JsonValue = {};
  let before = '';
  const join = (left: JsonValue, right: JsonValue, at: readonly string[], name: string): JsonValue => {
    if (Array.isArray(left) && Array.isArray(right)) return [...left, ...right];
    if (isObject(left) && isObject(right)) {
      const joined = new Map(Object.entries(left));
      for (const [key, item] of Object.entries(right)) {
        const there = joined.get(key);
        joined.set(key, there === undefined ? item : join(there, item, [...at, key], name));
      }
      return fromEntries([...joined]);
    }
    if (left === right) return left;
    if (onCollision === 'error') throw collision(at.join('.'), before, name);
    return onCollision === 'first' ? left : right;
  };
  for (const [name, value] of named) {
    if (!isObject(value)) throw wrongKind('deep', name, value, 'objects');
    merged = join(merged, value, [], name);
    before = before === '' ? name : `${before}, ${name}`;
  }
  return merged;
}

/** Own properties whatever their names: `__proto__` included. */
const fromEntries = (entries: readonly Named[]): JsonObject => Object.fromEntries(entries);

const isObject = (value: JsonValue): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function collision(key: string, first: string, second: string): ForkchartError {
  return new ForkchartError('FC6002', `\`${second}\` has a value for \`${key}\`, and so has \`${first}\`.`, {
    hint: 'Rename one of them, or say `on_collision: first` or `last`.',
  });
}

function wrongKind(strategy: string, name: string, value: JsonValue, expected: string): ForkchartError {
  const kind = value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
  return new ForkchartError(
    'FC5009',
    `\`merge\` with \`${strategy}\` takes ${expected}, and \`${name}\` is ${kind}.`,
    {
      hint: 'Use `array`, which takes anything, or change what the node puts out.',
    },
  );
}
