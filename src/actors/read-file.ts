import * as fs from 'node:fs/promises';
import { z } from 'zod';
import { ForkchartError } from '../ir/errors.js';
import { fileError } from './file-error.js';
import { defineNode, type NodeDefinition } from './node.js';
import type { Root } from './root.js';

/** Bytes of the largest file that is read: what is larger would not be accepted as a result either. */
const LARGEST_FILE = 64 * 1024 * 1024;

/** Reads a text file, or what a JSON file holds. */
export function readFile(root: Root): NodeDefinition {
  return defineNode({
    type: 'read-file',
    description: 'Gives back the text of a file, or what its JSON says.',
    params: z.strictObject({
      path: z.string().min(1).describe('Relative to the root of the runner.'),
      encoding: z
        .enum(['utf8', 'json', 'base64'])
        .default('utf8')
        .describe('How to give back the content: as text, as what its JSON says, or its bytes in base64.'),
    }),
    effects: 'pure',
    async run({ path, encoding }, { signal }) {
      const { real, shown } = await root.resolve(path);
      const text = await readText(real, shown, encoding === 'base64' ? 'base64' : 'utf8', signal);
      return encoding === 'json' ? parseJson(text, shown) : text;
    },
  });
}

async function readText(
  real: string,
  shown: string,
  encoding: BufferEncoding,
  signal: AbortSignal,
): Promise<string> {
  try {
    const stats = await fs.stat(real);
    // Opening a pipe would wait for somebody to write to it.
    if (!stats.isFile() && !stats.isDirectory()) throw notRegular(shown);
    if (stats.size > LARGEST_FILE) throw tooLarge(shown, stats.size);
    return await fs.readFile(real, { encoding, signal });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw fileError(error, 'read', shown);
  }
}

function parseJson(text: string, shown: string): unknown {
  try {
    // Some editors begin a file with a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new ForkchartError('FC6004', `\`${shown}\` is not JSON: ${(error as Error).message}.`, {
      hint: 'Leave `encoding` out to read it as text.',
    });
  }
}

function notRegular(shown: string): ForkchartError {
  return new ForkchartError('FC6004', `Cannot read \`${shown}\`: it is not a regular file.`, {
    hint: 'Pipes, sockets and devices are not read.',
  });
}

function tooLarge(shown: string, bytes: number): ForkchartError {
  return new ForkchartError('FC5011', `\`${shown}\` has ${bytes} bytes, more than ${LARGEST_FILE}.`, {
    hint: 'Read large files in a node of your own, and put out what matters of them.',
  });
}
