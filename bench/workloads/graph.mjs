/**
 * A directed acyclic graph of functions. Its nodes are numbered so that each comes after all that it depends on, and the last one
 * depends, directly or not, on every other: its value alone proves that all nodes ran, once, with the right values in the right order.
 *
 * @typedef {object} Graph
 * @property {number} size how many nodes
 * @property {number} last the node whose value is the graph's
 * @property {readonly string[]} names a name for each node, for contestants that want names
 * @property {readonly (readonly number[])[]} dependencies what each node depends on, in the order in which it sees their values
 * @property {readonly (readonly number[])[]} layers nodes by the longest way to them: for contestants that have no graphs, only steps
 */

/**
 * What every node calls: its number, and the values of its dependencies (of a node without any: the run's input) to its value.
 *
 * @typedef {(node: number, values: readonly number[]) => Promise<number>} Task
 */

/** @returns {Graph} */
export function makeGraph(dependencies) {
  const layers = [];
  const layerOf = [];
  for (const [node, before] of dependencies.entries()) {
    layerOf[node] = before.reduce((layer, one) => Math.max(layer, layerOf[one] + 1), 0);
    layers[layerOf[node]] ??= [];
    layers[layerOf[node]].push(node);
  }
  const size = dependencies.length;
  return { size, last: size - 1, names: dependencies.map((_, node) => `n${node}`), dependencies, layers };
}

/** A value that changes when any of `values`, or their order, does. 32 bits. */
export function mix(node, values) {
  let sum = node + 1;
  for (const value of values) sum = (Math.imul(sum, 31) + value) >>> 0;
  return sum;
}

/** @type {Task} Asynchronous, and done at once: all that is left to measure is the orchestration. */
export const noop = async (node, values) => mix(node, values);

/** What a graph comes to, by a plain loop. */
export function evaluate(graph, input) {
  const values = [];
  for (const [node, before] of graph.dependencies.entries()) {
    values[node] = mix(node, before.length === 0 ? [input] : before.map((one) => values[one]));
  }
  return values[graph.last];
}

/** @throws Error when a contestant came to anything else: it has not done the work */
export function checkValue(graph, input, value) {
  const expected = evaluate(graph, input);
  if (value !== expected) throw new Error(`wrong result: ${value} instead of ${expected} for input ${input}`);
}
