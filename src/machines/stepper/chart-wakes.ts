import { at } from '../at.js';
import { streamsFrom } from '../batch/streams.js';
import type { EdgePlan, Topology, Unit } from '../topology.js';
import type { WakeList } from './step-table.js';

/** Actions after which every unit that waits still waits: what they change, no join looks at before its edges are decided. */
const WAKE_NOTHING = [
  'beginAttempt',
  'recordOutcome',
  'recordFallback',
  'beginIteration',
  'mergeIteration',
  'recordBody',
  'stopGroup',
  'stopAfterOthers',
  'stopRest',
  'stopForFailure',
  'stopForCancel',
  'stopForTimeout',
  'forgetUndone',
];

/** What the actions of a workflow's charts wake: a decided edge wakes the unit that it leads to, and nothing else wakes any. */
export function chartWakes(topology: Topology): WakeList {
  const { nodes, loops, decides } = topology;
  const keyOf = (unit: Unit): string =>
    unit < nodes.length ? at(nodes, unit).key : at(loops, unit - nodes.length).key;
  const targets = (edges: readonly EdgePlan[]): readonly string[] => edges.map(({ target }) => keyOf(target));
  return new Map([
    ['decideEdges', ({ unit }: { unit: Unit }) => targets(decides[unit] ?? [])],
    ['takeStreams', ({ node }: { node: number }) => targets(streamsFrom(topology, node))],
    ...WAKE_NOTHING.map((name): [string, () => readonly string[]] => [name, () => []]),
  ] as [string, (params: never) => readonly string[]][]);
}
