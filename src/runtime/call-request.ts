import { z } from 'zod';
import type { CallOptions, CallRetry, ToolCall } from '../actors/call.js';
import type { NodeDefinition } from '../actors/node.js';
import type { NodeRegistry } from '../actors/registry.js';
import { nearest } from '../ir/diagnostics/suggest.js';
import { listOf, quote } from '../ir/diagnostics/wording.js';
import { ForkchartError } from '../ir/errors.js';
import type { JsonObject } from '../ir/json.js';
import type { ResourceUse } from '../ir/workflow.js';
import { toJsonResult } from './json-result.js';

/** One call, ready to be made. */
export interface CallRequest {
  readonly definition: NodeDefinition;
  /** A frozen copy: no call sees what another does to its parameters. */
  readonly params: JsonObject;
  /** `null` for one attempt. */
  readonly retry: Required<CallRetry> | null;
  /** Milliseconds; `null` for no bound. */
  readonly timeoutMs: number | null;
}

/** Calls that are made together. */
export interface CallPlan {
  readonly requests: readonly CallRequest[];
  readonly maxConcurrent: number;
  readonly failFast: boolean;
  readonly uses: readonly ResourceUse[];
}

/** What the calls of one node function are held to. */
export interface CallBounds {
  /** Calls that may still be begun. */
  readonly most: number;
  /** Bytes that the parameters of one call may have, as for results. */
  readonly paramBytes: number;
  /** Whether the caller holds resources, so that its calls may not ask for any. */
  readonly holdsResources: boolean;
}

/** Node types that mean something to a chart alone. */
const NO_TOOLS: ReadonlySet<string> = new Set(['wait', 'workflow']);

const MOST_PROBLEMS = 5;

const ms = z.number().min(0);
const positiveMs = z.number().positive();
const retry = z.strictObject({
  maxAttempts: z.int().min(1),
  initialMs: ms.default(1000),
  factor: z.number().min(1).default(2),
  maxDelayMs: ms.default(60_000),
});
const plainObject = z.custom<object>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'expected an object',
);
const callList = z.array(
  z.strictObject({
    tool: z.string(),
    params: plainObject.optional(),
    retry: retry.optional(),
    timeout_ms: positiveMs.optional(),
  }),
);
const callOptions = z.strictObject({
  maxConcurrent: z.int().min(1).default(10),
  onError: z.enum(['fail_safe', 'fail_fast']).default('fail_safe'),
  timeoutMs: positiveMs.optional(),
  retry: retry.optional(),
  uses: z.union([z.array(z.string()), plainObject], 'expected names, or amounts by name').optional(),
});

/**
 * Makes sure that calls can be made, and fills in what was left out.
 *
 * @throws ForkchartError FC9002, terminal, for what does not fit the types of the arguments, an unknown tool, parameters that are
 * not JSON, too many calls, and resources that the caller may not ask for
 */
export function readCalls(
  calls: readonly ToolCall[],
  options: CallOptions,
  registry: NodeRegistry,
  bounds: CallBounds,
): CallPlan {
  if (Array.isArray(calls) && calls.length > bounds.most) {
    throw wrong(
      `These are ${calls.length} calls, and ${bounds.most} more can be made now.`,
      'Make them in portions, or let a `batch` in the workflow go through them.',
    );
  }
  const list = read(callList, calls, 'calls');
  const given = read(callOptions, options, 'options');
  return {
    requests: list.map((call, index) => {
      const one = call.retry ?? given.retry;
      return {
        definition: findTool(call.tool, registry, `calls[${index}].tool`),
        params: jsonParams(call.params ?? {}, `calls[${index}].params`, bounds.paramBytes),
        retry: one ?? null,
        timeoutMs: call.timeout_ms ?? given.timeoutMs ?? null,
      };
    }),
    maxConcurrent: given.maxConcurrent,
    failFast: given.onError === 'fail_fast',
    uses: readUses(given.uses, bounds),
  };
}

function read<Schema extends z.ZodType>(schema: Schema, value: unknown, name: string): z.output<Schema> {
  // Without `jitless` zod compiles schemas with `new Function`.
  const parsed = schema.safeParse(value, { jitless: true });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.slice(0, MOST_PROBLEMS).map(({ path, message }) => {
    return `\`${shownPath(name, path)}\`: ${message}`;
  });
  throw wrong(
    `These calls cannot be made: ${problems.join('; ')}.`,
    'Write `ctx.callToolsParallel([{ tool, params }], { maxConcurrent, onError, timeoutMs, retry, uses })`.',
  );
}

function shownPath(name: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (shown, key) => (typeof key === 'number' ? `${shown}[${key}]` : `${shown}.${String(key)}`),
    name,
  );
}

function findTool(name: string, registry: NodeRegistry, place: string): NodeDefinition {
  const found = NO_TOOLS.has(name) ? undefined : registry.get(name);
  if (found !== undefined) return found;
  const tools = registry.definitions.map(({ type }) => type).filter((type) => !NO_TOOLS.has(type));
  if (NO_TOOLS.has(name)) {
    throw wrong(
      `\`${place}\` is \`${name}\`, which can be a node of a workflow alone.`,
      `Write the \`${name}\` as a node of the workflow, before the one that makes these calls.`,
    );
  }
  const meant = nearest(name, tools);
  throw wrong(
    `\`${place}\` is ${quote(name)}, which is no node type of this runner.`,
    meant === null ? `There are ${listOf(tools)}.` : `Did you mean \`${meant}\`?`,
  );
}

function jsonParams(params: object, place: string, maxBytes: number): JsonObject {
  try {
    const copy = toJsonResult(params, maxBytes, 'value');
    if (typeof copy === 'object' && copy !== null && !Array.isArray(copy)) return copy as JsonObject;
  } catch (error) {
    if (!(error instanceof ForkchartError)) throw error;
    throw wrong(`\`${place}\`: ${error.message}`, 'Pass a plain object of JSON values.');
  }
  throw wrong(`\`${place}\` is no object as JSON.`, 'Pass a plain object of JSON values.');
}

function readUses(given: object | readonly string[] | undefined, bounds: CallBounds): readonly ResourceUse[] {
  if (given === undefined) return [];
  const uses = Array.isArray(given)
    ? [...new Set<string>(given)].map((resource) => ({ resource, amount: 1 }))
    : Object.entries(given).map(([resource, amount]) => ({ resource, amount: Number(amount) }));
  const odd = uses.find(({ amount }) => !(Number.isInteger(amount) && amount >= 1));
  if (odd !== undefined) {
    throw wrong(
      `\`options.uses\` asks for ${odd.amount} of ${quote(odd.resource)}.`,
      'Ask for a whole number, 1 or more.',
    );
  }
  if (uses.length > 0 && bounds.holdsResources) {
    throw wrong(
      'Calls ask for resources while the one that makes them holds some: two such nodes could wait for each other for ever.',
      'Take `uses` off the node (or the call around these), or off the options of these calls.',
    );
  }
  return uses;
}

/** Calls that cannot be made could not be made by trying again. */
function wrong(message: string, hint: string): ForkchartError {
  return new ForkchartError('FC9002', message, { hint, terminal: true });
}
