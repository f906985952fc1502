import type { Dirent } from 'node:fs';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ForkchartError } from '../ir/errors.js';
import { errnoOf, fileError } from './file-error.js';
import { type Glob, type GlobState, parseGlob } from './glob.js';
import { defineNode, type NodeDefinition } from './node.js';
import type { Root, RootedPath } from './root.js';

/** Files and directories that are looked at, at most: more than that is not what a workflow wants listed. */
const MOST_ENTRIES = 100_000;
/** Left out unless the pattern names them. */
const USUALLY_LEFT_OUT: ReadonlySet<string> = new Set(['node_modules', '.git']);

/**
 * Lists files by a glob pattern. Only directories that the pattern can match in are read. Links to files under the root are
 * listed; links to directories are not followed, so that no walk goes round or leads out.
 */
export function listFiles(root: Root): NodeDefinition {
  return defineNode({
    type: 'list-files',
    description:
      'Gives back the sorted paths of the files that match a glob pattern, as `read-file` takes them.',
    params: z.strictObject({
      pattern: z.string().min(1).describe('A glob such as `src/**/*.{ts,tsx}`, relative to `root`.'),
      root: z
        .string()
        .min(1)
        .default('.')
        .describe('The directory to look in, relative to the root of the runner.'),
    }),
    effects: 'pure',
    async run({ pattern, root: directory }, { signal }) {
      const glob = parseGlob(pattern);
      const top = await root.resolve(directory);
      const found: string[] = [];
      try {
        for await (const file of walk(root, top, glob, signal)) found.push(file);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw fileError(error, 'list', top.shown);
      }
      // By code unit: the same order on every machine, whatever its language.
      return found.sort();
    },
  });
}

interface Pending {
  readonly directory: RootedPath;
  readonly state: GlobState;
}

async function* walk(root: Root, top: RootedPath, glob: Glob, signal: AbortSignal): AsyncGenerator<string> {
  let left = MOST_ENTRIES;
  const pending: Pending[] = [{ directory: top, state: glob.start }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { directory, state } = next;
    for await (const entry of entriesOf(directory, directory === top)) {
      signal.throwIfAborted();
      if (--left < 0) throw tooMany(top.shown);
      const at = below(directory, entry.name);
      if (entry.isDirectory()) {
        const leftOut = USUALLY_LEFT_OUT.has(entry.name) && !glob.named.has(entry.name);
        const inside = leftOut ? null : glob.enter(state, entry.name);
        if (inside !== null) pending.push({ directory: at, state: inside });
      } else if (glob.matches(state, entry.name) && (await isFile(root, entry, at.real))) yield at.shown;
    }
  }
}

/** What is in a directory. One that another node has removed since it was seen is empty. */
async function* entriesOf(directory: RootedPath, mustExist: boolean): AsyncGenerator<Dirent> {
  try {
    yield* await fs.opendir(directory.real);
  } catch (error) {
    if (mustExist || errnoOf(error) !== 'ENOENT') throw fileError(error, 'list', directory.shown);
  }
}

function below({ real, shown }: RootedPath, name: string): RootedPath {
  return { real: join(real, name), shown: shown === '.' ? name : `${shown}/${name}` };
}

async function isFile(root: Root, entry: Dirent, real: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile();
  if (!(await root.holds(real))) return false;
  return fs.stat(real).then(
    (stats) => stats.isFile(),
    () => false,
  );
}

function tooMany(shown: string): ForkchartError {
  return new ForkchartError(
    'FC6007',
    `There are more than ${MOST_ENTRIES} files and directories in \`${shown}\`.`,
    {
      hint: 'Look in a directory further down with `root`, or begin the pattern with the directory that is meant.',
    },
  );
}
