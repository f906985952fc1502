import type { NodeDefinition } from '../actors/node.js';
import { nearest } from '../ir/diagnostics/suggest.js';
import { describeValue, listOf, quote } from '../ir/diagnostics/wording.js';
import { ForkchartError } from '../ir/errors.js';
import { DEFAULT_LIMITS } from '../ir/limits.js';
import type { RunnerOptions, StartOptions } from './runner-options.js';
import type { ResourceDefinition } from './scheduler/resource.js';

const RUNNER_OPTIONS = namesOf<RunnerOptions>({
  nodes: true,
  functions: true,
  workflows: true,
  root: true,
  maxConcurrency: true,
  resources: true,
  detectCapacity: true,
  gracePeriodMs: true,
  maxThreads: true,
  limits: true,
  store: true,
  clock: true,
  ids: true,
  random: true,
  signal: true,
  inspect: true,
});
const START_OPTIONS = namesOf<StartOptions>({
  runId: true,
  maxConcurrency: true,
  priority: true,
  signal: true,
  onEvent: true,
});
const RESOURCE_BOUNDS = namesOf<ResourceDefinition>({ concurrency: true, capacity: true, rate: true });
const SIGNAL_METHODS = ['addEventListener', 'removeEventListener'];

/** @throws ForkchartError FC9002 */
export function checkRunnerOptions(options: RunnerOptions): void {
  checkNames('The options of `createRunner`', options, RUNNER_OPTIONS);
  checkNodes(options.nodes);
  checkTable('functions', options.functions, 'an object of functions by name');
  checkTable('workflows', options.workflows, 'an object of workflows by name');
  checkTable('limits', options.limits, 'an object such as `{ items: 1000 }`');
  checkTable('resources', options.resources, 'an object such as `{ api: { concurrency: 2 } }`');
  checkCount('maxConcurrency', options.maxConcurrency);
  const gracePeriodMs: unknown = options.gracePeriodMs;
  if (gracePeriodMs !== undefined && !(typeof gracePeriodMs === 'number' && gracePeriodMs >= 0)) {
    throw wrongOption('gracePeriodMs', gracePeriodMs, 'a number of milliseconds, 0 or more');
  }
  for (const [name, limit] of Object.entries(options.limits ?? {})) {
    if (!Object.hasOwn(DEFAULT_LIMITS, name))
      throw unknownName('`limits`', name, Object.keys(DEFAULT_LIMITS));
    if (!(typeof limit === 'number' && limit >= 0))
      throw wrongOption(`limits.${name}`, limit, 'a number, 0 or more');
  }
  for (const [name, definition] of Object.entries(options.resources ?? {})) checkResource(name, definition);
  checkMethods('signal', options.signal, SIGNAL_METHODS);
  checkMethods('clock', options.clock, ['now', 'setTimeout', 'clearTimeout']);
  checkMethods('store', options.store, ['create', 'commit', 'committed', 'finish', 'get', 'list']);
  for (const name of ['ids', 'random', 'inspect', 'detectCapacity'] as const)
    checkFunction(name, options[name]);
}

/** @throws ForkchartError FC9002 */
export function checkStartOptions(options: StartOptions): void {
  checkNames('The options of `start`', options, START_OPTIONS);
  checkCount('maxConcurrency', options.maxConcurrency);
  checkMethods('signal', options.signal, SIGNAL_METHODS);
  checkFunction('onEvent', options.onEvent);
  const priority: unknown = options.priority;
  if (priority !== undefined && !Number.isFinite(priority))
    throw wrongOption('priority', priority, 'a number');
}

/**
 * Whether it was given or made by `ids`: stores and idempotency keys are made of it.
 *
 * @throws ForkchartError FC9002
 */
export function checkRunId(runId: unknown): void {
  if (!(typeof runId === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(runId)))
    throw wrongOption('runId', runId, '1 to 64 letters, digits, `-` or `_`');
}

/** @throws ForkchartError FC9002 for what holds no inputs at all; what is in it is checked against the workflow */
export function checkGivenInputs(given: unknown): void {
  if (!isTable(given)) throw wrongOption('inputs', given, 'an object of inputs by name');
}

/** Whether a value has what a runner needs of a node type. */
export function isNodeDefinition(value: unknown): value is NodeDefinition {
  if (typeof value !== 'object' || value === null) return false;
  const { type, params, run } = value as Partial<Record<keyof NodeDefinition, unknown>>;
  return (
    typeof type === 'string' &&
    typeof run === 'function' &&
    typeof params === 'object' &&
    params !== null &&
    'safeParse' in params
  );
}

function checkNodes(nodes: unknown): void {
  if (nodes === undefined) return;
  if (!Array.isArray(nodes)) throw wrongOption('nodes', nodes, 'a list of node types');
  nodes.forEach((node, index) => {
    if (!isNodeDefinition(node)) throw wrongOption(`nodes[${index}]`, node, 'what `defineNode` returns');
  });
}

function checkResource(resource: string, definition: ResourceDefinition): void {
  const name = `resources.${resource}`;
  if (!isTable(definition)) throw wrongOption(name, definition, 'an object such as `{ concurrency: 2 }`');
  checkNames(quote(name), definition, RESOURCE_BOUNDS);
  const { concurrency, capacity, rate } = definition;
  checkCount(`${name}.concurrency`, concurrency);
  if (capacity !== 'auto') checkCount(`${name}.capacity`, capacity);
  if (rate === undefined) return;
  if (!isTable(rate))
    throw wrongOption(`${name}.rate`, rate, 'an object such as `{ limit: 60, perMs: 60000 }`');
  if (rate.limit === undefined)
    throw wrongOption(`${name}.rate.limit`, rate.limit, 'a whole number, 1 or more');
  checkCount(`${name}.rate.limit`, rate.limit);
  if (!(Number.isFinite(rate.perMs) && rate.perMs > 0))
    throw wrongOption(`${name}.rate.perMs`, rate.perMs, 'a number of milliseconds, more than 0');
}

/** The names of all properties of a type: leaving one out does not compile. */
function namesOf<Options>(names: { readonly [Name in keyof Options]-?: true }): readonly string[] {
  return Object.keys(names);
}

function checkNames(what: string, given: unknown, known: readonly string[]): void {
  if (!isTable(given)) {
    throw new ForkchartError('FC9002', `${what} should be an object: this is ${describeValue(given)}.`, {
      hint: `Pass an object of ${listOf(known, known.length)}, or leave it out.`,
    });
  }
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) throw unknownName(what, unknown, known);
}

function unknownName(what: string, name: string, known: readonly string[]): ForkchartError {
  const meant = nearest(name, known);
  const hint = meant === null ? `There are ${listOf(known, known.length)}.` : `Did you mean ${quote(meant)}?`;
  return new ForkchartError('FC9002', `${what} cannot have ${quote(name)}.`, { hint });
}

function checkTable(name: string, given: unknown, expected: string): void {
  if (given !== undefined && !isTable(given)) throw wrongOption(name, given, expected);
}

function isTable(given: unknown): given is object {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}

function checkCount(name: string, value: unknown): void {
  if (value !== undefined && !(Number.isInteger(value) && (value as number) >= 1)) {
    throw wrongOption(name, value, 'a whole number, 1 or more');
  }
}

function checkFunction(name: string, given: unknown): void {
  if (given !== undefined && typeof given !== 'function') throw wrongOption(name, given, 'a function');
}

function checkMethods(name: string, given: unknown, methods: readonly string[]): void {
  if (given === undefined) return;
  if (typeof given !== 'object' || given === null)
    throw wrongOption(name, given, `an object with the methods ${listOf(methods)}`);
  const missing = methods.find((method) => typeof Reflect.get(given, method) !== 'function');
  if (missing !== undefined)
    throw wrongOption(`${name}.${missing}`, Reflect.get(given, missing), 'a function');
}

function wrongOption(name: string, value: unknown, expected: string): ForkchartError {
  return new ForkchartError('FC9002', `${quote(name)} is ${describeValue(value)}.`, {
    hint: `Pass ${expected}.`,
  });
}
