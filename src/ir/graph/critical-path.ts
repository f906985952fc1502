import type { Workflow } from '../workflow.js';
import { precedenceOf } from './precedence.js';

/** The chain of nodes that decides how long a run takes however many slots it has. */
export interface CriticalPath {
  /** Ids, first to last. */
  readonly nodes: readonly string[];
  /** Milliseconds: the durations along the chain, added up; of a stage whose results are worked on beside it, its lead. */
  readonly ms: number;
}

/**
 * Finds the longest chain of nodes that have to follow one another. Of chains that take equally long, the one with the most
 * nodes; of those, the one declared first.
 *
 * @param durationOf milliseconds that a node takes in all (every attempt, every iteration); `null` for one that does not
 * run, which orders what is around it but is not part of the chain.
 * @param leadOf milliseconds from a stage's first item until it has passed on a result, before which the stage after it has
 * nothing to do; `null`, or left out, where that is not known.
 *
 * @example
 * criticalPath(workflow, (node) => node.estimateMs); // { nodes: ['fetch', 'analyze', 'report'], ms: 1200 }
 */
export function criticalPath(
  workflow: Workflow,
  durationOf: (node: Workflow['nodes'][number], index: number) => number | null,
  leadOf: (node: Workflow['nodes'][number], index: number) => number | null = () => null,
): CriticalPath {
  const { before, order, points } = precedenceOf(workflow);
  const ms = new Float64Array(points);
  const length = new Int32Array(points);
  const previous = new Int32Array(points).fill(-1);
  /** What a point cannot start before: when it may, and the last of the chain that leads there. */
  const starts = new Float64Array(points);
  const isLonger = (a: Start, b: Start): boolean =>
    a.ms === b.ms ? (length[a.after] ?? 0) > (length[b.after] ?? 0) : a.ms > b.ms;
  const endOf = (point: number): Start => ({ after: point, ms: ms[point] ?? 0 });

  const durations = workflow.nodes.map(durationOf);
  const leads = workflow.nodes.map(leadOf);
  const streams = streamsInto(workflow);
  let last = -1;
  for (const point of order) {
    let best = AT_ONCE;
    const overlaps = streams.get(point);
    for (const source of before[point] ?? []) {
      // A stage of a pipeline starts when the one before it does, and has work once that has passed on a result.
      const lead = leads[source] ?? null;
      const streams = overlaps?.has(source) === true;
      const earlier = !streams
        ? endOf(source)
        : lead === null
          ? { after: previous[source] ?? -1, ms: starts[source] ?? 0 }
          : { after: source, ms: (starts[source] ?? 0) + lead };
      if (best.after === -1 || (earlier.after !== -1 && isLonger(earlier, best))) best = earlier;
    }
    const duration = durations[point] ?? null;
    starts[point] = best.ms;
    ms[point] = best.ms + (duration ?? 0);
    length[point] = (length[best.after] ?? 0) + (duration === null ? 0 : 1);
    previous[point] = best.after;
    if (last === -1 || isLonger(endOf(point), endOf(last))) last = point;
  }

  const nodes: string[] = [];
  for (let point = last; point !== -1; point = previous[point] ?? -1) {
    const node = workflow.nodes[point];
    if (node !== undefined && (durations[point] ?? null) !== null) nodes.unshift(node.id);
  }
  return { nodes, ms: ms[last] ?? 0 };
}

interface Start {
  readonly after: number;
  readonly ms: number;
}

const AT_ONCE: Start = { after: -1, ms: 0 };

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
