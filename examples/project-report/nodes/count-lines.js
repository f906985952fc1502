import { defineNode } from 'forkchart';
import { z } from 'zod';
import { sourceFile } from '../data.js';

/** Counts the lines of one shard. Reading and matching keep a core busy, so it is done on a worker thread. */
export const countLines = defineNode({
  type: 'count-lines',
  description: 'Counts code, comment and blank lines on a worker thread.',
  params: z.strictObject({ root: z.string(), files: z.array(sourceFile) }),
  effects: 'pure',
  worker: new URL('./count-lines.worker.js', import.meta.url),
});
