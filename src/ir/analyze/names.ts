import { quote } from '../diagnostics/wording.js';
import type { CoreIr, CoreNode } from '../schema/core.js';
import type { Reference } from '../template/reference.js';
import type { NodeTable } from './node-table.js';
import type { Problems } from './problems.js';

/** What the first word of a reference stands for. A node is given by its vertex. */
export type Meaning =
  | { readonly kind: 'node'; readonly vertex: number }
  | { readonly kind: 'input' | 'special' }
  | { readonly kind: 'nothing'; readonly candidates: readonly string[] };

/** What references can name: node ids first, then inputs, by their bare names or as `inputs.name`, then special names. */
export interface Names {
  /** @param node the node that the reference stands in, `null` for an output of the workflow. */
  meaningOf(reference: Reference, node: CoreNode | null): Meaning;
}

/** FC3006: collects the names of a workflow; one that is both an input and a node means the node. */
export function collectNames(core: CoreIr, table: NodeTable, problems: Problems): Names {
  const inputs = Object.keys(core.inputs);
  const inputSet = new Set(inputs);
  const general = [...table.ids, ...inputs, 'inputs'];
  table.nodes.forEach(({ id }, i) => {
    if (!inputSet.has(id) || table.vertex(id) !== i) return;
    problems.add({
      code: 'FC3006',
      severity: 'warning',
      at: `/nodes/${i}/id`,
      message: `${quote(id)} is the name of a node and of an input; \${${id}} means the node.`,
      hint: `Write \${inputs.${id}} for the input, or give the node another id.`,
    });
  });

  return {
    meaningOf: ({ root, segments }, node) => {
      const vertex = table.vertex(root);
      if (vertex !== undefined) return { kind: 'node', vertex };
      if (inputSet.has(root)) return { kind: 'input' };
      const batch = node?.batch;
      if (batch !== undefined && (root === batch.as || root === '__index__')) return { kind: 'special' };
      if (root === 'state' && core.state !== undefined) return { kind: 'special' };
      if (root === 'inputs') {
        const first = segments[0];
        if (first?.kind !== 'field' || inputSet.has(first.name)) return { kind: 'input' };
        return { kind: 'nothing', candidates: inputs };
      }
      return {
        kind: 'nothing',
        candidates: batch === undefined ? general : [...general, batch.as, '__index__'],
      };
    },
  };
}
