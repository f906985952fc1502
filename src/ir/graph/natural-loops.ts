import type { Digraph } from './digraph.js';

/** The loop of one header: every vertex on a way from the header to an arc that comes back to it. */
export interface NaturalLoop {
  readonly header: number;
  /** In ascending order. */
  readonly body: readonly number[];
  /** Sources of closing arcs to which no way leads from the header: such a loop cannot go round. Empty for a sound one. */
  readonly unreached: readonly number[];
}

/**
 * The loops that `closing` arcs make of an acyclic graph, in ascending order of their headers; arcs with the same target
 * make one loop. A way may go round an inner loop, so a loop holds all of each loop whose header it holds. What reaches the
 * middle of a body without passing its header is outside: it feeds a value in.
 *
 * @param order the vertices of `forward` in topological order.
 * @param budget how many vertices all bodies may have together; the search is over when they have more.
 * @returns `null` when the budget is exceeded: loops are nested too deeply.
 */
export function findNaturalLoops(
  forward: Digraph,
  closing: Iterable<readonly [from: number, to: number]>,
  order: readonly number[],
  budget = Number.POSITIVE_INFINITY,
): NaturalLoop[] | null {
  const sources = new Map<number, Set<number>>();
  for (const [from, to] of closing) {
    const known = sources.get(to);
    if (known === undefined) sources.set(to, new Set([from]));
    else known.add(from);
  }
  const position = new Int32Array(forward.size);
  order.forEach((v, i) => {
    position[v] = i;
  });

  const loops: NaturalLoop[] = [];
  let left = budget;
  for (const header of [...sources.keys()].sort((a, b) => a - b)) {
    const body = loopBody(forward, header, sources, position);
    left -= body.size;
    if (left < 0) return null;
    loops.push({
      header,
      body: [...body].sort((a, b) => a - b),
      unreached: [...(sources.get(header) ?? [])].filter((source) => !body.has(source)),
    });
  }
  return loops;
}

/**
 * Two searches that meet: backwards from the closing arcs (`candidates`), and forwards from the header within what the first
 * has found (`body`). Nothing that stands before the header in topological order can be on a way from it.
 */
function loopBody(
  forward: Digraph,
  header: number,
  sources: ReadonlyMap<number, ReadonlySet<number>>,
  position: Int32Array,
): Set<number> {
  const first = position[header] ?? 0;
  const candidates = new Set<number>([header]);
  const body = new Set<number>();
  const toEnter: number[] = [];
  const backwards: number[] = [];

  const suggest = (v: number): void => {
    if (candidates.has(v) || (position[v] ?? 0) < first) return;
    candidates.add(v);
    backwards.push(v);
    if (forward.predecessors(v).some((p) => body.has(p))) toEnter.push(v);
  };
  const enter = (v: number): void => {
    if (body.has(v)) return;
    body.add(v);
    for (const source of sources.get(v) ?? []) suggest(source);
    for (const next of forward.successors(v)) if (candidates.has(next)) toEnter.push(next);
  };

  enter(header);
  for (;;) {
    const entering = toEnter.pop();
    if (entering !== undefined) {
      enter(entering);
      continue;
    }
    const v = backwards.pop();
    if (v === undefined) return body;
    for (const p of forward.predecessors(v)) suggest(p);
  }
}
