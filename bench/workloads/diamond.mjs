import { checkValue, makeGraph } from './graph.mjs';

/** Six nodes, as a small real workflow has: one, three side by side, their join, and one after it. */
export const DIAMOND = makeGraph([[], [0], [0], [0], [1, 2, 3], [4]]);

/** `count` runs of the diamond, `atOnce` of them under way at any time, are a unit of work. */
export async function prepareDiamonds(contestant, task, { count, atOnce }) {
  const run = await contestant.graph(DIAMOND, task);
  const inputOf = (round, index) => (round * count + index) >>> 0;
  return {
    units: count * DIAMOND.size,
    async work(round) {
      const values = new Array(count);
      let next = 0;
      const line = async () => {
        while (next < count) {
          const index = next++;
          values[index] = await run(inputOf(round, index));
        }
      };
      await Promise.all(Array.from({ length: atOnce }, line));
      return values;
    },
    check(values, round) {
      for (const [index, value] of values.entries()) checkValue(DIAMOND, inputOf(round, index), value);
    },
  };
}
