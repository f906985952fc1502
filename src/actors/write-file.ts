import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { ForkchartError } from '../ir/errors.js';
import { jsonValue } from '../ir/schema/building-blocks.js';
import { fileError } from './file-error.js';
import { defineNode, type NodeDefinition } from './node.js';
import type { Root } from './root.js';

/** Writes a text file whole or not at all, and makes the directories that it is to be in. */
export function writeFile(root: Root): NodeDefinition {
  return defineNode({
    type: 'write-file',
    description: 'Writes `content` to a file and gives back its `path` and size in `bytes`.',
    params: z.strictObject({
      path: z.string().min(1).describe('Relative to the root of the runner; directories are made as needed.'),
      content: jsonValue.describe('A text as it is; anything else as indented JSON.'),
    }),
    effects: 'idempotent',
    async run({ path, content }, { signal }) {
      const { real, shown } = await root.resolve(path);
      // The file that is written first stands beside this one, which would be outside.
      if (shown === '.') {
        throw new ForkchartError('FC6004', `Cannot write \`${path}\`: it is the root itself.`, {
          hint: 'Name a file below it.',
        });
      }
      const text = typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`;
      try {
        await fs.mkdir(dirname(real), { recursive: true });
        await replaceFile(real, text, signal);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw fileError(error, 'write', shown);
      }
      return { path: shown, bytes: Buffer.byteLength(text) };
    },
  });
}

/** Writes to another name first: who reads the file meanwhile, or after a crash, sees all of the old text or all of the new. */
async function replaceFile(file: string, text: string, signal: AbortSignal): Promise<void> {
  const partial = `${file}.${randomBytes(6).toString('hex')}.partial`;
  try {
    await fs.writeFile(partial, text, { signal, flag: 'wx' });
    signal.throwIfAborted();
    await fs.rename(partial, file);
  } catch (error) {
    await fs.rm(partial, { force: true });
    throw error;
  }
}
