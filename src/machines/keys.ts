import type { Workflow } from '../ir/workflow.js';

/**
 * State keys, actor ids and event names for the things that a user has named. XState breaks on keys such as `#a`, `a.b`,
 * the empty string and `__proto__`; what a user calls a node stays in the state's `meta` and in the records.
 */
export interface StateKeys {
  readonly nodes: readonly string[];
  readonly groups: readonly string[];
  readonly loops: readonly string[];
}

const READABLE = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** Keeps an id as it is where that is safe and free; otherwise `_n7`, which no readable id can be, as it starts with `_`. */
export function allocateKeys(workflow: Workflow): StateKeys {
  const taken = new Set<string>(Object.getOwnPropertyNames(Object.prototype));
  const allocate = (kind: string) => (thing: { readonly id: string }, index: number) => {
    const key = READABLE.test(thing.id) && !taken.has(thing.id) ? thing.id : `_${kind}${index}`;
    taken.add(key);
    return key;
  };
  return {
    nodes: workflow.nodes.map(allocate('n')),
    groups: workflow.groups.map(allocate('g')),
    loops: workflow.loops.map(allocate('l')),
  };
}
