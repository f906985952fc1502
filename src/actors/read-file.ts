import * as fs from 'node:fs/promises';
import { z } from 'zod';
import { ForkchartError } from '../ir/errors.js';
import { fileError } from './file-error.js';
import { defineNode, type NodeDefinition } from './node.js';
import type { Root } from './root.js';

/** Characters that a byte of a file becomes at most. */
const CHARACTERS_PER_BYTE = { utf8: 1, json: 1, base64: 4 / 3 };

/**
 * Reads a text file, or what a JSON file holds.
 *
 * @param resultBytes what a result may have, where a character counts two: a file whose text would count for more is not read
 */
export function readFile(root: Root, resultBytes: number): NodeDefinition {
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
      const largest = Math.floor(resultBytes / (2 * CHARACTERS_PER_BYTE[encoding]));
      const text = await readText(real, shown, largest, encoding === 'base64' ? 'base64' : 'utf8', signal);
      return encoding === 'json' ? parseJson(text, shown) : text;
    },
  });
}

async function readText(
  real: string,
  shown: string,
  largest: number,
  encoding: BufferEncoding,
  signal: AbortSignal,
): Promise<string> {
  try {
    const stats = await fs.stat(real);
    // Opening a pipe would wait for somebody to write to it.
    if (!stats.isFile() && !stats.isDirectory()) throw notRegular(shown);
    if (stats.size > largest) throw tooLarge(shown, stats.size, largest);
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

function tooLarge(shown: string, bytes: number, largest: number): ForkchartError {
  return new ForkchartError(
    'FC5011',
    `\`${shown}\` has ${bytes} bytes, more than the ${largest} that a result has room for.`,
    {
      hint: 'Read large files in a node of your own, and put out what matters of them, or raise `limits.resultBytes`.',
    },
  );
}
