import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createRegistry } from '../../src/actors/registry.js';
import { directoryWith } from '../unit/actors/directory.js';
import { failureOf, runNode } from '../unit/actors/node-context.js';

/*
 * File nodes reach what is under the root and nothing else, whatever path a workflow puts together. Not covered, as it is not
 * promised: somebody who swaps a directory for a link between the check and the use. Who can do that can write under the root.
 */

const SECRET = 'the secret outside';

/** A root with a file in it, and beside the root a directory with a secret. */
async function arena() {
  const top = await directoryWith({
    'root/inside.txt': 'inside',
    'root/dir/a.txt': 'a',
    'outside/secret.txt': SECRET,
    // Its name begins with that of the root.
    'root-too/secret.txt': SECRET,
  });
  const root = join(top, 'root');
  const outside = join(top, 'outside');
  await fs.symlink(outside, join(root, 'absolute-link'));
  await fs.symlink('../outside', join(root, 'relative-link'));
  await fs.symlink('../outside/secret.txt', join(root, 'file-link'));
  await fs.symlink('../outside/new.txt', join(root, 'dangling-link'));
  await fs.symlink('relative-link', join(root, 'link-to-link'));
  await fs.symlink('..', join(root, 'dir/up'));
  await fs.symlink('/', join(root, 'slash'));
  const registry = createRegistry({ root });
  const run = (type: string, params: object) => {
    const node = registry.get(type);
    if (node === undefined) throw new Error(`There is no node type ${type}.`);
    return runNode(node, params);
  };
  return { top, root, outside, run };
}

/** Everything below a directory with its text, links not followed. */
async function contents(directory: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const entry of await fs.readdir(directory, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    found.set(path, entry.isFile() ? await fs.readFile(path, 'utf8') : '');
  }
  return found;
}

const ESCAPES: readonly (readonly [kind: string, path: (top: string) => string])[] = [
  ['`..`', () => '../outside/secret.txt'],
  ['`..` after a directory', () => 'dir/../../outside/secret.txt'],
  ['`..` after a directory that does not exist', () => 'no/../../outside/secret.txt'],
  ['many `..`', () => `${'../'.repeat(60)}etc/passwd`],
  ['`..` alone', () => '..'],
  ['`..` with `./`', () => './.././outside/secret.txt'],
  ['a sibling whose name begins like the root', () => '../root-too/secret.txt'],
  ['an absolute path', (top) => join(top, 'outside/secret.txt')],
  ['an absolute path of the system', () => '/etc/passwd'],
  [
    'an absolute path with `..` that begins with the root',
    (top) => `${join(top, 'root')}/../outside/secret.txt`,
  ],
  ['an absolute path of a sibling', (top) => join(top, 'root-too/secret.txt')],
  ['the root of the file system', () => '/'],
  // Were these looked up, the kind of failure would tell what is there.
  ['below a file outside', () => '../outside/secret.txt/x'],
  ['a name outside that is too long', () => `../${'x'.repeat(300)}`],
  ['a link to a file', () => 'file-link'],
  ['a link to a directory', () => 'relative-link/secret.txt'],
  ['an absolute link to a directory', () => 'absolute-link/secret.txt'],
  ['a link to a link', () => 'link-to-link/secret.txt'],
  ['a link to `/`', () => 'slash/etc/passwd'],
  ['a new file below a linked directory', () => 'relative-link/new/file.txt'],
  ['a link to where nothing is yet', () => 'dangling-link'],
  ['below a link to where nothing is yet', () => 'dangling-link/file.txt'],
  ['a link and `..`', () => 'dir/up/relative-link/secret.txt'],
  ['NUL', () => 'inside.txt\0.png'],
  ['NUL before `..`', () => '\0/../../outside/secret.txt'],
];

describe.each(ESCAPES)('%s', (_, path) => {
  it.each([
    ['read-file', (given: string) => ({ path: given })],
    ['write-file', (given: string) => ({ path: given, content: 'overwritten' })],
    ['list-files', (given: string) => ({ root: given, pattern: '**' })],
  ])('is refused by %s, which changes and tells nothing', async (type, params) => {
    const { top, run } = await arena();
    const before = await contents(top);
    const given = path(top);
    const failure = await failureOf(run(type, params(given)));
    expect(failure).toMatchObject({
      name: 'ForkchartError',
      code: 'FC6003',
      hint: expect.stringMatching(/\w/),
    });
    expect(`${failure.message} ${failure.hint}`).not.toContain(SECRET);
    // What the author wrote may be repeated; where the root is may not be told.
    if (!given.startsWith('/')) expect(`${failure.message} ${failure.hint}`).not.toContain(top);
    expect(failure.message).not.toContain('\0');
    expect(await contents(top)).toEqual(before);
  });
});

describe('list-files', () => {
  it.each(['../**', '../outside/*', 'dir/../../outside/*', '/etc/*', './../*'])(
    'refuses the pattern %j',
    async (pattern) => {
      const { run } = await arena();
      await expect(run('list-files', { pattern })).rejects.toMatchObject({ code: 'FC6003' });
    },
  );

  it.each([
    '**',
    '**/*.txt',
    '*/*',
    'relative-link/*',
    'slash/etc/*',
    'file-link',
    '{..,dir}/*',
    '[.][.]/*',
    '.?/*',
  ])('lists nothing outside for %j', async (pattern) => {
    const { run } = await arena();
    const listed = (await run('list-files', { pattern })) as readonly string[];
    expect(['inside.txt', 'dir/a.txt']).toEqual(expect.arrayContaining([...listed]));
  });

  it('answers at once for a pattern and a name that were made for each other', async () => {
    const { root, run } = await arena();
    // Picomatch takes minutes for this pattern and this name.
    await fs.writeFile(join(root, 'a'.repeat(255)), '');
    await expect(run('list-files', { pattern: `${'*a'.repeat(5)}*b` })).rejects.toMatchObject({
      code: 'FC5009',
    });
    expect(await run('list-files', { pattern: `${'**/*a*/'.repeat(20)}*a*b` })).toEqual([]);
    expect(await run('list-files', { pattern: `{${'a,'.repeat(90)}a}`.repeat(3) })).toEqual([]);
    expect(await run('list-files', { pattern: '([a]+)+b' })).toEqual([]);
    expect(await run('list-files', { pattern: '{a,aa}+b' })).toEqual([]);
  });
});

describe('write-file', () => {
  it.each(['.', './', 'dir/..', 'dir/up'])(
    'does not put its partial file beside the root for %j',
    async (path) => {
      const { top, run } = await arena();
      const seen: string[] = [];
      const controller = new AbortController();
      onTestFinished(() => controller.abort());
      const watching = (async () => {
        for await (const { filename } of fs.watch(top, { signal: controller.signal }))
          seen.push(String(filename));
      })().catch(() => {});
      await expect(run('write-file', { path, content: 'x' })).rejects.toMatchObject({ code: 'FC6004' });
      // A change that is waited for: what has happened before it has been seen by then.
      await fs.writeFile(join(top, 'last'), '');
      await expect.poll(() => seen).toContain('last');
      controller.abort();
      await watching;
      expect(new Set(seen)).toEqual(new Set(['last']));
    },
  );

  it('writes through a link that stays under the root, and leaves the link', async () => {
    const { root, run } = await arena();
    await fs.symlink('dir/a.txt', join(root, 'alias'));
    expect(await run('write-file', { path: 'alias', content: 'new' })).toEqual({
      path: 'dir/a.txt',
      bytes: 3,
    });
    expect(await fs.readlink(join(root, 'alias'))).toBe('dir/a.txt');
    expect(await fs.readFile(join(root, 'dir/a.txt'), 'utf8')).toBe('new');
  });
});

it('nothing can be reached without a root, not even the current directory', async () => {
  const registry = createRegistry();
  for (const [type, params] of [
    ['read-file', { path: 'package.json' }],
    ['write-file', { path: 'x.txt', content: '' }],
    ['list-files', { pattern: '*' }],
  ] as const) {
    const node = registry.get(type);
    if (node === undefined) throw new Error(`There is no node type ${type}.`);
    await expect(runNode(node, params)).rejects.toMatchObject({
      code: 'FC6003',
      hint: expect.stringContaining('root'),
    });
  }
});

it('names that only look like escapes are ordinary files', async () => {
  const { root, run } = await arena();
  for (const name of ['..a', '...', 'a..', '~', '%2e%2e', '__proto__', 'dir/..b/c', '-rf', '$HOME']) {
    expect(await run('write-file', { path: name, content: name })).toEqual({
      path: name,
      bytes: name.length,
    });
    expect(await fs.readFile(join(root, name), 'utf8')).toBe(name);
  }
});
