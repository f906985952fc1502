import type { NodeDefinition } from '../actors/node.js';
import { ForkchartError } from '../ir/errors.js';
import type { JsonValue } from '../ir/json.js';
import type { DataScope } from '../ir/template/data-scope.js';
import { fillTemplate, type Template } from '../ir/template/template.js';
import type { NodePlan } from '../machines/topology.js';

const MOST_ISSUES = 5;

/** Parameters that cannot be had, and will not be had by trying again: the `reason` is what the record says. */
export class UnusableParams extends Error {
  constructor(readonly reason: ForkchartError) {
    super(reason.message);
  }
}

/**
 * Fills in the templates of a node's parameters, and checks them against its type.
 *
 * @throws UnusableParams
 */
export async function readParams(
  definition: NodeDefinition,
  plan: NodePlan,
  scope: DataScope,
): Promise<unknown> {
  return readTemplate(definition, plan.node.params, plan.node.paramsPointer, scope);
}

/**
 * The same for any template of parameters, which stands at `path`.
 *
 * @throws UnusableParams
 */
export async function readTemplate(
  definition: NodeDefinition,
  template: Template,
  path: string,
  scope: DataScope,
): Promise<unknown> {
  return parseParams(definition, fill(template, scope), {
    hint: `Look at what the templates put there; \`${definition.type}\` takes something else.`,
    path,
  });
}

/**
 * Checks parameters against a node type.
 *
 * @param details what the error says besides
 * @throws UnusableParams
 */
export async function parseParams(
  definition: NodeDefinition,
  given: JsonValue,
  details: { readonly hint: string; readonly path: string },
): Promise<unknown> {
  const parsed = await definition.params.safeParseAsync(given);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const problems = issues.slice(0, MOST_ISSUES).map(({ path, message }) => {
    return `\`${['params', ...path.map(String)].join('.')}\`: ${message}`;
  });
  if (issues.length > MOST_ISSUES) problems.push(`and ${issues.length - MOST_ISSUES} more`);
  throw new UnusableParams(new ForkchartError('FC5009', problems.join('; '), details));
}

function fill(template: Template, scope: DataScope): JsonValue {
  try {
    return fillTemplate(template, scope);
  } catch (error) {
    throw error instanceof ForkchartError ? new UnusableParams(error) : error;
  }
}
