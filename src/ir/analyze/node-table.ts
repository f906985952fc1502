import { quote } from '../diagnostics/wording.js';
import { MINIMAL_NODE } from '../minimal-workflow.js';
import type { CoreNode } from '../schema/core.js';
import type { Problems } from './problems.js';

/** The nodes of a workflow as the vertices of a graph: vertex `i` is the node at `/nodes/i`. */
export interface NodeTable {
  readonly size: number;
  readonly nodes: readonly CoreNode[];
  readonly ids: readonly string[];
  id(vertex: number): string;
  vertex(id: string): number | undefined;
}

/** FC2001, FC2009: no nodes, and ids used twice. A repeated id is replaced by the one that its fix would give it. */
export function tabulateNodes(nodes: readonly CoreNode[], problems: Problems): NodeTable {
  if (nodes.length === 0) {
    problems.add({
      code: 'FC2009',
      severity: 'error',
      at: '/nodes',
      message: 'The workflow has no nodes.',
      hint: `Add one: ${MINIMAL_NODE}.`,
    });
  }
  const taken = new Set(nodes.map((node) => node.id));
  const vertices = new Map<string, number>();
  /** By id that is used again: the last number that was put behind it. */
  const numbers = new Map<string, number>();
  const ids = nodes.map((node, i) => {
    const first = vertices.get(node.id);
    if (first === undefined) {
      vertices.set(node.id, i);
      return node.id;
    }
    let number = numbers.get(node.id) ?? 2;
    while (taken.has(`${node.id}_${number}`)) number++;
    const free = `${node.id}_${number}`;
    taken.add(free);
    numbers.set(node.id, number);
    vertices.set(free, i);
    problems.add({
      code: 'FC2001',
      severity: 'error',
      at: `/nodes/${i}/id`,
      message: `Two nodes have the id ${quote(node.id)}: the nodes at positions ${first} and ${i}.`,
      hint: `Give the second one an id of its own, such as ${quote(free)}, and name it in the edges and templates that mean it.`,
      fix: [{ op: 'replace', path: `/nodes/${i}/id`, value: free }],
    });
    return free;
  });
  return {
    size: nodes.length,
    nodes,
    ids,
    id: (vertex) => ids[vertex] ?? '',
    vertex: (id) => vertices.get(id),
  };
}
