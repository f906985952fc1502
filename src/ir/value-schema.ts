import { z } from 'zod';
import { listOf, quote } from './diagnostics/wording.js';
import { ForkchartError } from './errors.js';
import { isList, isObject, type JsonObject, type JsonValue } from './json.js';
import { hiddenName, shownName } from './schema/building-blocks.js';
import { DEEPEST, plainSchema } from './value-schema-subset.js';

/** A JSON Schema, made ready to be held against values. */
export interface ValueSchema {
  readonly source: JsonObject;
  /** What is wrong with a value, at most five problems, each naming its place; none if it fits. */
  problemsOf(value: JsonValue): readonly string[];
}

/** So many problems are told of one value. */
const MOST_PROBLEMS = 5;

/**
 * Reads a JSON Schema (draft 2020-12): types, `properties`, `required`, `items`, bounds, `enum`, `anyOf` and the like, and `$ref` to
 * its own `$defs`. Refused is what would run its author's regular expression (`pattern`), what refers to itself or to
 * elsewhere, and whatever would have no effect: a schema that is accepted is enforced to the letter.
 *
 * @param pointer where the schema stands in the document (JSON pointer), for the error.
 * @throws {ForkchartError} FC3011 for a schema that cannot be used; its path leads to the keyword.
 *
 * @example
 * const schema = parseValueSchema({ type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] });
 * schema.problemsOf({ ok: 'yes' }); // ['`ok`: expected boolean, received string']
 */
export function parseValueSchema(schema: JsonObject, pointer = ''): ValueSchema {
  const plain = plainSchema(schema, pointer);
  const parser = convert(plain, pointer);
  return {
    source: schema,
    problemsOf: (value) => {
      // Without `jitless` zod compiles schemas with `new Function`.
      const issues = parser.safeParse(bare(value), { jitless: true }).error?.issues ?? [];
      return issues.flatMap((issue) => describe(issue, [])).slice(0, MOST_PROBLEMS);
    },
  };
}

function convert(schema: JsonObject, pointer: string): z.ZodType {
  try {
    // A registry of its own: in the global one every schema that was ever read would stay.
    return z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0], { registry: z.registry() });
  } catch (cause) {
    throw new ForkchartError('FC3011', 'The JSON Schema cannot be used.', {
      hint: 'Write a schema of draft 2020-12: types, `properties`, `items`, bounds, `enum` and `anyOf`.',
      path: pointer,
      cause,
    });
  }
}

/**
 * A copy as deep as a schema looks, whose objects inherit nothing: zod would take what they inherit (`toString`) for theirs, and
 * not look at a key `__proto__`.
 */
function bare(value: JsonValue, depth = 0): unknown {
  if (depth > DEEPEST) return value;
  if (isList(value)) return value.map((item) => bare(item, depth + 1));
  if (!isObject(value)) return value;
  const copy: Record<string, unknown> = Object.create(null);
  for (const [key, member] of Object.entries(value)) copy[hiddenName(key)] = bare(member, depth + 1);
  return copy;
}

type Issue = z.core.$ZodIssue;

function describe(issue: Issue, prefix: readonly PropertyKey[]): string[] {
  const path = [...prefix, ...issue.path];
  const place = path.length === 0 ? 'the value' : quote(path.map((key) => shownName(String(key))).join('.'));
  if (issue.code === 'invalid_union') {
    // The alternative that was meant is the one whose outer form fits.
    const meant = issue.errors.find((inner) => inner.some((one) => one.path.length > 0));
    if (meant !== undefined) return meant.flatMap((inner) => describe(inner, path));
    return [
      issue.errors.length === 0
        ? `${place}: fits more than one alternative`
        : `${place}: fits none of the alternatives`,
    ];
  }
  if (issue.code === 'unrecognized_keys')
    return [`${place}: has unknown keys ${listOf(issue.keys.map(shownName))}`];
  const message = issue.message.replace(/^Invalid input: /, '');
  return [`${place}: ${message.charAt(0).toLowerCase()}${message.slice(1)}`];
}
