/**
 * One way of running graphs and lists, written as its own users would write it.
 *
 * @typedef {object} Contestant
 * @property {string} title
 * @property {string} how how a graph and a list are written, in one line: it goes into the report
 * @property {readonly string[]} packages whose versions go into the report
 * @property {(graph: import('../workloads/graph.mjs').Graph, task: import('../workloads/graph.mjs').Task) =>
 *   ((input: number) => Promise<number>) | Promise<(input: number) => Promise<number>>} graph
 *   prepares whatever can be used for many runs; what it gives back runs the graph once, and ends with the last node's value
 * @property {(limit: number, task: (item: number) => Promise<number>) =>
 *   ((items: readonly number[]) => Promise<readonly number[]>)} map the same for a list, at most `limit` items at once
 */

/** In the order of the report. Each is `contestants/<name>.mjs`; `peers` says whether it needs the packages of `bench/`. */
export const CONTESTANTS = [
  { name: 'floor', peers: false },
  { name: 'forkchart', peers: false },
  { name: 'forkchart-policies', peers: false },
  { name: 'forkchart-events', peers: false },
  { name: 'p-graph', peers: true },
  { name: 'effect', peers: true },
  { name: 'async-auto', peers: true },
  { name: 'pocketflow', peers: true },
  { name: 'graphai', peers: true },
  { name: 'mastra', peers: true },
  { name: 'langgraph', peers: true },
];

/** In the order of the report. Each is `workloads/<name>.mjs`. */
export const WORKLOADS = [
  'chain',
  'fan-out',
  'layered',
  'map',
  'diamonds',
  'working-diamonds',
  'memory-of-nodes',
  'memory-of-runs',
];

/** @returns {Promise<Contestant>} */
export const loadContestant = async (name) => (await import(`../contestants/${name}.mjs`)).default;

export const loadWorkload = async (name) => (await import(`../workloads/${name}.mjs`)).default;
