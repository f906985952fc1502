import { defineNode } from 'forkchart';
import { z } from 'zod';
import { git } from '../git.js';

const MAX_COMMITS = 2000;
/** NUL is the one character that no name holds. */
const LOG = [
  'log',
  `--max-count=${MAX_COMMITS + 1}`,
  '--no-merges',
  '--format=%x00%aN%x00%at',
  '--shortstat',
  '--no-ext-diff',
  '--no-textconv',
  '--',
  '.',
];
const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
/** A committer's clock can say anything; a bar for every year until 9999 helps nobody. */
const LATEST = Date.UTC(2100, 0);

/** The first that keeps the chart legible decides how long one bar is. */
const PERIODS = [
  { unit: 'hour', length: HOUR },
  { unit: 'day', length: DAY },
  { unit: 'week', length: 7 * DAY },
  { unit: 'four weeks', length: 28 * DAY },
];
const YEAR = { unit: 'year', length: 365.25 * DAY };
const MAX_BARS = 60;
/** 1970 began on a Thursday; weeks begin on Monday. */
const MONDAY = 4 * DAY;

/** Reads from git who changed what when. A directory without a history is not an error. */
export const readHistory = defineNode({
  type: 'read-history',
  description: 'Reads the git history of a directory: commits, authors and activity.',
  params: z.strictObject({ root: z.string() }),
  effects: 'pure',
  /** @returns {Promise<import('../data.js').History>} */
  async run({ root }, { signal }) {
    const [log, shallow] = await Promise.all([
      git(root, LOG, signal),
      git(root, ['rev-parse', '--is-shallow-repository'], signal),
    ]);
    if (!log.ok) return missing(`Git says: ${log.reason}.`);
    const commits = parseLog(log.output);
    if (commits.length === 0) return missing('Git tracks nothing here.');

    const shown = commits.slice(0, MAX_COMMITS);
    const times = shown.map(({ time }) => time).sort((a, b) => a - b);
    return {
      available: true,
      commits: shown.length,
      first: times[0] ?? 0,
      last: times.at(-1) ?? 0,
      authors: tallyAuthors(shown),
      activity: tallyActivity(times),
      note:
        commits.length > shown.length
          ? `Only the last ${MAX_COMMITS} commits are counted.`
          : shallow.ok && shallow.output.trim() === 'true'
            ? 'This is a shallow clone: older commits are not in it, and its oldest one seems to add every file.'
            : null,
    };
  },
});

/** @param {string} reason */
const missing = (reason) => ({ available: /** @type {const} */ (false), reason });

/**
 * @typedef {{ author: string, time: number, added: number, deleted: number }} Commit
 * @param {string} output
 * @returns {Commit[]}
 */
function parseLog(output) {
  const parts = output.split('\0').slice(1);
  return Array.from({ length: parts.length / 2 }, (_, index) => {
    const rest = parts[2 * index + 1] ?? '';
    return {
      author: parts[2 * index] ?? '',
      time: Math.min(Math.max(Number.parseInt(rest, 10) * 1000, 0), LATEST),
      added: Number(/(\d+) insertion/.exec(rest)?.[1] ?? 0),
      deleted: Number(/(\d+) deletion/.exec(rest)?.[1] ?? 0),
    };
  });
}

/** @param {readonly Commit[]} commits */
function tallyAuthors(commits) {
  /** @type {Map<string, { name: string, commits: number, added: number, deleted: number }>} */
  const authors = new Map();
  for (const { author, added, deleted } of commits) {
    const sum = authors.get(author) ?? { name: author, commits: 0, added: 0, deleted: 0 };
    authors.set(author, sum);
    sum.commits += 1;
    sum.added += added;
    sum.deleted += deleted;
  }
  return [...authors.values()].sort((a, b) => b.commits - a.commits || b.added - a.added);
}

/** @param {readonly number[]} times in ascending order, at least one */
function tallyActivity(times) {
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  const { unit, length } = PERIODS.find((period) => (last - first) / period.length < MAX_BARS) ?? YEAR;
  const indexOf = (/** @type {number} */ time) => Math.floor((time - MONDAY) / length);
  const periods = Array.from({ length: indexOf(last) - indexOf(first) + 1 }, (_, index) => ({
    from: Math.round((indexOf(first) + index) * length + MONDAY),
    commits: 0,
  }));
  for (const time of times) {
    const period = periods[indexOf(time) - indexOf(first)];
    if (period !== undefined) period.commits += 1;
  }
  return { unit, periods };
}
