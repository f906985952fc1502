import { lstat, readdir, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { defineNode } from 'forkchart';
import { z } from 'zod';
import { git } from '../git.js';
import { languageOf } from '../languages.js';

const MAX_FILES = 20_000;
const MAX_BYTES = 1024 * 1024;
const GENERATED_FOLDERS = new Set([
  '.git',
  'node_modules',
  'bower_components',
  'dist',
  'build',
  'target',
  '__pycache__',
]);
const LOCK_FILES = new Set(['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'composer.lock']);

/** Lists the source files under a directory, dealt into shards that hold about the same number of bytes. */
export const listSources = defineNode({
  type: 'list-sources',
  description: 'Lists the source files under a directory, in shards of about equal size.',
  params: z.strictObject({ directory: z.string(), shards: z.int().min(1).max(64) }),
  effects: 'pure',
  async run({ directory, shards }, { signal, progress }) {
    const root = await realpath(directory);
    // What git knows of, or would add, is the project without what it generates.
    const known = await git(root, ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], signal);
    const listed = known.ok ? [...new Set(known.output.split('\0').slice(0, -1))] : [];
    const paths = listed.length > 0 ? listed.slice(0, MAX_FILES) : await walk(root, signal);
    progress(0, paths.length);

    const looked = await Promise.all(paths.sort().map((path) => look(root, path)));
    const files = looked.flatMap((found) => ('path' in found ? [found] : []));
    const beyond = Math.max(0, listed.length - MAX_FILES);
    const reasons = looked.flatMap((found) => ('reason' in found ? [found.reason] : []));
    progress(paths.length, paths.length);
    return {
      root,
      name: basename(root),
      listed_by: listed.length > 0 ? 'git' : 'directory walk',
      truncated: beyond > 0 || (listed.length === 0 && paths.length === MAX_FILES),
      files: files.length,
      skipped: tally(
        beyond > 0 ? [...reasons, ...Array(beyond).fill(`beyond the first ${MAX_FILES}`)] : reasons,
      ),
      shards: deal(files, shards),
    };
  },
});

/**
 * Every file under `root`, but for folders that hold what is generated or installed. Symbolic links are not followed.
 *
 * @param {string} root
 * @param {AbortSignal} signal
 */
async function walk(root, signal) {
  /** @type {string[]} */
  const paths = [];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    signal.throwIfAborted();
    for (const entry of await readdir(join(root, folder), { withFileTypes: true }).catch(() => [])) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (!entry.isDirectory()) paths.push(path);
      else if (!GENERATED_FOLDERS.has(entry.name)) folders.push(path);
      if (paths.length === MAX_FILES) return paths;
    }
  }
  return paths;
}

/**
 * @param {string} root
 * @param {string} path
 * @returns {Promise<import('../data.js').SourceFile | { reason: string }>}
 */
async function look(root, path) {
  const language = languageOf(path);
  if (LOCK_FILES.has(basename(path))) return { reason: 'lock file' };
  if (language === undefined) return { reason: 'not in a language that is counted' };
  const stats = await lstat(join(root, path)).catch(() => null);
  if (stats === null) return { reason: 'cannot be read' };
  if (!stats.isFile()) return { reason: 'not a regular file' };
  if (stats.size > MAX_BYTES) return { reason: 'larger than 1 MB' };
  return { path, language, bytes: stats.size };
}

/**
 * Largest first, each to the shard that has the least so far: no thread is left with all the work.
 *
 * @param {readonly import('../data.js').SourceFile[]} files
 * @param {number} count
 */
function deal(files, count) {
  const shards = Array.from({ length: count }, () => ({
    bytes: 0,
    files: /** @type {typeof files[number][]} */ ([]),
  }));
  for (const file of [...files].sort((a, b) => b.bytes - a.bytes)) {
    const least = shards.reduce((a, b) => (b.bytes < a.bytes ? b : a));
    least.files.push(file);
    least.bytes += file.bytes;
  }
  return shards.map((shard) => shard.files);
}

/**
 * @param {readonly string[]} reasons
 * @returns {import('../data.js').Skipped[]}
 */
function tally(reasons) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, files]) => ({ reason, files })).sort((a, b) => b.files - a.files);
}
