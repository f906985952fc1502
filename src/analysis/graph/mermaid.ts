import type { RegionLayout, Workflow, WorkflowEdge, WorkflowNode } from '../../ir/workflow.js';

/**
 * Draws a workflow as a Mermaid flowchart: groups and loops as subgraphs, edges labelled with the action, the failure or the
 * condition that takes them, those of a pipeline with `item by item`, edges that close a loop dotted. What a user has named is only ever text in it, never an id nor markup.
 *
 * @example
 * drawMermaid(workflow);
 * // flowchart TD
 * //   n0["fetch (read-file)"]
 */
export function drawMermaid(workflow: Workflow): string {
  const indexOf = new Map(workflow.nodes.map((node, index) => [node.id, index]));
  const lines = ['flowchart TD'];

  const drawRegions = (regions: readonly RegionLayout[], indent: string): void => {
    for (const region of regions) {
      if (region.kind === 'node') {
        const index = indexOf.get(region.node) ?? -1;
        const node = workflow.nodes[index];
        if (node !== undefined) lines.push(`${indent}n${index}[${quote(nodeLabel(node))}]`);
      } else if (region.kind === 'loop') {
        const { loop } = region;
        lines.push(
          `${indent}subgraph loop${loop}[${quote(`loop ${shown(workflow.loops[loop]?.id ?? '')}`)}]`,
        );
        drawRegions(region.body.regions, `${indent}  `);
        lines.push(`${indent}end`);
      } else {
        const { group } = region;
        lines.push(
          `${indent}subgraph group${group}[${quote(`parallel ${shown(workflow.groups[group]?.id ?? '')}`)}]`,
        );
        for (const branch of region.branches) drawRegions(branch.regions, `${indent}  `);
        lines.push(`${indent}end`);
      }
    }
  };
  drawRegions(workflow.layout.regions, '  ');

  for (const edge of workflow.edges) {
    const arrow = edge.closes === null ? '-->' : '-.->';
    const label = edgeLabel(edge);
    const text = label === '' ? '' : `|${quote(label)}|`;
    lines.push(`  n${indexOf.get(edge.from) ?? -1} ${arrow}${text} n${indexOf.get(edge.to) ?? -1}`);
  }
  return `${lines.join('\n')}\n`;
}

function nodeLabel(node: WorkflowNode): string {
  const when = node.when === null ? '' : ` when ${node.when.source}`;
  return `${shown(node.id)} (${node.type})${when}`;
}

function edgeLabel(edge: WorkflowEdge): string {
  const parts: string[] = [];
  if (edge.catches !== null)
    parts.push(`on ${edge.catches.match === '*' ? 'any failure' : shown(edge.catches.match)}`);
  else if (edge.action !== null && edge.action !== 'default') parts.push(shown(edge.action));
  if (edge.when !== null) parts.push(`when ${edge.when.source}`);
  if (edge.maxIterations !== null) parts.push(`at most ${edge.maxIterations} times`);
  if (edge.streams) parts.push('item by item');
  else if (edge.origin === 'template') parts.push('data');
  return parts.join(', ');
}

/** An empty or blank name would leave nothing to see. */
function shown(name: string): string {
  return name.trim() === '' ? JSON.stringify(name) : name;
}

/**
 * A quoted label. Everything but letters, digits and a little punctuation becomes a numeric entity (`#34;`), so that no name
 * can end the label, start a directive, or be read as HTML or Markdown; a leading `-` or `1.` would make a list of it.
 */
function quote(text: string): string {
  const visible = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ');
  const entity = (char: string) => `#${char.codePointAt(0)};`;
  return `"${visible
    .replace(/[^\p{L}\p{M}\p{N} _,./()-]/gu, entity)
    .replace(/^(\s*)([-.])/u, (_, space: string, mark: string) => space + entity(mark))
    .replace(/^(\s*\d+)\./u, (_, number: string) => `${number}${entity('.')}`)}"`;
}
