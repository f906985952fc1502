import { quote } from '../diagnostics/wording.js';
import type { Digraph } from '../graph/digraph.js';
import { findPath } from '../graph/reachability.js';
import type { NodeTable } from './node-table.js';
import type { Problems } from './problems.js';
import type { DataUse } from './references.js';
import type { Structure } from './structure.js';

/** So many cycles are spelled out: finding one takes a search of the graph. */
const SPELLED = 20;
/** Of a long way, so many nodes are named at each end. */
const NAMED = 5;

/**
 * FC2004: a reference to a node that waits for the one that uses it. Within one loop it means the iteration before; elsewhere
 * neither could ever start.
 */
export function checkBackwardUses(
  backward: readonly DataUse[],
  { forward, tree }: Structure,
  table: NodeTable,
  problems: Problems,
): void {
  const loopsAround = (v: number): number[] => {
    const around: number[] = [];
    for (let loop = tree.innermost[v] ?? -1; loop !== -1; loop = tree.parents[loop] ?? -1) around.push(loop);
    return around;
  };
  let spelled = 0;
  const cycle = (from: number, to: number): string =>
    spelled++ < SPELLED ? `: ${spell(forward, from, to, table)}` : '';
  for (const { producer, consumer, reference, edge } of backward) {
    const shared = new Set(loopsAround(producer));
    if (loopsAround(consumer).some((loop) => shared.has(loop))) continue;
    const user =
      edge === null ? quote(table.id(consumer)) : `An edge that leaves ${quote(table.id(consumer))}`;
    problems.add({
      code: 'FC2004',
      severity: 'error',
      at: edge ?? `/nodes/${consumer}`,
      path: reference.pointer,
      message:
        producer === consumer
          ? `${user} uses its own output: ${quote(reference.text)}.`
          : `${user} uses ${quote(reference.text)}, but ${quote(table.id(producer))} comes after it${cycle(consumer, producer)}.`,
      hint: 'Use the output of a node that comes before; only inside one loop does such a reference have a value, that of the iteration before.',
    });
  }
}

function spell(forward: Digraph, from: number, to: number, table: NodeTable): string {
  const names = (findPath(forward, from, to) ?? [from, to]).map((v) => table.id(v));
  const omitted = names.length - 2 * NAMED;
  if (omitted > 1) names.splice(NAMED, omitted, `… (${omitted} more)`);
  return [...names, table.id(from)].join(' -> ');
}
