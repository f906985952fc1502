import { pointerTo } from '../diagnostics/pointer.js';
import { listOf, quote } from '../diagnostics/wording.js';
import type { JsonObject } from '../json.js';
import type { NodeTypeInfo } from '../node-type-info.js';
import type { CoreNode } from '../schema/core.js';
import type { Template } from '../template/template.js';
import type { NodeTable } from './node-table.js';
import type { Problem, Problems } from './problems.js';

type Issue = NonNullable<ReturnType<NodeTypeInfo['params']['safeParse']>['error']>['issues'][number];

/**
 * FC2003, FC3009: every node's type is known and takes its parameters. What a template will put in is not known yet, so nothing
 * is said about it here; the run checks it.
 *
 * @param params the parsed parameters, by vertex.
 * @param skip types that another pass reports.
 */
export function checkNodeTypes(
  table: NodeTable,
  params: readonly Template[],
  types: ReadonlyMap<string, NodeTypeInfo>,
  skip: ReadonlySet<string>,
  base: (vertex: number) => string,
  problems: Problems,
): void {
  const known = [...types.keys()].sort();
  table.nodes.forEach((node, v) => {
    const type = types.get(node.type);
    if (type === undefined) {
      if (!skip.has(node.type)) problems.add(unknownType(node, v, known, problems));
      return;
    }
    const prefix = base(v);
    const open = (params[v]?.references ?? []).map(({ pointer }) => `${pointer.slice(prefix.length)}/`);
    for (const issue of issuesOf(type, node.params)) {
      const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
      const at = pointerTo(path);
      if (issue.code === 'unrecognized_keys') {
        for (const key of issue.keys) problems.add(unknownKey(node, v, [...path, key], type, problems));
      } else if (!open.some((place) => `${at}/`.startsWith(place) || place.startsWith(`${at}/`))) {
        problems.add({
          code: 'FC3009',
          severity: 'error',
          at: `/nodes/${v}/params${at}`,
          message: `${quote(node.id)}: ${path.length === 0 ? 'the params' : quote(path.join('.'))} of a ${quote(node.type)} node: ${issue.message}.`,
          hint: `See the parameters of ${quote(node.type)}${shapeOf(type).length > 0 ? `: ${listOf(shapeOf(type))}` : ''}.`,
        });
      }
    }
  });
}

/** A schema of a user's may throw, or be asynchronous: then the run is the first to know. */
function issuesOf(type: NodeTypeInfo, params: JsonObject): readonly Issue[] {
  try {
    return type.params.safeParse(params).error?.issues ?? [];
  } catch {
    return [];
  }
}

function unknownType(node: CoreNode, v: number, known: readonly string[], problems: Problems): Problem {
  const at = `/nodes/${v}/type`;
  const near = problems.nearest(node.type, known);
  return {
    code: 'FC2003',
    severity: 'error',
    at,
    message: `${quote(node.id)} is of the type ${quote(node.type)}, which is not registered.`,
    hint:
      near === undefined
        ? `Use one of ${listOf(known, 20)}, or register the type.`
        : `Did you mean ${quote(near)}?`,
    ...(near === undefined ? {} : { fix: [{ op: 'replace', path: at, value: near }] }),
  };
}

function unknownKey(
  node: CoreNode,
  v: number,
  path: readonly (string | number)[],
  type: NodeTypeInfo,
  problems: Problems,
): Problem {
  const at = pointerTo(['nodes', v, 'params', ...path]);
  const top = path.length === 1;
  const free = top ? shapeOf(type).filter((key) => !Object.hasOwn(node.params, key)) : [];
  const near = problems.nearest(String(path.at(-1)), free);
  return {
    code: 'FC3009',
    severity: 'error',
    at,
    message: `${quote(node.id)}: a ${quote(node.type)} node takes no parameter ${quote(path.join('.'))}.`,
    hint:
      near !== undefined
        ? `Did you mean ${quote(near)}?`
        : `Remove it${top && shapeOf(type).length > 0 ? `; the parameters are ${listOf(shapeOf(type))}` : ''}.`,
    fix: [
      near === undefined
        ? { op: 'remove', path: at }
        : { op: 'move', from: at, path: pointerTo(['nodes', v, 'params', near]) },
    ],
  };
}

/** The names of the parameters, where the schema is an object's. */
function shapeOf({ params }: NodeTypeInfo): string[] {
  return 'shape' in params && typeof params.shape === 'object' && params.shape !== null
    ? Object.keys(params.shape)
    : [];
}
