import { defineNode } from 'forkchart';
import { z } from 'zod';
import { columns } from '../charts.js';
import { history } from '../data.js';

/** Draws commits over time; the empty text where there is no history. */
export const drawActivity = defineNode({
  type: 'draw-activity',
  description: 'Draws commits over time, as SVG.',
  params: z.strictObject({ history }),
  effects: 'pure',
  run: ({ history }) =>
    history.available
      ? columns(
          `Commits per ${history.activity.unit}`,
          history.activity.periods.map(({ from, commits }) => ({
            label: formatTime(from, history.activity.unit),
            value: commits,
            name: commits === 1 ? 'commit' : 'commits',
          })),
        )
      : '',
});

/**
 * @param {number} time
 * @param {string} unit
 */
const formatTime = (time, unit) =>
  new Date(time)
    .toISOString()
    .slice(0, unit === 'hour' ? 16 : 10)
    .replace('T', ' ');
