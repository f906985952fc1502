import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { defineNode, type NodeDefinition } from './node.js';
import { fileError, type Root } from './root.js';

/** Writes a text file whole or not at all: to another name first, then renamed. */
export function writeFile(root: Root): NodeDefinition {
  return defineNode({
    type: 'write-file',
    description: 'Writes `content` to a file and gives back its path and size.',
    params: z.strictObject({
      path: z.string().min(1).describe('Relative to the root of the run; directories are made as needed.'),
      content: z.json().describe('Text as it is; anything else as indented JSON.'),
    }),
    effects: 'idempotent',
    async run({ path, content }, { signal }) {
      const text = typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`;
      try {
        const real = await root.resolve(path);
        await fs.mkdir(dirname(real), { recursive: true });
        const partial = `${real}.${randomBytes(6).toString('hex')}.partial`;
        try {
          await fs.writeFile(partial, text, { signal, flag: 'wx' });
          await fs.rename(partial, real);
        } finally {
          await fs.rm(partial, { force: true });
        }
        return { path: root.show(real), bytes: Buffer.byteLength(text) };
      } catch (error) {
        throw signal.aborted ? signal.reason : fileError(error, 'write', path);
      }
    },
  });
}
