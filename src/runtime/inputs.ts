import { ForkchartError } from '../ir/errors.js';
import type { JsonObject, JsonValue } from '../ir/json.js';
import { describeType, isOfType, withArticle } from '../ir/value-type.js';
import type { Workflow } from '../ir/workflow.js';
import { oneTimeItems } from './batch/one-time-items.js';
import { toResult } from './json-result.js';

/**
 * Checks what a run is given against what its workflow asks for, and fills in defaults.
 *
 * @param maxBytes how large one input may be, as for results
 * @throws ForkchartError FC5001 naming every input that is missing, unknown, of the wrong type or not JSON
 */
export function bindInputs(
  workflow: Workflow,
  given: { readonly [name: string]: unknown },
  maxBytes: number,
): JsonObject {
  const problems: string[] = [];
  const bound: [string, JsonValue][] = [];
  for (const input of workflow.inputs) {
    const value = Object.hasOwn(given, input.name) ? given[input.name] : undefined;
    if (value !== undefined) {
      if (isOfType(value, input.type) || (input.type === 'array' && oneTimeItems(value) !== null))
        bound.push([input.name, asJson(workflow, value, input.name, maxBytes)]);
      else
        problems.push(
          `\`${input.name}\` should be ${withArticle(input.type)}, and is ${describeType(value)}`,
        );
    } else if (input.default !== undefined)
      bound.push([input.name, asJson(workflow, input.default, input.name, maxBytes)]);
    else if (input.required) problems.push(`\`${input.name}\` (${input.type}) is missing`);
    else bound.push([input.name, null]);
  }
  const known = new Set(workflow.inputs.map(({ name }) => name));
  for (const name of Object.keys(given)) {
    if (!known.has(name)) problems.push(`\`${name}\` is not an input of this workflow`);
  }
  if (problems.length > 0) {
    const names = [...known].map((name) => `\`${name}\``).join(', ');
    throw new ForkchartError('FC5001', `Wrong inputs: ${problems.join('; ')}.`, {
      hint: names === '' ? 'The workflow takes no inputs.' : `It takes ${names}.`,
      path: workflow.inputsPointer,
    });
  }
  return Object.freeze(Object.fromEntries(bound));
}

/** A frozen copy, as for results: what a caller does to its value afterwards must not change the run. */
function asJson(workflow: Workflow, value: unknown, name: string, maxBytes: number): JsonValue {
  try {
    return toResult(value, maxBytes, 'input');
  } catch (error) {
    if (!(error instanceof ForkchartError)) throw error;
    throw new ForkchartError('FC5001', `Input \`${name}\`: ${error.message}`, {
      hint: error.hint,
      path: workflow.inputsPointer,
    });
  }
}
