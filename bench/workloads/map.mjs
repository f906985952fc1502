import { mix, noop } from './graph.mjs';

const LIMIT = 50;

/** The same function for each item of a list, at most fifty at once. */
export default {
  id: 'map',
  title: `map, ${LIMIT} at once`,
  cases: [
    { id: '500', size: 500, in: 'quick' },
    { id: '10000', size: 10_000, in: 'full' },
  ],
  async prepare(contestant, { size }) {
    const gauge = { running: 0, most: 0 };
    const run = await contestant.map(LIMIT, counted(gauge));
    const itemsOf = (input) => Array.from({ length: size }, (_, index) => (input + index) >>> 0);
    return {
      units: size,
      work: (input) => run(itemsOf(input)),
      check(results, input) {
        const expected = itemsOf(input).map((item) => mix(item, []));
        const wrong = expected.findIndex((value, index) => value !== results[index]);
        if (results.length !== size || wrong !== -1) throw new Error(`wrong result at item ${wrong}`);
        if (gauge.most > LIMIT) throw new Error(`${gauge.most} items at once, where ${LIMIT} is the limit`);
      },
    };
  },
};

/** Keeps count, as a contestant that ignores the limit does less work. */
const counted = (gauge) => async (item) => {
  gauge.running += 1;
  gauge.most = Math.max(gauge.most, gauge.running);
  const value = await noop(item, []);
  gauge.running -= 1;
  return value;
};
