import { z } from 'zod';
import type { NodeDefinition } from '../actors/node.js';
import { ForkchartError } from '../ir/errors.js';
import { isObject, type JsonValue } from '../ir/json.js';
import type { DataScope } from '../ir/template/data-scope.js';
import { fillTemplate, type Template } from '../ir/template/template.js';
import type { ItemInput } from '../machines/node.js';
import type { NodePlan } from '../machines/topology.js';
import { refuseOneTimeItems } from './only-items.js';
import { isPromiseLike } from './promise-like.js';

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
export function readParams(
  definition: NodeDefinition,
  { node }: NodePlan,
  scope: DataScope,
  item: ItemInput | null,
): unknown {
  const params = fill(node.params, node.paramsPointer, scope, item);
  return parseParams(definition, params, node.paramsPointer, lookAtTemplates);
}

/**
 * The same for any template of parameters, which stands at `path`.
 *
 * @throws UnusableParams
 */
export function readTemplate(
  definition: NodeDefinition,
  template: Template,
  path: string,
  scope: DataScope,
): unknown {
  const params = fill(template, path, scope, null);
  return parseParams(definition, params, path, lookAtTemplates);
}

const lookAtTemplates = (type: string): string =>
  `Look at what the templates put there; \`${type}\` takes something else.`;

function withItem(params: JsonValue, item: ItemInput | null): JsonValue {
  if (item === null || item.parameter === null || !isObject(params)) return params;
  const { parameter, value } = item;
  return Object.fromEntries(
    Object.entries(params).map(([name, given]) => [name, name === parameter ? value : given]),
  );
}

/**
 * Checks parameters against a node type. What comes of that is there at once, unless the type has something checked that has to be
 * waited for; zod's own `safeParseAsync` would make a promise of either.
 *
 * @param path where they stand
 * @param hintFor what the error tells to do, by the node type
 * @throws UnusableParams, at once or later
 */
export function parseParams(
  definition: NodeDefinition,
  given: JsonValue,
  path: string,
  hintFor: HintFor,
): unknown {
  const parsed = definition.params._zod.run({ value: given, issues: [] }, { async: true });
  return isPromiseLike(parsed)
    ? parsedLater(parsed, definition, path, hintFor)
    : checkedValue(parsed, definition, path, hintFor);
}

type HintFor = (type: string) => string;

async function parsedLater(
  parsed: Promise<z.core.ParsePayload>,
  definition: NodeDefinition,
  path: string,
  hintFor: HintFor,
): Promise<unknown> {
  return checkedValue(await parsed, definition, path, hintFor);
}

function checkedValue(
  { value, issues }: z.core.ParsePayload,
  { type }: NodeDefinition,
  path: string,
  hintFor: HintFor,
): unknown {
  if (issues.length > 0) throw unusable(issues, { path, hint: hintFor(type) });
  return value;
}

function unusable(
  issues: readonly z.core.$ZodRawIssue[],
  details: { readonly path: string; readonly hint: string },
): UnusableParams {
  const shown = issues.slice(0, MOST_ISSUES).map((issue) => {
    const { path, message } = z.core.util.finalizeIssue(issue, undefined, z.config());
    return `\`${['params', ...path.map(String)].join('.')}\`: ${message}`;
  });
  if (issues.length > MOST_ISSUES) shown.push(`and ${issues.length - MOST_ISSUES} more`);
  return new UnusableParams(new ForkchartError('FC5009', shown.join('; '), details));
}

function fill(template: Template, path: string, scope: DataScope, item: ItemInput | null): JsonValue {
  try {
    const params = withItem(fillTemplate(template, scope), item);
    refuseOneTimeItems(params, 'params', path);
    return params;
  } catch (error) {
    throw error instanceof ForkchartError ? new UnusableParams(error) : error;
  }
}
