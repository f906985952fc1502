import { checkValue, noop } from './graph.mjs';

/** One run of one graph is a unit of work. Each run has an input of its own, so that no result can be kept from the one before. */
export async function prepareGraph(contestant, graph) {
  const run = await contestant.graph(graph, noop);
  return {
    units: graph.size,
    work: (input) => run(input),
    check: (value, input) => checkValue(graph, input, value),
  };
}
