import { digits } from './report.mjs';

const WIDTH = 900;
const HEIGHT = 480;
const PLOT = { left: 70, right: 660, top: 50, bottom: 420 };
const LINE_HEIGHT = 16;

/** forkchart stands out; the floor and forkchart with more to do are dashed, as they are something else than a peer. */
const STYLES = new Map([
  ['floor', { color: '#868e96', width: 2, dashes: '6 4' }],
  ['forkchart', { color: '#e8590c', width: 4, dashes: 'none' }],
  ['forkchart-policies', { color: '#e8590c', width: 2, dashes: '8 3' }],
  ['forkchart-events', { color: '#e8590c', width: 2, dashes: '2 3' }],
]);
const COLORS = ['#1c7ed6', '#2f9e44', '#9c36b5', '#0c8599', '#b08900', '#c2255c', '#5f3dc4'];

/** Microseconds per node over the width of the fan-out, both logarithmic, as SVG: a flat line is linear in all. */
export function drawGrowth({ rows, contestants }) {
  const fanOuts = rows.filter(({ workload }) => workload === 'fan-out');
  const lines = contestants
    .map(({ name, title }, index) => ({ name, title, points: pointsOf(fanOuts, index) }))
    .filter(({ points }) => points.length > 0);
  const peers = lines.filter(({ name }) => !STYLES.has(name)).map(({ name }) => name);
  const styleOf = (name) =>
    STYLES.get(name) ?? { color: COLORS[peers.indexOf(name) % COLORS.length], width: 2, dashes: 'none' };
  const sizes = fanOuts.map(({ size }) => size);
  const values = lines.flatMap(({ points }) => points.map(({ value }) => value));
  const x = logScale(decades(sizes), PLOT.left, PLOT.right);
  const y = logScale(decades(values), PLOT.bottom, PLOT.top);

  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="13">
<title>Microseconds per node over the width of a fan-out</title>
<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>
<text x="${PLOT.left}" y="26" font-size="15" font-weight="600" fill="#212529">Microseconds per node, by width of the fan-out (lower is better)</text>
${x.ticks.map((tick) => verticalTick(x.at(tick), tick)).join('\n')}
${y.ticks.map((tick) => horizontalTick(y.at(tick), tick)).join('\n')}
${lines.map((line) => curve(line, styleOf(line.name), x, y)).join('\n')}
${labels(lines, styleOf, x, y).join('\n')}
</svg>
`;
}

const pointsOf = (fanOuts, index) =>
  fanOuts.flatMap(({ size, figures }) => {
    const { value } = figures[index];
    return value === undefined ? [] : [{ size, value }];
  });

/** From the power of ten at or below the least to that at or above the greatest. */
function decades(values) {
  if (values.length === 0) return { from: 0, to: 1 };
  const from = Math.floor(Math.log10(Math.min(...values)));
  return { from, to: Math.max(from + 1, Math.ceil(Math.log10(Math.max(...values)))) };
}

function logScale({ from, to }, start, end) {
  return {
    ticks: Array.from({ length: to - from + 1 }, (_, index) => 10 ** (from + index)),
    at: (value) => start + ((Math.log10(value) - from) / (to - from)) * (end - start),
  };
}

const verticalTick = (at, tick) =>
  `<line x1="${round(at)}" x2="${round(at)}" y1="${PLOT.top}" y2="${PLOT.bottom}" stroke="#e9ecef"/>` +
  `<text x="${round(at)}" y="${PLOT.bottom + 22}" text-anchor="middle" fill="#495057">${tick.toLocaleString('en-US')}</text>`;

const horizontalTick = (at, tick) =>
  `<line x1="${PLOT.left}" x2="${PLOT.right}" y1="${round(at)}" y2="${round(at)}" stroke="#e9ecef"/>` +
  `<text x="${PLOT.left - 8}" y="${round(at + 4)}" text-anchor="end" fill="#495057">${digits(tick)}</text>`;

function curve({ points }, { color, width, dashes }, x, y) {
  const places = points.map(({ size, value }) => `${round(x.at(size))},${round(y.at(value))}`);
  const dots = places.map((place) => {
    const [cx, cy] = place.split(',');
    return `<circle cx="${cx}" cy="${cy}" r="${width + 1}" fill="${color}"/>`;
  });
  const path = `<polyline points="${places.join(' ')}" fill="none" stroke="${color}" stroke-width="${width}" stroke-dasharray="${dashes}"/>`;
  return path + dots.join('');
}

/** Each name beside the plot, at the height of its line's end or as near as the others leave room, with its last figure. */
function labels(lines, styleOf, x, y) {
  const placed = lines
    .map(({ name, title, points }) => ({ name, title, last: points.at(-1) }))
    .sort((a, b) => y.at(a.last.value) - y.at(b.last.value));
  const tops = [];
  for (const { last } of placed) {
    tops.push(Math.max(y.at(last.value), (tops.at(-1) ?? Number.NEGATIVE_INFINITY) + LINE_HEIGHT));
  }
  // Pushed down past the end, they all move up by as much.
  const excess = Math.max(0, (tops.at(-1) ?? 0) - PLOT.bottom);
  return placed.map(({ name, title, last }, index) => {
    const at = tops[index] - excess;
    const { color } = styleOf(name);
    const from = `${round(x.at(last.size) + 6)},${round(y.at(last.value))}`;
    const where = last.size === Math.max(...lines.flatMap(({ points }) => points.map(({ size }) => size)));
    const text = `${title} ${digits(last.value)}${where ? '' : ` (at ${last.size.toLocaleString('en-US')})`}`;
    return (
      `<polyline points="${from} ${PLOT.right + 22},${round(at)}" fill="none" stroke="${color}" stroke-opacity="0.4"/>` +
      `<text x="${PLOT.right + 26}" y="${round(at + 4)}" fill="${color}"${name === 'forkchart' ? ' font-weight="600"' : ''}>${text}</text>`
    );
  });
}

const round = (value) => Math.round(value * 10) / 10;
