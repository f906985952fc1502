/** HTML and SVG from template literals. Whatever is put in is text, unless it is markup already. */

/** Text that is HTML or SVG. */
class Markup {
  /** @param {string} source */
  constructor(source) {
    this.source = source;
  }

  toString() {
    return this.source;
  }
}

/**
 * @example
 * String(html`<p>${'<script>'}</p>`); // '<p>&lt;script&gt;</p>'
 *
 * @param {TemplateStringsArray} strings
 * @param {...unknown} values lists are joined; null, undefined and false are left out
 */
export const html = (strings, ...values) => new Markup(String.raw({ raw: strings }, ...values.map(render)));

/**
 * Takes a string as markup, without escaping it: only for what `html` made before.
 *
 * @param {string} source
 */
export const trusted = (source) => new Markup(source);

/**
 * @param {unknown} value
 * @returns {string}
 */
function render(value) {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Markup) return value.source;
  if (Array.isArray(value)) return value.map(render).join('');
  return escapeText(String(value));
}

/** @type {Readonly<Record<string, string>>} */
const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/**
 * A file name may hold control characters, signs that turn the writing direction around, and halves of surrogate pairs: they
 * are shown as what they are, something that cannot be shown.
 *
 * @param {string} text
 */
const escapeText = (text) =>
  text
    .replace(/[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
