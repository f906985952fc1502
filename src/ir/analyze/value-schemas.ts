import { ForkchartError } from '../errors.js';
import type { JsonObject } from '../json.js';
import { parseValueSchema, type ValueSchema } from '../value-schema.js';
import type { Problems } from './problems.js';

/**
 * FC3011: a schema that cannot be used is reported and counts as none.
 *
 * @param path where it stands in the author's document.
 */
export function tryParseSchema(schema: JsonObject, path: string, problems: Problems): ValueSchema | null {
  try {
    return parseValueSchema(schema, path);
  } catch (error) {
    if (!(error instanceof ForkchartError)) throw error;
    const { code, message, hint } = error;
    problems.addInSource({ code, severity: 'error', path: error.path ?? path, message, hint });
    return null;
  }
}
