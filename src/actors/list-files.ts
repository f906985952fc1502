import type { Dirent } from 'node:fs';
import * as fs from 'node:fs/promises';
import path from 'node:path';
import picomatch from 'picomatch';
import { z } from 'zod';
import { ForkchartError } from '../ir/errors.js';
import { defineNode, type NodeDefinition } from './node.js';
import { fileError, type Root } from './root.js';

/** A directory with more entries than this is not what a workflow wants listed. */
const MOST_ENTRIES = 100_000;
/** Left out unless the pattern names them. */
const USUALLY_LEFT_OUT = ['node_modules', '.git'];

/** Lists files by a glob pattern. Links are listed where they lead to a file, and never walked into. */
export function listFiles(root: Root): NodeDefinition {
  return defineNode({
    type: 'list-files',
    description:
      'Gives back the sorted paths of the files that match a glob pattern, relative to the root of the run.',
    params: z.strictObject({
      pattern: z.string().min(1).max(1000).describe('A glob such as `src/**/*.ts`.'),
      root: z
        .string()
        .min(1)
        .default('.')
        .describe('The directory to look in, relative to the root of the run.'),
    }),
    effects: 'pure',
    async run({ pattern, root: directory }, { signal }) {
      try {
        const top = await root.resolve(directory);
        const matches = picomatch(pattern, { dot: pattern.includes('/.') || pattern.startsWith('.') });
        const leftOut = new Set(USUALLY_LEFT_OUT.filter((name) => !pattern.includes(name)));
        const found: string[] = [];
        for await (const file of walk(top, leftOut, signal)) if (matches(file)) found.push(file);
        return found.sort();
      } catch (error) {
        throw signal.aborted ? signal.reason : fileError(error, 'list', directory);
      }
    },
  });
}

/** Every file below `top`, relative to it, with forward slashes. */
async function* walk(top: string, leftOut: ReadonlySet<string>, signal: AbortSignal): AsyncGenerator<string> {
  let entries = 0;
  const pending = [''];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for await (const entry of await fs.opendir(path.join(top, directory))) {
      signal.throwIfAborted();
      if (++entries > MOST_ENTRIES) {
        throw new ForkchartError('FC1006', `There are more than ${MOST_ENTRIES} files and directories.`, {
          hint: 'List a directory further down: `params.root`.',
        });
      }
      const relative = directory === '' ? entry.name : `${directory}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!leftOut.has(entry.name)) pending.push(relative);
      } else if (await isFile(entry, path.join(top, relative), top)) yield relative;
    }
  }
}

async function isFile(entry: Dirent, full: string, top: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile();
  try {
    const real = await fs.realpath(full);
    return !path.relative(top, real).startsWith('..') && (await fs.stat(real)).isFile();
  } catch {
    return false;
  }
}
