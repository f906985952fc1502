import { pointerTo } from '../diagnostics/pointer.js';
import { listOf, quote } from '../diagnostics/wording.js';
import type { JsonObject } from '../json.js';
import type { NodeTypeInfo } from '../node-type-info.js';
import type { SourceWorkflow } from '../schema/source-workflow.js';
import type { Template } from '../template/template.js';
import { batchFieldOf } from './batch-mode.js';
import type { NodeTable } from './node-table.js';
import type { Problem, Problems } from './problems.js';
import type { ParsedTexts } from './references.js';

type Issue = NonNullable<ReturnType<NodeTypeInfo['params']['safeParse']>['error']>['issues'][number];

/** A node, or the compensation of one: something of a type, with parameters. */
interface Call {
  /** Names it, as the beginning of a sentence. */
  readonly who: () => string;
  readonly type: string;
  readonly params: JsonObject;
  readonly template: Template;
  /** JSON pointer into the core form. */
  readonly at: string;
  /** Parameters that the function may be given only a part of. */
  readonly inParts?: readonly string[];
}

/** Types that are checked by a pass of their own. */
const OWN_PASS: ReadonlySet<string> = new Set(['workflow']);

/**
 * FC2003, FC3009: every node's type is known and takes its parameters, and so is the type of every compensation. What a template
 * will put in is not known yet, so nothing is said about it here; the run checks it.
 */
export function checkNodeTypes(
  table: NodeTable,
  { params: templates, compensations }: ParsedTexts,
  types: ReadonlyMap<string, NodeTypeInfo>,
  source: SourceWorkflow,
  problems: Problems,
): void {
  const known = [...new Set([...types.keys(), ...OWN_PASS])].sort();
  const checkCall = (call: Call): void => {
    if (OWN_PASS.has(call.type)) return;
    const type = types.get(call.type);
    if (type === undefined) problems.add(unknownType(call, known, problems));
    else checkParams(call, type, source.pointerOf(`${call.at}/params`), problems);
  };
  table.nodes.forEach((node, v) => {
    const [template, undo] = [templates[v], compensations[v]];
    const who = (): string => quote(node.id);
    const at = `/nodes/${v}`;
    const { type, params } = node;
    const field = batchFieldOf(source.core, node);
    // A batch without `items` works through the parameter that is a list.
    const lists = (): string[] => Object.keys(params).filter((key) => Array.isArray(params[key]));
    const inParts = field === null || field === 'batch' ? [] : lists();
    if (template) checkCall({ who, type, params, template, at, inParts });
    if (undo && node.compensate !== undefined) {
      const { type, params } = node.compensate;
      checkCall({
        who: () => `The compensation of ${who()}`,
        type,
        params,
        template: undo,
        at: `${at}/compensate`,
      });
    }
  });
}

/**
 * FC3009.
 *
 * @param base where the parameters stand in the author's document.
 */
export function checkParams(call: Call, type: NodeTypeInfo, base: string, problems: Problems): void {
  const issues = issuesOf(type, call.params);
  if (issues.length === 0) return;
  const open = [
    ...call.template.references.map(({ pointer }) => `${pointer.slice(base.length)}/`),
    ...(call.inParts ?? []).map((key) => `${pointerTo([key])}/`),
  ];
  for (const issue of issues) {
    const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
    const at = pointerTo(path);
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) problems.add(unknownKey(call, [...path, key], type, problems));
    } else if (!open.some((place) => `${at}/`.startsWith(place) || place.startsWith(`${at}/`))) {
      const known = shapeOf(type);
      problems.add({
        code: 'FC3009',
        severity: 'error',
        at: `${call.at}/params${at}`,
        message: `${call.who()}: ${path.length === 0 ? 'the params' : quote(path.join('.'))} of a ${quote(call.type)} node: ${issue.message}.`,
        hint: `See the parameters of ${quote(call.type)}${known.length > 0 ? `: ${listOf(known)}` : ''}.`,
      });
    }
  }
}

/** A schema of a user's may throw, or be asynchronous: then the run is the first to know. */
function issuesOf(type: NodeTypeInfo, params: JsonObject): readonly Issue[] {
  try {
    return type.params.safeParse(params).error?.issues ?? [];
  } catch {
    return [];
  }
}

function unknownType(call: Call, known: readonly string[], problems: Problems): Problem {
  const at = `${call.at}/type`;
  const near = problems.nearest(call.type, known);
  return {
    code: 'FC2003',
    severity: 'error',
    at,
    message: `${call.who()} is of the type ${quote(call.type)}, which is not registered.`,
    hint:
      near === undefined
        ? `Use one of ${listOf(known, 20)}, or register the type.`
        : `Did you mean ${quote(near)}?`,
    ...(near === undefined ? {} : { fix: [{ op: 'replace', path: at, value: near }] }),
  };
}

function unknownKey(
  call: Call,
  path: readonly (string | number)[],
  type: NodeTypeInfo,
  problems: Problems,
): Problem {
  const base = `${call.at}/params`;
  const at = base + pointerTo(path);
  const top = path.length === 1;
  const free = top ? shapeOf(type).filter((key) => !Object.hasOwn(call.params, key)) : [];
  const near = problems.nearest(String(path.at(-1)), free);
  return {
    code: 'FC3009',
    severity: 'error',
    at,
    message: `${call.who()}: a ${quote(call.type)} node takes no parameter ${quote(path.join('.'))}.`,
    hint:
      near !== undefined
        ? `Did you mean ${quote(near)}?`
        : `Remove it${top && shapeOf(type).length > 0 ? `; the parameters are ${listOf(shapeOf(type))}` : ''}.`,
    fix: [
      near === undefined
        ? { op: 'remove', path: at }
        : { op: 'move', from: at, path: base + pointerTo([near]) },
    ],
  };
}

/** The names of the parameters, where the schema is an object's. */
function shapeOf({ params }: NodeTypeInfo): string[] {
  return 'shape' in params && typeof params.shape === 'object' && params.shape !== null
    ? Object.keys(params.shape)
    : [];
}
