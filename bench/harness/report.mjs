/** A run that leaves less than this behind, in bytes, leaves nothing: a heap is never quite the same twice. */
const FLAT_BYTES = 64;

/** An idle machine has a few such measurements; where there are more, the report says so. */
const BUSY_SHARE = 0.1;

/** The report as Markdown. What it says of figures follows from them alone: nothing in it is written by hand. */
export function writeReport(results) {
  const { rows, contestants } = results;
  const notes = makeNotes();
  const floor = contestants.findIndex(({ name }) => name === 'floor');
  const ours = contestants.findIndex(({ name }) => name === 'forkchart');
  const titles = contestants.map(({ title }) => title);
  const sections = [
    heading(results),
    section(
      'Microseconds per node, or per item',
      table(
        ['', ...titles],
        rows.map((row) => [row.title, ...row.figures.map((one) => cell(one, results, notes))]),
      ),
    ),
    floor === -1
      ? ''
      : ratios('Times the floor', FLOOR, results, (row, one) => one.value / row.figures[floor].value),
    ours === -1
      ? ''
      : ratios('Times forkchart', OURS, results, (row, one) => one.value / row.figures[ours].value),
    section('Growth and memory', `${COSTS}\n\n${costsTable(results, notes)}`),
    section('How each was written', contestantsTable(contestants)),
    notes.all().length === 0 ? '' : section('No figure', notes.all().join('\n')),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

const FLOOR =
  'How many times as long as `Promise.all` by hand. This is what an orchestrator costs, whatever its nodes do.';
const OURS = 'How many times as long as forkchart: above 1 it is slower than forkchart, below 1 faster.';
const COSTS = `The growth is the exponent of the time of a whole fan-out over its width, by least squares in log-log: 1 is linear, 2 quadratic, and below 1 is
what is paid once. Bytes are of heap after garbage collection: per branch of a fan-out while all are under way, and after its end; and
per run that stays after many small runs, where less than ${FLAT_BYTES} is shown as flat. What is made once, before the first run, is
microseconds of wall time per node of the widest fan-out that there is a figure for.`;

function heading({ quick, rounds, limitMs, clock, machine, quality }) {
  const clocks = {
    wall: 'wall time',
    cpu: 'processor time of the whole process (where nodes wait for 5 ms: wall time)',
  };
  const variation =
    rounds === 1
      ? `Figures are of one round of ${clocks[clock]}, which does not show how far they vary.`
      : `Figures are medians of ${rounds} rounds of ${clocks[clock]}; the rounds differ by ${percent(quality.spread)} (median).`;
  const lines = [
    '# Benchmarks',
    'Made by `npm run bench`. What is measured, how, and what it does not say: [bench/README.md](../bench/README.md).',
    `${machine}. ${quick ? 'Quick: small sizes, hardly warm. ' : ''}${variation} ` +
      `\`> ${limitMs / 1000} s\`: cut off then, or at a smaller size already.`,
  ];
  if (quality.busy > BUSY_SHARE) {
    lines.push(
      `**The machine had other work to do:** in ${percent(quality.busy)} of the measurements the process waited for a processor for a ` +
        'fifth of the time or more. Such figures are too high, some by a factor: measure again when it is idle.',
    );
  }
  return [...lines, '![Microseconds per node over the width of a fan-out](benchmarks.svg)'].join('\n\n');
}

function ratios(title, text, { contestants, rows }, ratioOf) {
  const body = rows.map((row) => [
    row.title,
    ...row.figures.map((one) => {
      const ratio = ratioOf(row, one);
      return Number.isFinite(ratio) ? times(ratio) : '';
    }),
  ]);
  return section(title, `${text}\n\n${table(['', ...contestants.map((one) => one.title)], body)}`);
}

function costsTable(results, notes) {
  const { contestants, costs } = results;
  const shown = (figure) => (figure === undefined ? '' : cell(figure, results, notes));
  const body = contestants.map(({ title }, index) => {
    const { growth, live, finished, growthPerRun, prepare } = costs[index];
    const exponent = growth.exponent === null ? '' : `${growth.exponent.toFixed(2)} up to ${growth.upTo}`;
    const flat = growthPerRun?.value < FLAT_BYTES;
    return [
      title,
      exponent,
      shown(live),
      shown(finished),
      flat ? 'flat' : shown(growthPerRun),
      shown(prepare),
    ];
  });
  return table(['', 'growth', 'bytes live', 'bytes after', 'bytes per run', 'made once'], body);
}

const contestantsTable = (contestants) =>
  table(
    ['', 'version', 'written as'],
    contestants.map(({ title, versions, how }) => [title, versions.join(', '), how]),
    '---',
  );

/** A figure, or why there is none: the reason of a failure goes into the notes. */
function cell(figure, { limitMs }, notes) {
  if (figure.failure !== undefined) return `failed [${notes.add(figure.failure)}]`;
  return figure.cutOff ? `> ${limitMs / 1000} s` : digits(figure.value);
}

/** Reasons by number, each once. */
function makeNotes() {
  const reasons = [];
  return {
    add(reason) {
      if (!reasons.includes(reason)) reasons.push(reason);
      return reasons.indexOf(reason) + 1;
    },
    all: () => reasons.map((text, index) => `${index + 1}. ${text}`),
  };
}

const section = (title, text) => `## ${title}\n\n${text}`;

function table(head, body, columns = '---:') {
  const line = (cells) => `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = head.map((_, index) => (index === 0 ? '---' : columns));
  return [line(head), line(rule), ...body.map(line)].join('\n');
}

/** Of what is far below 1, the other way round is easier to read than zeros. */
const times = (ratio) => (ratio < 0.1 ? `1/${digits(1 / ratio)}` : digits(ratio));

const percent = (share) => `${Math.round(share * 100)} %`;

/** Three digits that count, without an exponent. */
export function digits(value) {
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString('en-US');
  if (size < 0.005) return '0';
  return Number(value.toPrecision(3)).toString();
}
