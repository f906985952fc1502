import { z } from 'zod';
import { pointerTo } from '../diagnostics/pointer.js';
import { listOf, quote } from '../diagnostics/wording.js';
import { isObject, type JsonObject, type JsonValue } from '../json.js';
import type { NodeTypeInfo } from '../node-type-info.js';
import type { SourceWorkflow } from '../schema/source-workflow.js';
import type { Workflow } from '../workflow.js';
import type { NodeTable } from './node-table.js';
import { checkParams } from './node-types.js';
import type { Problems } from './problems.js';
import type { ParsedTexts } from './references.js';

/** What looking into sub-workflows takes. */
export interface SubWorkflowOptions {
  /** Checks a document that stands at a place in the author's; `null` where nothing usable is left of it. */
  readonly checkInline: (document: JsonValue, pointer: string) => Workflow | null;
  /** Names that `ref` may give; without it they are not checked. */
  readonly workflows?: ReadonlySet<string>;
}

const SUB_WORKFLOW: NodeTypeInfo = {
  type: 'workflow',
  effects: 'effect',
  params: z.strictObject({
    ref: z.string().optional(),
    inline: z
      .custom<JsonValue>((value) => typeof value === 'object' && value !== null, 'is no workflow')
      .optional(),
    inputs: z.custom<JsonObject>((value) => isObject(value), 'is no object').optional(),
  }),
};

/**
 * FC2012, FC3009, and all that is wrong with inline ones: what the nodes of type `workflow` run.
 *
 * @returns by vertex; `null` for other nodes, and for what is registered elsewhere.
 */
export function checkSubWorkflows(
  source: SourceWorkflow,
  table: NodeTable,
  texts: ParsedTexts,
  { checkInline, workflows }: SubWorkflowOptions,
  problems: Problems,
): readonly (Workflow | null)[] {
  return table.nodes.map(({ id, type, params }, v) => {
    const template = texts.params[v];
    if (type !== 'workflow' || template === undefined) return null;
    const at = `/nodes/${v}`;
    const base = `${at}/params`;
    checkParams(
      { who: () => quote(id), type, params, template, at },
      SUB_WORKFLOW,
      source.pointerOf(base),
      problems,
    );

    const [ref, inline] = (['ref', 'inline'] as const).map((key) =>
      Object.hasOwn(params, key) ? params[key] : undefined,
    );
    if ((ref === undefined) === (inline === undefined)) {
      problems.add({
        code: 'FC3009',
        severity: 'error',
        at: ref === undefined ? base : `${base}/ref`,
        message: `${quote(id)} has ${ref === undefined ? 'neither' : 'both'} \`ref\` ${ref === undefined ? 'nor' : 'and'} \`inline\`, so it is not clear which workflow it runs.`,
        hint: 'Write "ref": the name of a registered workflow, or "inline": the workflow itself.',
        ...(ref === undefined ? {} : { fix: [{ op: 'remove', path: `${base}/ref` }] }),
      });
    }
    const dynamic = template.references.some(({ pointer }) => pointer === source.pointerOf(`${base}/ref`));
    if (typeof ref === 'string' && workflows !== undefined && !workflows.has(ref) && !dynamic) {
      const near = problems.nearest(ref, [...workflows]);
      problems.add({
        code: 'FC2012',
        severity: 'error',
        at: `${base}/ref`,
        message: `${quote(id)} runs the workflow ${quote(ref)}, which is not registered.`,
        hint:
          near !== undefined
            ? `Did you mean ${quote(near)}?`
            : workflows.size === 0
              ? 'Register it, or write the workflow itself as "inline".'
              : `Use one of ${listOf([...workflows])}, or register it.`,
        ...(near === undefined ? {} : { fix: [{ op: 'replace', path: `${base}/ref`, value: near }] }),
      });
    }
    if (typeof inline !== 'object' || inline === null) return null;
    const workflow = checkInline(inline, source.pointerOf(`${base}/inline`));
    if (workflow !== null) checkInputs(id, params, workflow, base, problems);
    return workflow;
  });
}

/** FC3009: an inline workflow is given what it needs, and nothing else. */
function checkInputs(
  id: string,
  params: JsonObject,
  workflow: Workflow,
  base: string,
  problems: Problems,
): void {
  const given = Object.hasOwn(params, 'inputs') ? (params.inputs ?? null) : {};
  // What is no object was reported, or is a template, of which the run will know.
  if (!isObject(given)) return;
  const declared = workflow.inputs.map(({ name }) => name);
  const known = new Set(declared);
  for (const name of Object.keys(given)) {
    if (known.has(name)) continue;
    const path = `${base}${pointerTo(['inputs', name])}`;
    const near = problems.nearest(
      name,
      declared.filter((other) => !Object.hasOwn(given, other)),
    );
    problems.add({
      code: 'FC3009',
      severity: 'error',
      at: path,
      message: `${quote(id)}: the workflow inside has no input ${quote(name)}.`,
      hint:
        near !== undefined
          ? `Did you mean ${quote(near)}?`
          : `Remove it${declared.length > 0 ? `; the inputs are ${listOf(declared)}` : ''}.`,
      fix: [
        near === undefined
          ? { op: 'remove', path }
          : { op: 'move', from: path, path: `${base}${pointerTo(['inputs', near])}` },
      ],
    });
  }
  for (const { name, required } of workflow.inputs) {
    if (!required || Object.hasOwn(given, name)) continue;
    problems.add({
      code: 'FC3009',
      severity: 'error',
      at: `${base}/inputs`,
      message: `${quote(id)}: the workflow inside needs the input ${quote(name)}, which it is not given.`,
      hint: `Add ${JSON.stringify(name)} to "inputs": a value, or a template that names one.`,
    });
  }
}
