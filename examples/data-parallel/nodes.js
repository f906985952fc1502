import { readFile } from 'node:fs/promises';
import { defineNode } from 'forkchart';
import { z } from 'zod';

/** Knows nothing of batches: it looks at one file. */
const countImports = defineNode({
  type: 'count-imports',
  description: 'Counts the import statements of a source file.',
  params: z.strictObject({ path: z.string() }),
  effects: 'pure',
  run: async ({ path }, { signal }) => {
    const text = await readFile(path, { encoding: 'utf8', signal });
    return { path, imports: text.match(/^import\s/gm)?.length ?? 0 };
  },
});

export const nodes = [countImports];
