import { defineNode } from 'forkchart';
import { z } from 'zod';
import { formatCount } from '../charts.js';
import { dependencies, history, lineTotals, skipped } from '../data.js';
import { html, trusted } from '../markup.js';
import { table, tiles } from '../parts.js';

const MOST_AUTHORS = 10;

const facts = z.strictObject({
  uncounted: z.array(z.int()).describe('By shard, how many files turned out not to be text.'),
  skipped: z.array(skipped),
  truncated: z.boolean(),
  listed_by: z.string(),
  lines: lineTotals,
  dependencies,
  history,
  charts: z.strictObject({ languages: z.string(), activity: z.string(), licences: z.string() }),
});
/** @typedef {z.infer<typeof facts>} Facts */

/** Puts facts and charts together: the sections of the page. */
export const composeReport = defineNode({
  type: 'compose-report',
  description: 'Composes the sections of the report from facts and charts, as HTML.',
  params: facts,
  effects: 'pure',
  run: (facts) =>
    String(html`
${summary(facts)}
${languagesSection(facts)}
${historySection(facts.history, facts.charts.activity)}
${dependenciesSection(facts.dependencies, facts.charts.licences)}`),
});

/** @param {Facts} facts */
function summary({ lines, dependencies, history }) {
  /** @type {[value: number, noun: string, rest?: string][]} */
  const numbers = [
    [lines.code, 'line', ' of code'],
    [lines.files, 'file'],
    [lines.languages.length, 'language'],
  ];
  if (history.available) numbers.push([history.commits, 'commit'], [history.authors.length, 'author']);
  if (dependencies.available) numbers.push([dependencies.packages, 'package']);
  return tiles(numbers.map(([value, noun, rest = '']) => [value, `${noun}${value === 1 ? '' : 's'}${rest}`]));
}

/** @param {Facts} facts */
function languagesSection({ lines, uncounted, skipped, truncated, listed_by, charts }) {
  const unreadable = uncounted.reduce((sum, files) => sum + files, 0);
  const left = [
    ...skipped,
    ...(unreadable > 0 ? [{ reason: 'binary or unreadable', files: unreadable }] : []),
  ];
  return html`<section id="languages">
<h2>Languages</h2>
${
  lines.files === 0
    ? html`<p>No source files were found.</p>`
    : html`<figure>${trusted(charts.languages)}
<figcaption><i class="key code"></i>code <i class="key comment"></i>comments <i class="key blank"></i>blank lines</figcaption></figure>
${table(
  ['Language', 'Files', 'Code', 'Comments', 'Blank'],
  [
    ...lines.languages.map(({ language, files, code, comment, blank }) => [
      language,
      files,
      code,
      comment,
      blank,
    ]),
    ['All', lines.files, lines.code, lines.comment, lines.blank],
  ],
)}
<h3>Largest files</h3>
${table(
  ['File', 'Code', 'Comments', 'Blank'],
  lines.largest.map(({ path, code, comment, blank }) => [path, code, comment, blank]),
)}`
}
<p class="small">Listed by ${listed_by}.
${left.length > 0 && html`Left out: ${left.map(({ reason, files }) => `${formatCount(files)} ${reason}`).join('; ')}.`}
${truncated && html`<strong>There are more files than this report looks at.</strong>`}
A line with code and a comment is code; a docstring is a comment; whatever is not blank in a format without comments, such as
JSON, is code.</p>
</section>`;
}

/**
 * @param {import('../data.js').History} history
 * @param {string} chart
 */
function historySection(history, chart) {
  if (!history.available) {
    return html`<section id="history"><h2>History</h2><p>There is no history to show. ${history.reason}</p></section>`;
  }
  const rest = history.authors.length - MOST_AUTHORS;
  return html`<section id="history">
<h2>History</h2>
<p>From ${day(history.first)} to ${day(history.last)}, merges not counted. ${history.note}</p>
<figure>${trusted(chart)}<figcaption>Commits per ${history.activity.unit}, in UTC</figcaption></figure>
${table(
  ['Author', 'Commits', 'Lines added', 'Lines deleted'],
  history.authors
    .slice(0, MOST_AUTHORS)
    .map(({ name, commits, added, deleted }) => [name, commits, added, deleted]),
)}
${rest > 0 && html`<p class="small">And ${formatCount(rest)} more.</p>`}
</section>`;
}

/**
 * @param {import('../data.js').Dependencies} dependencies
 * @param {string} chart
 */
function dependenciesSection(dependencies, chart) {
  if (!dependencies.available) {
    return html`<section id="dependencies"><h2>Dependencies</h2><p>There are no dependencies to show. ${dependencies.reason}</p></section>`;
  }
  return html`<section id="dependencies">
<h2>Dependencies</h2>
${tiles([
  [dependencies.direct, 'asked for'],
  [dependencies.production, 'for production'],
  [dependencies.development, 'for development'],
  [dependencies.duplicated, 'in several versions'],
])}
<figure>${trusted(chart)}<figcaption>Packages by licence, as package-lock.json states it</figcaption></figure>
</section>`;
}

/** @param {number} time */
const day = (time) => new Date(time).toISOString().slice(0, 10);
