import { z } from 'zod';
import type { JsonObject, JsonValue } from './json.js';
import { coreSchema } from './schema/core.js';

/**
 * The JSON Schema (draft 2020-12) of a workflow as it may be written in the core form: for editors, and for language
 * models that answer in a given structure. Made from the very schemas that check a workflow, so the two cannot differ.
 *
 * @example
 * fs.writeFileSync('workflow.schema.json', JSON.stringify(workflowJsonSchema(), null, 2));
 */
export function workflowJsonSchema(): JsonObject {
  const schema = z.toJSONSchema(coreSchema, {
    io: 'input',
    // Values that only their owner understands (`params`, `fallback`, `default`) may be anything that is JSON.
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // Said of every integer and of every map; it narrows nothing, and some models' decoders refuse it.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      delete jsonSchema.propertyNames;
    },
  });
  return toPlainJson(schema) as JsonObject;
}

/** Zod's result carries properties that are not enumerable; a JSON text does not. */
function toPlainJson(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue;
}
