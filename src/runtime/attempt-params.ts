import type { NodeDefinition } from '../actors/node.js';
import { ForkchartError } from '../ir/errors.js';
import { isObject, type JsonValue } from '../ir/json.js';
import type { DataScope } from '../ir/template/data-scope.js';
import { fillTemplate, type Template } from '../ir/template/template.js';
import type { ItemInput } from '../machines/node.js';
import type { NodePlan } from '../machines/topology.js';
import { refuseOneTimeItems } from './only-items.js';

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
 * @param item of a batch: it may stand in for one of the parameters
 * @throws UnusableParams
 */
export async function readParams(
  definition: NodeDefinition,
  { node }: NodePlan,
  scope: DataScope,
  item: ItemInput | null,
): Promise<unknown> {
  const params = withItem(fill(node.params, scope), item);
  refuseItems(params, node.paramsPointer);
  return parseParams(definition, params, wrongParams(definition, node.paramsPointer));
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
  const params = fill(template, scope);
  refuseItems(params, path);
  return parseParams(definition, params, wrongParams(definition, path));
}

const wrongParams = ({ type }: NodeDefinition, path: string) => ({
  hint: `Look at what the templates put there; \`${type}\` takes something else.`,
  path,
});

function withItem(params: JsonValue, item: ItemInput | null): JsonValue {
  if (item === null || item.parameter === null || !isObject(params)) return params;
  const { parameter, value } = item;
  return Object.fromEntries(
    Object.entries(params).map(([name, given]) => [name, name === parameter ? value : given]),
  );
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
  return orUnusable(() => fillTemplate(template, scope));
}

function refuseItems(params: JsonValue, path: string): void {
  orUnusable(() => refuseOneTimeItems(params, 'params', path));
}

function orUnusable<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw error instanceof ForkchartError ? new UnusableParams(error) : error;
  }
}
