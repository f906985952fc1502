import { z } from 'zod';
import { defineNode } from './node.js';

/** Gives back its `value`: for trying things out, and for naming a value that others use. */
export const echo = defineNode({
  type: 'echo',
  description: 'Gives back `value`, `null` if there is none.',
  params: z.strictObject({ value: z.unknown().optional().describe('Any JSON value.') }),
  effects: 'pure',
  run: ({ value }) => value ?? null,
});
