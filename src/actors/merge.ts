import { z } from 'zod';
import { ForkchartError } from '../ir/errors.js';
import { isObject, type JsonObject, type JsonValue } from '../ir/json.js';
import { jsonValue } from '../ir/schema/building-blocks.js';
import { type FunctionTable, findFunction } from './function.js';
import { mergeDeep, mergeKeys, type Source } from './merge-objects.js';
import { defineNode, type NodeContext, type NodeDefinition } from './node.js';

const params = z
  .strictObject({
    strategy: z
      .enum(['dict', 'array', 'concat', 'deep', 'custom'])
      .default('dict')
      .describe(
        '`dict`: the outputs by node id, or the keys of a list of `values` in one object; `array`: a list; `concat`: lists or texts joined; `deep`: objects merged at every level, their lists joined; `custom`: what `function` returns.',
      ),
    values: jsonValue
      .refine((value) => Array.isArray(value) || isObject(value), 'expected a list or an object')
      .optional()
      .describe("What to merge: a list, or an object of named values. Default: the predecessors' outputs."),
    function: z
      .string()
      .optional()
      .describe('For `custom`: the registered function that is called with the list of values.'),
    on_collision: z
      .enum(['error', 'first', 'last'])
      .default('error')
      .describe('What to do with two values for one key, for `dict` and `deep`.'),
  })
  .refine(({ strategy, function: name }) => (strategy === 'custom') === (name !== undefined), {
    path: ['function'],
    message: 'expected with `strategy: custom`, and only with that',
  });

/**
 * Merges what its predecessors have put out, in the order in which their edges are declared, or the `values` that it is given.
 * Two values for one key are an error unless `on_collision` says which of them to keep.
 */
export function merge(functions: FunctionTable): NodeDefinition {
  return defineNode({
    type: 'merge',
    description: "Makes one value of its predecessors' outputs, or of `values`.",
    params,
    effects: 'pure',
    run({ strategy, values, function: name = '', on_collision: onCollision }, ctx) {
      const sources = sourcesOf(values, ctx);
      const plain = sources.map(({ value }) => value);
      switch (strategy) {
        case 'array':
          return plain;
        case 'concat':
          return concat(sources);
        case 'dict':
          return Array.isArray(values) ? mergeKeys(sources, onCollision) : byName(sources);
        case 'deep':
          return mergeDeep(sources, onCollision);
        case 'custom':
          return findFunction(functions, name)(plain, ctx);
      }
    },
  });
}

function sourcesOf(values: JsonValue | undefined, ctx: NodeContext): readonly Source[] {
  if (Array.isArray(values)) {
    return values.map((value: JsonValue, index) => ({ name: `values[${index}]`, value }));
  }
  const named = isObject(values) ? Object.entries(values) : [...ctx.input];
  return named.map(([name, value]) => ({ name, value }));
}

/** `Object.fromEntries` defines properties, so that a key `__proto__` is one like any other. */
function byName(sources: readonly Source[]): JsonObject {
  return Object.fromEntries(sources.map(({ name, value }) => [name, value]));
}

/** Texts joined if all are texts, else lists joined. Nothing makes an empty list. */
function concat(sources: readonly Source[]): JsonValue {
  const [first] = sources;
  if (typeof first?.value === 'string') {
    return sources
      .map((source) => (typeof source.value === 'string' ? source.value : mixed(source)))
      .join('');
  }
  return sources.flatMap((source) => (Array.isArray(source.value) ? source.value : mixed(source)));
}

function mixed({ name }: Source): never {
  throw new ForkchartError(
    'FC5009',
    `\`concat\` takes lists alone, or texts alone, and \`${name}\` is something else.`,
    { hint: 'Use `strategy: array`, which takes anything.', terminal: true },
  );
}
