import * as fs from 'node:fs/promises';
import { z } from 'zod';
import { ForkchartError } from '../ir/errors.js';
import { defineNode, type NodeDefinition } from './node.js';
import { fileError, type Root } from './root.js';

/** Reads a text file, or a JSON file as what it holds. */
export function readFile(root: Root): NodeDefinition {
  return defineNode({
    type: 'read-file',
    description: 'Gives back the text of a file, or what its JSON says.',
    params: z.strictObject({
      path: z.string().min(1).describe('Relative to the root of the run.'),
      encoding: z.enum(['utf8', 'json', 'base64']).default('utf8').describe('`json` parses the file.'),
    }),
    effects: 'pure',
    async run({ path, encoding }, { signal }) {
      const text = await root
        .resolve(path)
        .then((real) => fs.readFile(real, { encoding: encoding === 'base64' ? 'base64' : 'utf8', signal }))
        .catch((error) => {
          throw signal.aborted ? signal.reason : fileError(error, 'read', path);
        });
      return encoding === 'json' ? parseJson(text, path) : text;
    },
  });
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ForkchartError('FC6004', `\`${path}\` is not JSON: ${(error as Error).message}.`, {
      hint: 'Leave `encoding` out to read it as text.',
    });
  }
}
