import { Annotation, END, Send, START, StateGraph } from '@langchain/langgraph';

/**
 * A graph node for each node, one state key with a reducer for the values. The reducer writes into the object that it got: its guides
 * make a copy, which would cost the square of the nodes. No checkpointer, which would cost more.
 */
const State = Annotation.Root({
  input: Annotation(),
  values: Annotation({ reducer: Object.assign, default: () => ({}) }),
});

export default {
  title: 'LangGraph.js',
  how: '`StateGraph`, an edge with several sources where nodes join; for a list, a `Send` for each item and `maxConcurrency`',
  packages: ['@langchain/langgraph', '@langchain/core'],

  graph(graph, task) {
    const { names, dependencies } = graph;
    const builder = new StateGraph(State);
    for (const [node, before] of dependencies.entries()) {
      const name = names[node];
      const valuesOf =
        before.length === 0
          ? ({ input }) => [input]
          : ({ values }) => before.map((one) => values[names[one]]);
      builder.addNode(name, async (state) => ({ values: { [name]: await task(node, valuesOf(state)) } }));
    }
    for (const [node, before] of dependencies.entries()) {
      if (before.length === 0) builder.addEdge(START, names[node]);
      else if (before.length === 1) builder.addEdge(names[before[0]], names[node]);
      else
        builder.addEdge(
          before.map((one) => names[one]),
          names[node],
        );
    }
    const last = names[graph.last];
    const app = builder.addEdge(last, END).compile();
    const config = { recursionLimit: graph.size + 10 };
    return async (input) => (await app.invoke({ input }, config)).values[last];
  },

  map(limit, task) {
    const app = new StateGraph(State)
      .addNode('each', async ({ item, index }) => ({ values: { [index]: await task(item) } }))
      .addConditionalEdges(START, ({ input }) =>
        input.map((item, index) => new Send('each', { item, index })),
      )
      .addEdge('each', END)
      .compile();
    const config = { maxConcurrency: limit };
    return async (items) => Object.values((await app.invoke({ input: items }, config)).values);
  },
};
