import type { PointerMap } from '../diagnostics/pointer-map.js';
import { isObject } from '../json.js';
import type { JsonCopy } from '../json-copy.js';
import { own } from './dialect.js';

const ENDS = [
  ['source', 'from'],
  ['target', 'to'],
] as const;

/**
 * Gives the ends of edges the names of the core form, where their author wrote `source` and `target`.
 *
 * @param first where the first of `edges` stands in the core form
 */
export function nameEnds(edges: readonly JsonCopy[], first: number, pointers: PointerMap): void {
  edges.forEach((edge, i) => {
    if (!isObject(edge)) return;
    const at = `/edges/${first + i}`;
    for (const [written, name] of ENDS) {
      const end = own(edge, written);
      if (end === undefined || Object.hasOwn(edge, name)) continue;
      edge[name] = end;
      delete edge[written];
      pointers.moved(`${at}/${name}`, pointers.pointerOf(`${at}/${written}`));
    }
  });
}
