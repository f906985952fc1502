import { z } from 'zod';
import { pointerTo } from '../diagnostics/pointer.js';
import { PointerMap } from '../diagnostics/pointer-map.js';
import { quote } from '../diagnostics/wording.js';
import { isObject } from '../json.js';
import { fields, groupName, jsonObject, jsonValue, name } from '../schema/building-blocks.js';
import type { CoreNode } from '../schema/core.js';
import { retry } from '../schema/policies.js';
import { readShape } from '../schema/read-shape.js';
import { finishCore } from './core-reading.js';
import { type Dialect, hasAny, type JsonRecord, type LoweringContext, own } from './dialect.js';
import { allows } from './limit-checks.js';
import { stepDependencies } from './step-order.js';
import { toTemplates } from './step-references.js';
import { workflowFields } from './workflow-fields.js';

const seconds = z.number().positive();

const step = fields({
  step_id: name,
  /** What kind of step Code Evolver took it for; the tool says all that is needed. */
  type: z.string().exactOptional(),
  description: z.string().exactOptional(),
  tool: name,
  prompt_template: z.string().exactOptional(),
  parallel_group: groupName.exactOptional(),
  depends_on: z.array(name).exactOptional(),
  input_mapping: jsonObject.default({}),
  output_name: z.string().default('output'),
  timeout: seconds.exactOptional(),
  retry_on_failure: z.boolean().exactOptional(),
  max_retries: z.int().min(0).exactOptional(),
});

const plan = fields({
  ...workflowFields,
  version: jsonValue.exactOptional(),
  created_by: jsonValue.exactOptional(),
  created_at: jsonValue.exactOptional(),
  tags: jsonValue.exactOptional(),
  metadata: jsonValue.exactOptional(),
  portable: jsonValue.exactOptional(),
  tools: jsonValue.exactOptional(),
  dependencies: jsonValue.exactOptional(),
  steps: z.array(step),
});

type Step = z.output<typeof step>;

/** How often Code Evolver tries again where a plan says that it should but not how often. */
const DEFAULT_RETRIES = 3;

/**
 * The step plan of Code Evolver. Its `timeout` is in seconds and holds for one call of the tool, so it becomes the timeout
 * of one attempt; its `max_retries` do not count the first attempt. What order the steps run in is in step-order.ts.
 */
export const steps: Dialect = {
  name: 'steps',

  matches: (document) =>
    hasAny(document, ['steps']) ||
    (Array.isArray(document) && document.some((element) => hasAny(element, ['step_id']))),

  lower(document, context) {
    const written = new PointerMap();
    if (Array.isArray(document)) written.moved('/steps', '');
    const whole: JsonRecord = Array.isArray(document)
      ? { steps: document }
      : isObject(document)
        ? document
        : {};
    const listed = own(whole, 'steps');
    if (Array.isArray(listed) && !allows(context, 'nodes', listed.length, written.pointerOf('/steps')))
      return null;
    useOneWord(whole, written);
    const reading = readShape(plan, whole, {
      log: context.log,
      pointers: written,
      listNoun: 'step',
      standIn: standInForTool,
    });
    if (reading.value === null) return null;
    return lowerPlan(reading.value, reading.pointerOf, context);
  },
};

function lowerPlan(
  value: z.output<typeof plan>,
  written: (pointer: string) => string,
  context: LoweringContext,
) {
  const { steps: list, version: _v, created_by: _b, created_at: _a, tags: _t, ...rest } = value;
  const { metadata: _m, portable: _p, tools: _tools, dependencies: _d, $schema: _s, ...workflow } = rest;
  const outputNames = new Map(list.map((one) => [one.step_id, one.output_name]));
  const waits = stepDependencies(
    list.map((one) => ({
      id: one.step_id,
      dependsOn: one.depends_on ?? null,
      group: one.parallel_group ?? null,
    })),
  );
  const dependencies = waits.reduce((sum, list) => sum + list.length, 0);
  if (!allows(context, 'edges', dependencies, written('/steps'))) return null;
  const pointers = new PointerMap();
  const nodes = list.map((one, i) => {
    mapPointers(pointers, one, i);
    warnOfIdleRetries(one, written(`/steps/${i}/max_retries`), context);
    return lowerStep(one, waits[i] ?? [], outputNames);
  });
  const outputs = Object.fromEntries(
    Object.entries(workflow.outputs).map(([key, output]) => [
      key,
      { ...output, source: String(toTemplates(output.source, outputNames)) },
    ]),
  );
  const pointerOf = (pointer: string) => written(pointers.pointerOf(pointer));
  return finishCore({ ...workflow, outputs, nodes, edges: [] }, pointerOf, false, context);
}

function lowerStep(one: Step, waits: readonly string[], outputNames: ReadonlyMap<string, string>): CoreNode {
  const prompt = one.prompt_template === undefined ? {} : { prompt_template: one.prompt_template };
  const params = Object.fromEntries(
    Object.entries({ ...prompt, ...one.input_mapping }).map(([key, value]) => [
      key,
      // The strings of a workflow inside are its own.
      one.tool === 'workflow' && key === 'inline' ? value : toTemplates(value, outputNames),
    ]),
  );
  const retries = one.retry_on_failure === true ? (one.max_retries ?? DEFAULT_RETRIES) : 0;
  return {
    id: one.step_id,
    type: one.tool,
    params,
    ...(one.description === undefined ? {} : { purpose: one.description }),
    ...(waits.length === 0 ? {} : { depends_on: [...waits] }),
    ...(one.parallel_group === undefined ? {} : { parallel_group: one.parallel_group }),
    ...(one.timeout === undefined ? {} : { timeout: { attempt_ms: one.timeout * 1000 } }),
    ...(retries === 0 ? {} : { retry: retry.parse({ max_attempts: retries + 1 }) }),
  };
}

function mapPointers(pointers: PointerMap, one: Step, i: number): void {
  const [node, here] = [`/nodes/${i}`, `/steps/${i}`];
  pointers.moved(node, here);
  pointers.moved(`${node}/id`, `${here}/step_id`);
  pointers.moved(`${node}/type`, `${here}/tool`);
  pointers.moved(`${node}/params`, `${here}/input_mapping`);
  if (!Object.hasOwn(one.input_mapping, 'prompt_template')) {
    pointers.moved(`${node}/params/prompt_template`, `${here}/prompt_template`);
  }
  pointers.moved(`${node}/purpose`, `${here}/description`);
  pointers.made(`${node}/timeout`, `${here}/timeout`);
  pointers.made(
    `${node}/retry`,
    `${here}/${one.max_retries === undefined ? 'retry_on_failure' : 'max_retries'}`,
  );
  if (one.depends_on === undefined) {
    pointers.made(`${node}/depends_on`, one.parallel_group === undefined ? here : `${here}/parallel_group`);
  }
}

function warnOfIdleRetries(one: Step, pointer: string, { log }: LoweringContext): void {
  if (one.max_retries === undefined || one.max_retries === 0 || one.retry_on_failure !== undefined) return;
  log.add({
    code: 'FC1004',
    severity: 'warning',
    path: pointer,
    message: `Step ${quote(one.step_id)}: \`max_retries\` does nothing without \`retry_on_failure\`.`,
    hint: 'Add "retry_on_failure": true, or remove "max_retries".',
  });
}

/** Brings the words that a plan may choose from down to one each, and drops nulls: plans write them for "not given". */
function useOneWord(whole: JsonRecord, written: PointerMap): void {
  rename(whole, 'workflow_id', 'id', '', written);
  for (const [kind, from, to] of [
    ['inputs', null, null],
    ['outputs', 'source_reference', 'source'],
  ] as const) {
    const specs = own(whole, kind);
    if (!isObject(specs)) continue;
    for (const [key, spec] of Object.entries(specs)) {
      if (!isObject(spec)) continue;
      // Plans repeat the name inside.
      if (own(spec, 'name') === key) delete spec.name;
      if (from !== null) rename(spec, from, to, `/${kind}${pointerTo([key])}`, written);
    }
  }
  const list = own(whole, 'steps');
  if (!Array.isArray(list)) return;
  list.forEach((one, i) => {
    if (!isObject(one)) return;
    for (const [key, value] of Object.entries(one)) if (value === null) delete one[key];
    rename(one, 'tool_name', 'tool', `/steps/${i}`, written);
  });
}

function rename(record: JsonRecord, from: string, to: string, at: string, written: PointerMap): void {
  const value = own(record, from);
  if (value === undefined || Object.hasOwn(record, to)) return;
  record[to] = value;
  delete record[from];
  written.moved(`${at}/${to}`, written.pointerOf(`${at}/${from}`));
}

/** As in core-reading.ts: the step stays, so that what refers to it is not reported as well. */
function standInForTool(
  path: readonly (string | number)[],
  holder: Record<string | number, unknown>,
): boolean {
  if (path.length !== 3 || path[0] !== 'steps' || path[2] !== 'tool') return false;
  holder.tool = 'echo';
  delete holder.input_mapping;
  return true;
}
