/** Charts as SVG. They take their colours from the page's style sheet (page.js), and so follow its light or dark scheme. */
import { html } from './markup.js';

export const WIDTH = 760;
export const LABEL_WIDTH = 150;
export const NOTE_WIDTH = 190;
export const ROW = 28;
const BAR = 18;

/** @param {number} value */
export const formatCount = (value) => value.toLocaleString('en-US');

/**
 * @param {string} text
 * @param {number} length
 */
export const shorten = (text, length) => {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
};

/**
 * One bar a row, from left to right, each of one or more parts.
 *
 * @param {string} title
 * @param {readonly { label: string, note: string, parts: readonly { className: string, name: string, value: number }[] }[]} rows
 * @returns {string} SVG
 */
export function horizontalBars(title, rows) {
  const total = (/** @type {typeof rows[number]} */ row) =>
    row.parts.reduce((sum, { value }) => sum + value, 0);
  const longest = Math.max(1, ...rows.map(total));
  const scale = (WIDTH - LABEL_WIDTH - NOTE_WIDTH) / longest;
  const drawn = rows.map((row, index) => {
    let x = LABEL_WIDTH;
    const bars = row.parts.map(({ className, name, value }) => {
      const width = value * scale;
      const bar = html`<rect class="${className}" x="${round(x)}" y="${index * ROW + 5}" width="${round(width)}" height="${BAR}"><title>${row.label}: ${formatCount(value)} ${name}</title></rect>`;
      x += width;
      return bar;
    });
    const baseline = index * ROW + 18.5;
    return html`<text x="${LABEL_WIDTH - 10}" y="${baseline}" text-anchor="end">${shorten(row.label, 20)}</text>${bars}<text class="note" x="${round(x + 8)}" y="${baseline}">${row.note}</text>`;
  });
  return drawing(title, rows.length * ROW + 2, drawn);
}

/**
 * One column for each period, from the left, with the first and the last of them named.
 *
 * @param {string} title
 * @param {readonly { label: string, value: number, name: string }[]} columns
 * @returns {string} SVG
 */
export function columns(title, columns) {
  const [height, top, left] = [180, 22, 40];
  const highest = Math.max(1, ...columns.map(({ value }) => value));
  // Wide enough for the names of the first and the last of only two.
  const step = Math.min(120, (WIDTH - left) / columns.length);
  const width = Math.min(48, step * 0.8);
  const bottom = top + height;
  const bars = columns.map(({ label, value, name }, index) => {
    const size = (value / highest) * height;
    return html`<rect class="code" x="${round(left + index * step)}" y="${round(bottom - size)}" width="${round(width)}" height="${round(size)}"><title>${label}: ${formatCount(value)} ${name}</title></rect>`;
  });
  const grid = [...new Set([highest, Math.round(highest / 2), 0])].map((value) => {
    const y = round(bottom - (value / highest) * height);
    return html`<line class="grid" x1="${left}" x2="${WIDTH}" y1="${y}" y2="${y}"/><text class="note" x="${left - 8}" y="${y + 4}" text-anchor="end">${formatCount(value)}</text>`;
  });
  const first = columns[0]?.label;
  const last = columns.length > 1 ? columns.at(-1)?.label : undefined;
  const axis = html`<text class="note" x="${left}" y="${bottom + 18}">${first}</text><text class="note" x="${round(left + columns.length * step)}" y="${bottom + 18}" text-anchor="end">${last}</text>`;
  return drawing(title, bottom + 24, [...grid, ...bars, axis]);
}

/**
 * @param {string} title what it shows, for those who do not see it
 * @param {number} height
 * @param {unknown} content
 * @returns {string} SVG
 */
export const drawing = (title, height, content) =>
  String(
    html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${round(height)}" role="img"><title>${title}</title>${content}</svg>`,
  );

/** Tenths of a pixel are fine enough. @param {number} value */
export const round = (value) => Math.round(value * 10) / 10;
