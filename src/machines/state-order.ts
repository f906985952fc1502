import { onceFor } from '../ir/once-for.js';
import type { Topology, Unit } from './topology.js';

/** One execution of a node: which iterations of the loops around it, outermost first, from 1. */
export interface Execution {
  readonly node: number;
  readonly iterations: readonly number[];
}

/** Where executions stand by the graph alone, whenever they happen to end. */
export interface StateOrder {
  /**
   * Whether forward edges lead from `a` to `b`, or `a` belongs to an earlier iteration of a loop around both. A loop counts
   * as a whole for what is outside of it.
   */
  isBefore(a: Execution, b: Execution): boolean;
  /** Sorts by iteration, then by the graph; of what the graph does not order, the one declared first comes first. */
  compare(a: Execution, b: Execution): number;
}

/** Worked out once for a workflow, and only for one that has shared state. */
export const stateOrderOf: (topology: Topology) => StateOrder = onceFor(planOrder);

function planOrder(topology: Topology): StateOrder {
  /** By node: the loops around it as units, outermost first, and the node itself: one unit of each scope that holds it. */
  const chains = topology.nodes.map((plan): readonly Unit[] => {
    const chain: Unit[] = [plan.index];
    for (let loop = plan.loop; loop !== null; loop = topology.workflow.loops[loop]?.parent ?? null) {
      chain.unshift(topology.nodes.length + loop);
    }
    return chain;
  });
  const units = orderUnits(topology);
  const before = ancestors(topology, units);
  const position: number[] = [];
  units.forEach((unit, at) => {
    position[unit] = at;
  });

  /** What first tells two executions apart, from the outside in: two units of one scope, or two iterations of one loop. */
  const difference = (a: Execution, b: Execution): Difference => {
    const [chainA, chainB] = [chains[a.node] ?? [], chains[b.node] ?? []];
    for (let depth = 0; ; depth++) {
      const [unitA, unitB] = [chainA[depth], chainB[depth]];
      if (unitA === undefined || unitB === undefined) return { by: 'nothing' };
      if (unitA !== unitB) return { by: 'unit', a: unitA, b: unitB };
      const [roundA, roundB] = [a.iterations[depth] ?? 0, b.iterations[depth] ?? 0];
      if (roundA !== roundB) return { by: 'iteration', a: roundA, b: roundB };
    }
  };
  return {
    isBefore(a, b) {
      const found = difference(a, b);
      if (found.by === 'unit') return before(found.a, found.b);
      return found.by === 'iteration' && found.a < found.b;
    },
    compare(a, b) {
      const found = difference(a, b);
      if (found.by === 'unit') return (position[found.a] ?? 0) - (position[found.b] ?? 0);
      return found.by === 'iteration' ? found.a - found.b : 0;
    },
  };
}

type Difference =
  | { readonly by: 'nothing' }
  | { readonly by: 'unit' | 'iteration'; readonly a: number; readonly b: number };

/** All units in topological order, each scope's by itself: of those that could come next, the one declared first. */
function orderUnits(topology: Topology): Unit[] {
  const { nodes, loops, decides, awaited } = topology;
  const declared = (unit: Unit): number => loops[unit - nodes.length]?.body[0] ?? unit;
  const missing = [...awaited];
  const order: Unit[] = [];
  /** The one declared first is at the end. */
  const ready: Unit[] = [];
  const add = (unit: Unit): void => {
    let [low, high] = [0, ready.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (declared(ready[middle] ?? 0) > declared(unit)) low = middle + 1;
      else high = middle;
    }
    ready.splice(low, 0, unit);
  };
  missing.forEach((count, unit) => {
    if (count === 0) add(unit);
  });
  for (let unit = ready.pop(); unit !== undefined; unit = ready.pop()) {
    order.push(unit);
    for (const { target } of decides[unit] ?? []) {
      const left = (missing[target] ?? 0) - 1;
      missing[target] = left;
      if (left === 0) add(target);
    }
  }
  return order;
}

/** Which units lead to which, as a bit each: a row of them for every unit. */
function ancestors({ decides }: Topology, order: readonly Unit[]): (from: Unit, to: Unit) => boolean {
  const width = Math.ceil(decides.length / 32);
  const rows = decides.map(() => new Uint32Array(width));
  for (const unit of order) {
    const row = rows[unit] ?? new Uint32Array(width);
    for (const { target } of decides[unit] ?? []) {
      const reached = rows[target] ?? new Uint32Array(width);
      for (let word = 0; word < width; word++) reached[word] = (reached[word] ?? 0) | (row[word] ?? 0);
      const own = unit >>> 5;
      reached[own] = (reached[own] ?? 0) | (1 << (unit & 31));
    }
  }
  return (from, to) => (((rows[to]?.[from >>> 5] ?? 0) >>> (from & 31)) & 1) === 1;
}
