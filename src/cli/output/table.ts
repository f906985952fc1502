import { displayWidth, pad, truncate } from './width.js';

export interface Column {
  readonly title: string;
  readonly align?: 'start' | 'end';
  /** Puts colours on a cell, once it is padded. */
  readonly paint?: (cell: string, row: number) => string;
}

const MAX_CELL = 40;

/** Lines of a table whose columns are as wide as what is in them, at most 40; the last column takes what is left of `width`. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
  paintTitle: (title: string) => string,
): string[] {
  const widths = columns.map((column, index) =>
    Math.min(
      MAX_CELL,
      rows.reduce(
        (widest, row) => Math.max(widest, displayWidth((row[index] ?? '').slice(0, MAX_CELL))),
        displayWidth(column.title),
      ),
    ),
  );
  const last = columns.length - 1;
  const line = (cells: readonly string[], paint: (cell: string, index: number) => string): string => {
    let used = 2;
    const painted = cells.map((cell, index) => {
      const room = index === last ? Math.max(10, width - used) : (widths[index] ?? 0);
      used += room + 2;
      const cut = truncate(cell, room);
      return paint(
        index === last ? cut : pad(cut, room, columns[index]?.align === 'end' ? 'start' : 'end'),
        index,
      );
    });
    return `  ${painted.join('  ')}`.trimEnd();
  };
  return [
    line(
      columns.map((column) => column.title),
      (cell) => paintTitle(cell),
    ),
    ...rows.map((row, at) => line(row, (cell, index) => columns[index]?.paint?.(cell, at) ?? cell)),
  ];
}
