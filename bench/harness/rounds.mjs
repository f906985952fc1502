import { loadWorkload } from './catalog.mjs';
import { spawnMeasurement } from './spawn.mjs';

/** One size of one workload. `smaller` are the cases of the same workload with less of the same. */
export async function casesOf(workloads, quick) {
  const cases = [];
  for (const name of workloads) {
    const workload = await loadWorkload(name);
    const chosen = workload.cases.filter((how) => how.in === 'both' || how.in === (quick ? 'quick' : 'full'));
    for (const how of chosen) {
      const smaller = chosen.filter(({ size }) => size < how.size).map(({ id }) => id);
      cases.push({ name, workload, isTimed: workload.prepare !== undefined, how, smaller });
    }
  }
  return cases;
}

/**
 * What one contestant came to at one case of a workload.
 *
 * @typedef {object} Outcome
 * @property {object[]} samples what each round measured
 * @property {boolean} cutOff it took longer than the limit, or did so at a smaller size already
 * @property {string | null} failure what went wrong, and with that no figure
 */

/**
 * Measures everything, round after round: within a round, one case after another, and at each case one contestant after another, so
 * that those who are compared were measured within the same seconds. Never two at once. Each round begins with another contestant.
 *
 * @param say told of each measurement as it is made
 * @returns a function from contestant, workload and case id to an {@link Outcome}
 */
export async function measureAll({ contestants, rounds, limitMs, times }, cases, say) {
  const outcomes = new Map();
  const outcomeOf = (contestant, workload, caseId) => {
    const key = `${contestant}/${workload}/${caseId}`;
    if (!outcomes.has(key)) outcomes.set(key, { samples: [], cutOff: false, failure: null });
    return outcomes.get(key);
  };
  const startedAt = performance.now();
  for (let round = 0; round < rounds; round++) {
    for (const { name: workload, isTimed, how, smaller } of cases) {
      // Heaps are the same each time; one round says it.
      if (!isTimed && round > 0) continue;
      for (const contestant of rotated(contestants, round)) {
        const outcome = outcomeOf(contestant, workload, how.id);
        outcome.cutOff ||= smaller.some((id) => outcomeOf(contestant, workload, id).cutOff);
        if (outcome.cutOff || outcome.failure !== null) continue;
        const request = { contestant, workload, caseId: how.id, times };
        const { cutOff = false, failure = null, ...sample } = await spawnMeasurement(request, limitMs);
        if (!cutOff && failure === null) outcome.samples.push(sample);
        else Object.assign(outcome, { cutOff, failure });
        const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
        const about = `${minutes} min, round ${round + 1}/${rounds}, ${workload} ${how.id}, ${contestant}`;
        say(`${about}: ${cutOff ? 'cut off' : (failure ?? inWords(sample))}`);
      }
    }
  }
  return outcomeOf;
}

const rotated = (list, by) => {
  const start = by % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
};

const inWords = ({ run, prepare: _, ...bytes }) =>
  run === undefined
    ? Object.entries(bytes)
        .map(([name, value]) => `${Math.round(value)} bytes ${name}`)
        .join(', ')
    : `${run.wall.toPrecision(3)} µs (${run.cpu.toPrecision(3)} µs of processor time)`;
