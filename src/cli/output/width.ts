const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const WIDE =
  /^(?:\p{Emoji_Presentation}|\p{Regional_Indicator}|.\ufe0f|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}])/u;

/** Columns that `text` takes on a terminal. `text` holds no escape sequences: colours are put on afterwards. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/** Cuts `text` down to `width` columns, with an ellipsis where something was cut off. */
export function truncate(text: string, width: number): string {
  // Longer text is cut first: a result of a megabyte is not worth measuring.
  const start = text.slice(0, Math.max(0, width) * 8 + 8);
  if (start.length === text.length && displayWidth(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes.segment(start)) {
    const columns = WIDE.test(segment) ? 2 : 1;
    if (used + columns > width - 1) break;
    kept += segment;
    used += columns;
  }
  return width < 1 ? '' : `${kept}…`;
}

/** Fills `text` up to `width` columns with blanks, on its right or (`start`) on its left. */
export function pad(text: string, width: number, side: 'end' | 'start' = 'end'): string {
  const blanks = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return side === 'end' ? text + blanks : blanks + text;
}
