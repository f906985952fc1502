import { quote } from '../diagnostics/wording.js';
import type { NodeTypeInfo } from '../node-type-info.js';
import type { CoreIr } from '../schema/core.js';
import type { DraftEdge } from './draft-edge.js';
import type { NodeTable } from './node-table.js';
import type { Problems } from './problems.js';
import type { ParsedTexts } from './references.js';

/**
 * FC3008: nodes that run for nothing. Only said where it is sure: a node that says that it is pure, or
 * whose type does, in a workflow that declares what it returns.
 */
export function checkUnusedOutputs(
  core: CoreIr,
  table: NodeTable,
  edges: readonly DraftEdge[],
  { uses, usedInTheEnd }: ParsedTexts,
  nodeTypes: ReadonlyMap<string, NodeTypeInfo> | undefined,
  problems: Problems,
): void {
  if (Object.keys(core.outputs).length === 0) return;
  const needed = new Set(usedInTheEnd);
  for (const { producer } of uses) needed.add(producer);
  for (const { from } of edges) needed.add(from);
  table.nodes.forEach(({ id, type, effects }, v) => {
    if ((effects ?? nodeTypes?.get(type)?.effects) !== 'pure' || needed.has(v)) return;
    problems.addInfo(() => ({
      code: 'FC3008',
      severity: 'info',
      at: `/nodes/${v}`,
      message: `Nothing uses the output of ${quote(id)}: no edge leaves it, and neither a node nor an output of the workflow names it.`,
      hint: `Name it where it is needed (\${${id}}), add it to \`outputs\`, or remove the node.`,
    }));
  });
}
