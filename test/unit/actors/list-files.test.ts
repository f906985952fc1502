import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listFiles } from '../../../src/actors/list-files.js';
import { createRoot } from '../../../src/actors/root.js';
import { directoryWith } from './directory.js';
import { failureOf, runNode } from './node-context.js';

const list = (root: string, pattern: string, more: object = {}, signal?: AbortSignal) =>
  runNode(listFiles(createRoot(root)), { pattern, ...more }, signal === undefined ? {} : { signal });
const empty = (...paths: readonly string[]) => Object.fromEntries(paths.map((path) => [path, '']));

describe('list-files', () => {
  it('gives back sorted paths with forward slashes', async () => {
    const root = await directoryWith(empty('b.ts', 'a/z.ts', 'a/b/y.ts', 'B.ts', 'a/b/y.js'));
    expect(await list(root, '**/*.ts')).toEqual(['B.ts', 'a/b/y.ts', 'a/z.ts', 'b.ts']);
  });

  it('matches below `root`, and gives back paths that other file nodes take', async () => {
    const root = await directoryWith(empty('src/a.ts', 'src/x/b.ts', 'c.ts'));
    expect(await list(root, '**/*.ts', { root: 'src' })).toEqual(['src/a.ts', 'src/x/b.ts']);
    expect(await list(root, '*.ts', { root: './src/x/..' })).toEqual(['src/a.ts']);
  });

  it('finds nothing in an empty directory, and lists no directories', async () => {
    const root = await directoryWith(empty('dir/sub/file'));
    expect(await list(root, '*')).toEqual([]);
    expect(await list(await directoryWith(), '**')).toEqual([]);
  });

  it('leaves `node_modules` and `.git` out unless the pattern names them', async () => {
    const root = await directoryWith(
      empty('a.js', 'node_modules/m/a.js', 'x/node_modules/a.js', '.git/config', '.gitignore'),
    );
    expect(await list(root, '**/*.js')).toEqual(['a.js']);
    expect(await list(root, 'node_modules/**/*.js')).toEqual(['node_modules/m/a.js']);
    expect(await list(root, '**/node_modules/*.js')).toEqual(['x/node_modules/a.js']);
    expect(await list(root, '.git*')).toEqual(['.gitignore']);
    expect(await list(root, '.git/*')).toEqual(['.git/config']);
  });

  it('takes names as they are', async () => {
    const names = ['__proto__', 'constructor', 'a b', '${x}', '<script>', 'é', '#x'];
    const root = await directoryWith(empty(...names));
    expect(await list(root, '*')).toEqual([...names].sort());
  });

  it('lists links to files under the root, even outside of the directory that it looks in', async () => {
    const root = await directoryWith(empty('data/a.txt', 'links/own.txt'));
    await fs.symlink('../data/a.txt', join(root, 'links/a.txt'));
    await fs.symlink('nowhere', join(root, 'links/dangling.txt'));
    expect(await list(root, '*.txt', { root: 'links' })).toEqual(['links/a.txt', 'links/own.txt']);
  });

  it('does not follow links to directories, so that it cannot go round', async () => {
    const root = await directoryWith(empty('a/file'));
    await fs.symlink('..', join(root, 'a/up'));
    expect(await list(root, '**')).toEqual(['a/file']);
  });

  it('lets other work go on meanwhile', async () => {
    const root = await directoryWith(empty(...Array.from({ length: 300 }, (_, i) => `${i % 30}/${i}`)));
    let turns = 0;
    let listing = true;
    const count = (): void => {
      turns += 1;
      if (listing) setImmediate(count);
    };
    setImmediate(count);
    expect(await list(root, '**')).toHaveLength(300);
    listing = false;
    expect(turns).toBeGreaterThan(10);
  });

  it('stops with the reason of its signal', async () => {
    const root = await directoryWith(empty('a'));
    const reason = new Error('stopped');
    await expect(list(root, '**', {}, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('says in words what is wrong, and never where the root is', async () => {
    const root = await directoryWith(empty('file'));
    const failure = await failureOf(list(root, '*', { root: 'no' }));
    expect(failure).toMatchObject({ code: 'FC6004', message: 'Cannot list `no`: it does not exist.' });
    await expect(list(root, '*', { root: 'file' })).rejects.toThrow(
      'Cannot list `file`: a part of its path is not a directory.',
    );
  });
});
