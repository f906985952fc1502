import { Effect, Fiber } from 'effect';

/** No graphs, but cheap fibers: one for each node, which joins those of the nodes that it depends on. */
export default {
  title: 'Effect',
  how: 'a fiber for each node, `Fiber.join` of those that it depends on; for a list, `Effect.forEach` with `concurrency`',
  packages: ['effect'],

  graph: (graph, task) => (input) =>
    Effect.runPromise(
      Effect.gen(function* () {
        const fibers = [];
        for (const [node, before] of graph.dependencies.entries()) {
          const run = (values) => Effect.promise(() => task(node, values));
          const effect =
            before.length === 0
              ? run([input])
              : Effect.flatMap(Effect.all(before.map((one) => Fiber.join(fibers[one]))), run);
          fibers[node] = yield* Effect.forkChild(effect);
        }
        return yield* Fiber.join(fibers[graph.last]);
      }),
    ),

  map: (limit, task) => (items) =>
    Effect.runPromise(
      Effect.forEach(items, (item) => Effect.promise(() => task(item)), { concurrency: limit }),
    ),
};
