import { pointerTo } from './diagnostics/pointer.js';
import { nearest } from './diagnostics/suggest.js';
import { quote } from './diagnostics/wording.js';
import { ForkchartError } from './errors.js';
import { isList, isObject, type JsonObject, type JsonValue } from './json.js';
import { hiddenName } from './schema/building-blocks.js';

/** Schemas in one schema, those that `$ref` puts in counted each time, and how deep they nest. */
const MOST_SCHEMAS = 2000;
export const DEEPEST = 32;

type Content = 'schema' | 'schemas' | 'by name' | 'count' | 'number' | 'names' | 'flag' | 'text';

interface Keyword {
  readonly content: Content;
  /** The types that it constrains: one of them has to be said, as the keyword would do nothing otherwise. */
  readonly of: readonly string[];
}

const NUMBERS = ['number', 'integer'];

const KEYWORDS: ReadonlyMap<string, Keyword> = new Map(
  Object.entries({
    properties: { content: 'by name', of: ['object'] },
    required: { content: 'names', of: ['object'] },
    additionalProperties: { content: 'schema', of: ['object'] },
    propertyNames: { content: 'schema', of: ['object'] },
    minProperties: { content: 'count', of: ['object'] },
    maxProperties: { content: 'count', of: ['object'] },
    items: { content: 'schema', of: ['array'] },
    prefixItems: { content: 'schemas', of: ['array'] },
    minItems: { content: 'count', of: ['array'] },
    maxItems: { content: 'count', of: ['array'] },
    uniqueItems: { content: 'flag', of: ['array'] },
    contains: { content: 'schema', of: ['array'] },
    minContains: { content: 'count', of: ['array'] },
    maxContains: { content: 'count', of: ['array'] },
    minLength: { content: 'count', of: ['string'] },
    maxLength: { content: 'count', of: ['string'] },
    format: { content: 'text', of: ['string'] },
    minimum: { content: 'number', of: NUMBERS },
    maximum: { content: 'number', of: NUMBERS },
    exclusiveMinimum: { content: 'number', of: NUMBERS },
    exclusiveMaximum: { content: 'number', of: NUMBERS },
    multipleOf: { content: 'number', of: NUMBERS },
    anyOf: { content: 'schemas', of: [] },
    oneOf: { content: 'schemas', of: [] },
    allOf: { content: 'schemas', of: [] },
  } satisfies Record<string, Keyword>),
);

const TYPES = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'];
const COMPOSITIONS = ['anyOf', 'oneOf', 'allOf'];
/** Handled by name below. */
const SPECIAL = ['type', 'enum', 'const', '$ref', '$defs', 'definitions'];
/** What is said to readers. `default` is among them: values are checked, not completed. */
const ANNOTATIONS = new Set(
  '$schema $id $comment title description default examples deprecated readOnly writeOnly contentEncoding contentMediaType'.split(
    ' ',
  ),
);

const INSTEAD: ReadonlyMap<string, string> = new Map([
  ['pattern', 'Regular expressions are not run: use `format`, `enum`, or check the text in a node function.'],
  [
    'patternProperties',
    'Regular expressions are not run: name the properties, or use `additionalProperties`.',
  ],
  ['not', 'Say what the value may be with `anyOf` or `enum`.'],
  ['nullable', 'Write "type": ["string", "null"].'],
]);

/**
 * A schema in the part of JSON Schema that can be enforced to the letter, references put in and annotations left out.
 *
 * @throws {ForkchartError} FC3011 for anything else.
 */
export function plainSchema(schema: JsonObject, pointer: string): JsonObject {
  return new SubsetReader(schema, pointer).read(schema, pointer, []) as JsonObject;
}

class SubsetReader {
  readonly #root: JsonObject;
  readonly #pointer: string;
  #schemas = 0;

  constructor(root: JsonObject, pointer: string) {
    this.#root = root;
    this.#pointer = pointer;
  }

  /** @param refs the references that are being followed. */
  read(schema: JsonValue | undefined, at: string, refs: readonly string[], depth = 0): JsonValue {
    if (typeof schema === 'boolean') return schema;
    if (!isObject(schema))
      throw unusable('a schema is an object, true or false', at, 'Write { "type": "object" }.');
    if (depth >= DEEPEST || ++this.#schemas > MOST_SCHEMAS) {
      throw unusable('the schema is too large', at, `Use at most ${MOST_SCHEMAS} schemas, ${DEEPEST} deep.`);
    }
    const keys = Object.keys(schema).filter((key) => !ANNOTATIONS.has(key) && !key.startsWith('x-'));
    const unknown = keys.find((key) => !KEYWORDS.has(key) && !SPECIAL.includes(key));
    if (unknown !== undefined) throw unknownKeyword(unknown, at);
    const said = keys.filter((key) => key !== '$defs' && key !== 'definitions');
    for (const alone of ['$ref', 'enum', 'const']) {
      const other = said.find((key) => key !== alone && (alone === '$ref' || key !== 'type'));
      if (said.includes(alone) && other !== undefined) {
        const hint = `Write both into "allOf": [{ "${alone}": … }, { "${other}": … }].`;
        throw unusable(`\`${other}\` does nothing beside \`${alone}\``, `${at}${pointerTo([other])}`, hint);
      }
    }
    if (Object.hasOwn(schema, '$ref')) return this.#follow(schema.$ref, at, refs, depth);
    const types = typesOf(schema, at);
    if (types === null && said.filter((key) => COMPOSITIONS.includes(key)).length > 1) {
      throw unusable(
        'only one of `anyOf`, `oneOf` and `allOf` is looked at',
        at,
        'Write them into one `allOf`.',
      );
    }
    const plain = said.map((key): [string, JsonValue] => {
      const here = `${at}${pointerTo([key])}`;
      const keyword = KEYWORDS.get(key);
      const value = schema[key] ?? null;
      if (keyword === undefined) return [key, key === 'type' ? value : literals(key, value, here)];
      if (keyword.of.length > 0 && types?.some((type) => keyword.of.includes(type)) !== true) {
        const hint = `Write "type": "${keyword.of[0]}" beside it.`;
        throw unusable(`\`${key}\` does nothing without its type`, here, hint);
      }
      return [key, this.#content(keyword.content, key, value, here, refs, depth)];
    });
    return withRequired(Object.fromEntries(plain));
  }

  #follow(ref: JsonValue | undefined, at: string, refs: readonly string[], depth: number): JsonValue {
    const here = `${at}/$ref`;
    const [, holder = '', escaped = ''] = /^#\/(\$defs|definitions)\/([^/]*)$/.exec(String(ref)) ?? [];
    const name = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
    const definitions = this.#root[holder];
    if (!isObject(definitions) || !Object.hasOwn(definitions, name)) {
      throw unusable(
        `${quote(String(ref))} is no definition of this schema`,
        here,
        'Refer to "#/$defs/name".',
      );
    }
    if (refs.includes(name))
      throw unusable(`${quote(name)} contains itself`, here, 'Bound how deep the value may be.');
    const there = this.#pointer + pointerTo([holder, name]);
    return this.read(definitions[name], there, [...refs, name], depth + 1);
  }

  #content(
    content: Content,
    key: string,
    value: JsonValue,
    at: string,
    refs: readonly string[],
    depth: number,
  ): JsonValue {
    const wrong = (what: string): ForkchartError =>
      unusable(`\`${key}\` has to be ${what}`, at, `Write ${what} for \`${key}\`, or remove it.`);
    const inner = (schema: JsonValue | undefined, name: string | number): JsonValue =>
      this.read(schema, at + pointerTo([name]), refs, depth + 1);
    switch (content) {
      case 'schema':
        return this.read(value, at, refs, depth + 1);
      case 'schemas':
        if (!isList(value) || value.length === 0) throw wrong('a list of schemas');
        return value.map(inner);
      case 'by name':
        if (!isObject(value)) throw wrong('an object of schemas');
        return Object.fromEntries(
          Object.entries(value).map(([name, one]) => [hiddenName(name), inner(one, name)]),
        );
      case 'names':
        if (!isList(value) || !value.every((one) => typeof one === 'string')) throw wrong('a list of texts');
        return value.map(hiddenName);
      case 'count':
        if (!Number.isInteger(value) || Number(value) < 0) throw wrong('an integer from 0 on');
        return value;
      case 'number':
        if (typeof value !== 'number' || (key === 'multipleOf' && value <= 0))
          throw wrong('a number (a step: above 0)');
        return value;
      case 'flag':
        if (typeof value !== 'boolean') throw wrong('true or false');
        return value;
      case 'text':
        if (typeof value !== 'string') throw wrong('a text');
        return value;
    }
  }
}

function typesOf({ type }: JsonObject, at: string): readonly string[] | null {
  if (type === undefined) return null;
  const types = isList(type) ? type : [type];
  if (types.length > 0 && types.every((one) => TYPES.includes(String(one)))) return types.map(String);
  throw unusable(
    `${JSON.stringify(type)} is no type`,
    `${at}/type`,
    `Write one of ${TYPES.join(', ')}, or a list of them.`,
  );
}

/** `enum` or `const`. Only what is no list and no object can be compared. */
function literals(key: string, value: JsonValue, at: string): JsonValue {
  const values = key === 'const' ? [value] : value;
  if (!isList(values) || values.length === 0)
    throw unusable(`\`${key}\` has to be a list`, at, 'List the values that are allowed.');
  if (values.some((one) => typeof one === 'object' && one !== null)) {
    throw unusable(
      `\`${key}\` holds a list or an object`,
      at,
      'Describe it with `properties` or `prefixItems` instead.',
    );
  }
  return value;
}

/** What is required has to be a property as well, or zod does not ask for it. */
function withRequired(schema: JsonObject): JsonObject {
  const { required, properties } = schema;
  if (required === undefined || !isList(required)) return schema;
  const named = required.map((name): [string, JsonValue] => [String(name), true]);
  return { ...schema, properties: Object.fromEntries([...named, ...Object.entries(properties ?? {})]) };
}

function unknownKeyword(keyword: string, at: string): ForkchartError {
  const near = nearest(keyword, [...KEYWORDS.keys(), ...SPECIAL]);
  const instead = INSTEAD.get(keyword);
  const known = `Known keywords: ${[...SPECIAL, ...KEYWORDS.keys()].join(', ')}.`;
  return unusable(
    `the keyword ${quote(keyword)} is not known here`,
    `${at}${pointerTo([keyword])}`,
    instead ?? (near === null ? known : `Did you mean ${quote(near)}?`),
  );
}

function unusable(what: string, path: string, hint: string): ForkchartError {
  return new ForkchartError('FC3011', `The JSON Schema cannot be used: ${what}.`, { hint, path });
}
