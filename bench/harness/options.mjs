import { parseArgs } from 'node:util';
import { CONTESTANTS, WORKLOADS } from './catalog.mjs';

export const HELP = `npm run bench -- [options]

Measures forkchart beside others, and writes docs/benchmarks.md and docs/benchmarks.svg. See bench/README.md.

  --quick            small sizes, one round: under two minutes, and written only where --out says
  --only a,b         these contestants: ${CONTESTANTS.map(({ name }) => name).join(', ')}
  --workloads a,b    these workloads: ${WORKLOADS.join(', ')}
  --rounds N         how often everything is measured (default 5; quick 1); the median counts
  --limit SECONDS    what one measurement may take (default 60; quick 10)
  --clock wall|cpu   which clock the figures are of (default wall); cpu where the machine has other work to do
  --out DIR          where the report goes (default docs, if nothing of it is left out)
  --no-build         measure what dist/ holds
  --help
`;

/** What a process does before and while it measures, in milliseconds; see `measure`. */
const FULL = { warmUpMs: 2000, measureMs: 1000, coldMs: 10_000 };
const QUICK = { warmUpMs: 100, measureMs: 100, coldMs: 1000 };

/**
 * What the command line asks for.
 *
 * @throws Error that says what is wrong with it
 */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      workloads: { type: 'string' },
      rounds: { type: 'string' },
      limit: { type: 'string' },
      clock: { type: 'string', default: 'wall' },
      out: { type: 'string' },
      'no-build': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { quick, clock } = values;
  if (clock !== 'wall' && clock !== 'cpu') throw new Error(`--clock is wall or cpu, not ${clock}`);
  const isWhole = !quick && values.only === undefined && values.workloads === undefined;
  return {
    help: values.help,
    build: !values['no-build'],
    quick,
    clock,
    contestants: choose(
      '--only',
      values.only,
      CONTESTANTS.map(({ name }) => name),
    ),
    workloads: choose('--workloads', values.workloads, WORKLOADS),
    rounds: count('--rounds', values.rounds ?? (quick ? '1' : '5')),
    limitMs: count('--limit', values.limit ?? (quick ? '10' : '60')) * 1000,
    times: quick ? QUICK : FULL,
    out: values.out ?? (isWhole ? 'docs' : null),
  };
}

/** Those named, in the order of the report. */
function choose(option, given, known) {
  if (given === undefined) return known;
  const named = given.split(',');
  const unknown = named.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new Error(`${option}: there is no ${unknown}; there are ${known.join(', ')}`);
  return known.filter((name) => named.includes(name));
}

function count(option, given) {
  const value = Number(given);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`${option} is a whole number from 1, not ${given}`);
  return value;
}
