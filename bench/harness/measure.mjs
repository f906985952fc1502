import { setImmediate as nextTurn } from 'node:timers/promises';
import { median } from './statistics.mjs';

/** What a sample takes at least: far above what either clock resolves. */
const SAMPLE_MS = 5;

/**
 * How long a workload takes in this process, in microseconds per unit, on two clocks: `wall`, and `cpu`, the processor time of
 * all threads of the process, which other programs on the machine hardly change.
 *
 * The work is warmed up for `warmUpMs`, at least once, then measured for `measureMs`, at least once, and the median of the samples
 * counts. A first run of more than `coldMs` counts as it is: a second would change little and cost minutes. What each run came to is
 * checked outside of the time taken. Collecting what runs leave behind is inside of it: it is part of their cost.
 */
export async function measure(workload, contestant, how, { warmUpMs, measureMs, coldMs }) {
  const elapsed = startClocks();
  const { units, work, check } = await workload.prepare(contestant, how);
  const prepare = elapsed();
  const perUnit = ({ wall, cpu }) => ({ wall: (wall * 1000) / units, cpu: (cpu * 1000) / units });

  const take = sampler(work, check);
  let last = await take(1);
  if (last.wall > coldMs) return { run: perUnit(last), prepare: perUnit(prepare) };
  for (let spent = last.wall; spent < warmUpMs; spent += last.wall) last = await take(1);

  const runs = Math.ceil(SAMPLE_MS / last.wall);
  globalThis.gc();
  await nextTurn();
  const samples = [];
  for (let spent = 0; spent < measureMs; ) {
    const sample = await take(runs);
    samples.push(sample);
    spent += sample.wall * runs;
  }
  const middle = {
    wall: median(samples.map(({ wall }) => wall)),
    cpu: median(samples.map(({ cpu }) => cpu)),
  };
  return { run: perUnit(middle), prepare: perUnit(prepare) };
}

/** A function that makes so many runs one after another, each with an input of its own, and says the mean milliseconds of one. */
function sampler(work, check) {
  let input = 0;
  return async (runs) => {
    const values = new Array(runs);
    const first = input;
    const elapsed = startClocks();
    for (let index = 0; index < runs; index++) values[index] = await work(first + index);
    const { wall, cpu } = elapsed();
    for (const [index, value] of values.entries()) check(value, first + index);
    input += runs;
    return { wall: wall / runs, cpu: cpu / runs };
  };
}

/** Gives back a function that says the milliseconds since. */
function startClocks() {
  const cpuBefore = process.cpuUsage();
  const from = performance.now();
  return () => {
    const wall = performance.now() - from;
    const { user, system } = process.cpuUsage(cpuBefore);
    return { wall, cpu: (user + system) / 1000 };
  };
}
