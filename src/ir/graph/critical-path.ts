import type { Workflow } from '../workflow.js';
import { precedenceOf } from './precedence.js';

/** The chain of nodes that decides how long a run takes however many slots it has. */
export interface CriticalPath {
  /** Ids, first to last. */
  readonly nodes: readonly string[];
  /** Milliseconds: the durations along the chain, added up. */
  readonly ms: number;
}

/**
 * Finds the longest chain of nodes that have to follow one another. Of chains that take equally long, the one with the most
 * nodes; of those, the one declared first.
 *
 * @param durationOf milliseconds that a node takes in all (every attempt, every iteration); `null` for one that does not
 * run, which orders what is around it but is not part of the chain.
 *
 * @example
 * criticalPath(workflow, (node) => node.estimateMs); // { nodes: ['fetch', 'analyze', 'report'], ms: 1200 }
 */
export function criticalPath(
  workflow: Workflow,
  durationOf: (node: Workflow['nodes'][number]) => number | null,
): CriticalPath {
  const { before, order, points } = precedenceOf(workflow);
  const ms = new Float64Array(points);
  const length = new Int32Array(points);
  const previous = new Int32Array(points).fill(-1);
  const isLonger = (a: number, b: number): boolean => {
    const [msA, msB] = [ms[a] ?? 0, ms[b] ?? 0];
    return msA === msB ? (length[a] ?? 0) > (length[b] ?? 0) : msA > msB;
  };

  const durations = workflow.nodes.map(durationOf);
  const streams = streamsInto(workflow);
  let last = -1;
  for (const point of order) {
    let best = -1;
    const overlaps = streams.get(point);
    for (const source of before[point] ?? []) {
      // A stage of a pipeline starts when the one before it does: it comes after what that one came after.
      const earlier = overlaps?.has(source) === true ? (previous[source] ?? -1) : source;
      if (best === -1 || (earlier !== -1 && isLonger(earlier, best))) best = earlier;
    }
    const duration = durations[point] ?? null;
    ms[point] = (ms[best] ?? 0) + (duration ?? 0);
    length[point] = (length[best] ?? 0) + (duration === null ? 0 : 1);
    previous[point] = best;
    if (last === -1 || isLonger(point, last)) last = point;
  }

  const nodes: string[] = [];
  for (let point = last; point !== -1; point = previous[point] ?? -1) {
    const node = workflow.nodes[point];
    if (node !== undefined && (durations[point] ?? null) !== null) nodes.unshift(node.id);
  }
  return { nodes, ms: ms[last] ?? 0 };
}

/** By node: those whose results it works on while they come in. */
function streamsInto({ nodes, edges }: Workflow): ReadonlyMap<number, ReadonlySet<number>> {
  const into = new Map<number, Set<number>>();
  if (!edges.some(({ streams }) => streams)) return into;
  const indexOf = new Map(nodes.map(({ id }, index) => [id, index]));
  for (const { from, to, streams } of edges) {
    const [source, target] = [indexOf.get(from), indexOf.get(to)];
    if (!streams || source === undefined || target === undefined) continue;
    into.set(target, (into.get(target) ?? new Set()).add(source));
  }
  return into;
}
