import { z } from 'zod';
import { ForkchartError } from '../ir/errors.js';
import { defineNode } from './node.js';

/** Fails on purpose, to see what a workflow does about it. */
export const fail = defineNode({
  type: 'fail',
  description: 'Fails the first `times` attempts, then gives back `value`.',
  params: z.strictObject({
    times: z.int().min(0).optional().describe('How many attempts fail; every one if left out.'),
    message: z.string().optional().describe('What the failure says.'),
    value: z.unknown().optional().describe('Any JSON value; `null` if there is none.'),
  }),
  effects: 'pure',
  run({ times, message, value }, { node, attempt }) {
    if (times !== undefined && attempt > times) return value ?? null;
    throw new ForkchartError(
      'FC6001',
      message ?? `\`${node}\` failed on attempt ${attempt}, as it was asked to.`,
      {
        hint: 'This is what a `fail` node is for; `params.times` says how many attempts fail.',
      },
    );
  },
});
