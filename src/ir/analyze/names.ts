import { quote } from '../diagnostics/wording.js';
import type { CoreIr } from '../schema/core.js';
import type { Reference } from '../template/reference.js';
import type { NodeTable } from './node-table.js';
import type { Problems } from './problems.js';

/** What the first word of a reference stands for. A node is given by its vertex. */
export type Meaning =
  | { readonly kind: 'node'; readonly vertex: number }
  | { readonly kind: 'input' | 'special' }
  | { readonly kind: 'state'; readonly key: string }
  | ({ readonly kind: 'nothing' } & Unnamed);

/** What a name that stands for nothing could have been. */
export interface Unnamed {
  readonly candidates: readonly string[];
  /** What was looked up under the first word, which is known itself; `null` where that is the name. */
  readonly within: 'input' | 'state key' | null;
}

/** Where a reference stands. */
export interface Place {
  /** The node that it stands in, or whose edge; `null` for an output of the workflow. */
  readonly vertex: number | null;
  /** Whether it is in what is filled in for each item of a batch. */
  readonly perItem: boolean;
  /** Whether it is looked at before the node starts, or while it runs. */
  readonly inNode: boolean;
}

/**
 * What references can name: node ids first, then inputs, by their bare names or as `inputs.name`, then special names: the item
 * of a batch, the failure that was caught, and the state.
 */
export interface Names {
  meaningOf(reference: Reference, place: Place): Meaning;
}

/** FC3006: collects the names of a workflow; one that is both an input and a node means the node. */
export function collectNames(core: CoreIr, table: NodeTable, problems: Problems): Names {
  const inputs = Object.keys(core.inputs);
  const inputSet = new Set(inputs);
  const general = [...table.ids, ...inputs, 'inputs'];
  const stateKeys = Object.keys(core.state ?? {});
  const stateSet = new Set(stateKeys);
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

  const shadowed = (name: string, at: string, what: string): void => {
    const other =
      table.vertex(name) !== undefined ? 'a node' : inputSet.has(name) ? 'an input' : otherMeaning(name);
    if (other === null) return;
    problems.add({
      code: 'FC3006',
      severity: 'warning',
      at,
      message: `${quote(name)} is the name of ${what} and of ${other}; \${${name}} means the latter.`,
      hint: 'Write another name after `as`.',
    });
  };
  const otherMeaning = (name: string): string | null => {
    if (name === 'inputs') return 'all inputs';
    return name === 'state' && core.state !== undefined ? 'the state' : null;
  };
  const caughtAs = new Map<number, Set<string>>();
  table.nodes.forEach((node, i) => {
    if (node.batch !== undefined) shadowed(node.batch.as, `/nodes/${i}/batch/as`, 'an item');
    node.catch?.forEach(({ goto, as }, rule) => {
      const target = table.vertex(goto);
      if (as === undefined || target === undefined) return;
      shadowed(as, `/nodes/${i}/catch/${rule}/as`, 'a failure');
      caughtAs.set(target, (caughtAs.get(target) ?? new Set()).add(as));
    });
  });

  const specialNames = ({ vertex, perItem, inNode }: Place): string[] => {
    if (vertex === null) return [];
    const batch = perItem ? table.nodes[vertex]?.batch : undefined;
    const ofItem = batch === undefined ? [] : [batch.as, '__index__'];
    return inNode ? [...ofItem, ...(caughtAs.get(vertex) ?? [])] : ofItem;
  };
  return {
    meaningOf: ({ root, segments }, place) => {
      const vertex = table.vertex(root);
      if (vertex !== undefined) return { kind: 'node', vertex };
      if (inputSet.has(root)) return { kind: 'input' };
      const special = specialNames(place);
      if (root !== 'inputs' && special.includes(root)) return { kind: 'special' };
      const first = segments[0];
      if (root === 'state' && core.state !== undefined) {
        const key = first?.kind === 'field' ? first.name : null;
        if (key !== null && stateSet.has(key)) return { kind: 'state', key };
        return { kind: 'nothing', candidates: stateKeys, within: 'state key' };
      }
      if (root === 'inputs') {
        if (first?.kind !== 'field' || inputSet.has(first.name)) return { kind: 'input' };
        return { kind: 'nothing', candidates: inputs, within: 'input' };
      }
      const candidates = special.length === 0 ? general : [...general, ...special];
      return { kind: 'nothing', candidates, within: null };
    },
  };
}
