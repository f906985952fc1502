/** A place in a text as editors count it, from 1. */
export interface TextPosition {
  readonly line: number;
  /** In UTF-16 code units. */
  readonly column: number;
}

/** Line and column of an offset. Lines end with LF, CR LF or CR. */
export function positionOf(text: string, offset: number): TextPosition {
  let line = 1;
  let start = 0;
  for (let i = 0; i < offset; i++) {
    const unit = text.charCodeAt(i);
    if (unit !== 0x0a && (unit !== 0x0d || text.charCodeAt(i + 1) === 0x0a)) continue;
    line++;
    start = i + 1;
  }
  return { line, column: offset - start + 1 };
}
