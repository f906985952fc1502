import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { defineNode } from 'forkchart';
import { z } from 'zod';

const file = z.strictObject({ path: z.string(), bytes: z.number(), content: z.string() });

const read = defineNode({
  type: 'read',
  params: z.strictObject({ path: z.string() }),
  effects: 'pure',
  run: async ({ path }, { signal }) => {
    const content = await readFile(path, { signal });
    return { path, bytes: content.length, content: content.toString('base64') };
  },
});

const compress = defineNode({
  type: 'compress',
  params: z.strictObject({ file }),
  effects: 'pure',
  run: async ({ file: { path, bytes, content } }) => {
    const packed = await promisify(gzip)(Buffer.from(content, 'base64'));
    return { path, bytes, content: packed.toString('base64') };
  },
});

const hash = defineNode({
  type: 'hash',
  params: z.strictObject({ file }),
  effects: 'pure',
  run: ({ file: { path, bytes, content } }) => {
    const packed = Buffer.from(content, 'base64');
    return { path, bytes, packed: packed.length, sha256: createHash('sha256').update(packed).digest('hex') };
  },
});

export const nodes = [read, compress, hash];
