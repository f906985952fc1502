import { Flow, Node, ParallelBatchNode } from 'pocketflow';

/** A flow is one node after another, over a shared store: each layer is a `ParallelBatchNode`. It has no limit on how many run at once. */
export default {
  title: 'PocketFlow',
  how: 'a `Flow` of layers, each a `Node` or a `ParallelBatchNode`; for a list, a node that goes back to itself for the next fifty items',
  packages: ['pocketflow'],

  graph(graph, task) {
    const valuesOf = (node, { input, values }) => {
      const before = graph.dependencies[node];
      return before.length === 0 ? [input] : before.map((one) => values[one]);
    };
    class One extends Node {
      constructor(node) {
        super();
        this.node = node;
      }
      async prep(shared) {
        return valuesOf(this.node, shared);
      }
      async exec(values) {
        return task(this.node, values);
      }
      async post(shared, _values, value) {
        shared.values[this.node] = value;
      }
    }
    class Layer extends ParallelBatchNode {
      constructor(layer) {
        super();
        this.layer = layer;
      }
      async prep(shared) {
        return this.layer.map((node) => ({ node, values: valuesOf(node, shared) }));
      }
      async exec({ node, values }) {
        return task(node, values);
      }
      async post(shared, _prepared, values) {
        for (const [index, value] of values.entries()) shared.values[this.layer[index]] = value;
      }
    }
    const nodes = graph.layers.map((layer) => (layer.length === 1 ? new One(layer[0]) : new Layer(layer)));
    for (const [index, node] of nodes.entries()) {
      if (index > 0) nodes[index - 1].next(node);
    }
    const flow = new Flow(nodes[0]);
    return async (input) => {
      const shared = { input, values: [] };
      await flow.run(shared);
      return shared.values[graph.last];
    };
  },

  map(limit, task) {
    class Chunk extends ParallelBatchNode {
      async prep({ items, results }) {
        return items.slice(results.length, results.length + limit);
      }
      async exec(item) {
        return task(item);
      }
      async post({ items, results }, _chunk, values) {
        results.push(...values);
        return results.length < items.length ? 'more' : 'done';
      }
    }
    const chunk = new Chunk();
    chunk.on('more', chunk);
    chunk.on('done', new Node());
    const flow = new Flow(chunk);
    return async (items) => {
      const shared = { items, results: [] };
      await flow.run(shared);
      return shared.results;
    };
  },
};
