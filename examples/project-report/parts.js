/** Parts that sections of the page are made of. */
import { formatCount } from './charts.js';
import { html } from './markup.js';

/**
 * Numbers that stand for themselves.
 *
 * @param {readonly (readonly [value: number, label: string])[]} entries
 */
export const tiles = (entries) =>
  html`<dl class="tiles">${entries.map(([value, label]) => html`<div><dt>${label}</dt><dd>${formatCount(value)}</dd></div>`)}</dl>`;

/**
 * A table; the first cell of each row names it.
 *
 * @param {readonly string[]} head
 * @param {readonly (readonly (string | number)[])[]} rows
 */
export const table = (head, rows) => html`<div class="wide"><table>
<thead><tr>${head.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>${rows.map(([name, ...cells]) => html`<tr><th scope="row">${name}</th>${cells.map(cell)}</tr>\n`)}</tbody>
</table></div>`;

/** @param {string | number} value */
const cell = (value) => html`<td>${typeof value === 'number' ? formatCount(value) : value}</td>`;
