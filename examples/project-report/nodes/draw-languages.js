import { defineNode } from 'forkchart';
import { z } from 'zod';
import { formatCount, horizontalBars } from '../charts.js';
import { lineTotals } from '../data.js';

const MOST = 12;

/** Draws the lines of each language as a bar: code, comments and blank lines. */
export const drawLanguages = defineNode({
  type: 'draw-languages',
  description: 'Draws lines of code, comment and blank lines by language, as SVG.',
  params: z.strictObject({ lines: lineTotals }),
  effects: 'pure',
  run: ({ lines }) =>
    horizontalBars(
      'Lines by language',
      lines.languages.slice(0, MOST).map(({ language, files, code, comment, blank }) => ({
        label: language,
        note: `${formatCount(code)} in ${formatCount(files)} ${files === 1 ? 'file' : 'files'}`,
        parts: [
          { className: 'code', name: 'lines of code', value: code },
          { className: 'comment', name: 'lines of comment', value: comment },
          { className: 'blank', name: 'blank lines', value: blank },
        ],
      })),
    ),
});
