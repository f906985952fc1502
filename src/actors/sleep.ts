import { z } from 'zod';
import { defineNode } from './node.js';

/** Waits on the run's clock, and stops at once when it is cancelled. */
export const sleep = defineNode({
  type: 'sleep',
  description: 'Gives back `value` after `ms` milliseconds.',
  params: z.strictObject({
    ms: z.number().min(0).describe('Milliseconds to wait.'),
    value: z.unknown().optional().describe('Any JSON value; `null` if there is none.'),
  }),
  effects: 'pure',
  async run({ ms, value }, ctx) {
    await ctx.sleep(ms);
    return value ?? null;
  },
});
