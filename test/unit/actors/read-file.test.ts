import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readFile } from '../../../src/actors/read-file.js';
import { createRoot } from '../../../src/actors/root.js';
import { DEFAULT_LIMITS } from '../../../src/ir/limits.js';
import { toJsonResult } from '../../../src/runtime/json-result.js';
import { directoryWith } from './directory.js';
import { failureOf, runNode } from './node-context.js';

const { resultBytes } = DEFAULT_LIMITS;
const read = (root: string, path: string, more: object = {}, signal?: AbortSignal) =>
  runNode(readFile(createRoot(root), resultBytes), { path, ...more }, signal === undefined ? {} : { signal });

describe('read-file', () => {
  it('gives back the text', async () => {
    const root = await directoryWith({ 'a/b.txt': 'grüß dich\n' });
    expect(await read(root, 'a/b.txt')).toBe('grüß dich\n');
    expect(await read(root, './a/../a/b.txt')).toBe('grüß dich\n');
    expect(await read(root, join(root, 'a/b.txt'))).toBe('grüß dich\n');
  });

  it('parses JSON, a byte order mark before it or not', async () => {
    const root = await directoryWith({ 'a.json': '{"n": [1]}', 'b.json': '\uFEFF[true]' });
    expect(await read(root, 'a.json', { encoding: 'json' })).toEqual({ n: [1] });
    expect(await read(root, 'b.json', { encoding: 'json' })).toEqual([true]);
  });

  it('keeps a key `__proto__` of the JSON as a key (P14)', async () => {
    const root = await directoryWith({ 'a.json': '{"__proto__": {"polluted": true}}' });
    const value = (await read(root, 'a.json', { encoding: 'json' })) as object;
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('gives back bytes in base64', async () => {
    const root = await directoryWith();
    await fs.writeFile(join(root, 'x'), Buffer.from([0, 255, 128]));
    expect(await read(root, 'x', { encoding: 'base64' })).toBe('AP+A');
  });

  it('follows a link that stays under the root', async () => {
    const root = await directoryWith({ 'data/a.txt': 'here' });
    await fs.symlink('data', join(root, 'link'));
    expect(await read(root, 'link/a.txt')).toBe('here');
  });

  it('works under a root that is itself reached by a link', async () => {
    const root = await directoryWith({ 'real/a.txt': 'here' });
    await fs.symlink('real', join(root, 'alias'));
    expect(await read(join(root, 'alias'), 'a.txt')).toBe('here');
    await expect(read(join(root, 'alias'), 'b.txt')).rejects.toThrow(
      'Cannot read `b.txt`: it does not exist.',
    );
  });

  it.each([
    ['no/such.txt', 'Cannot read `no/such.txt`: it does not exist.'],
    ['dir', 'Cannot read `dir`: it is a directory.'],
    ['dir/file.txt/x', 'Cannot reach `dir/file.txt/x`: a part of its path is not a directory.'],
    ['loop', 'Cannot reach `loop`: it goes round a loop of links.'],
    [`${'x'.repeat(300)}`, `Cannot reach \`${'x'.repeat(300)}\`: its name is too long.`],
  ])('says in words what is wrong with %s, and never where the root is', async (path, message) => {
    const root = await directoryWith({ 'dir/file.txt': '' });
    await fs.symlink('loop', join(root, 'loop'));
    const failure = await failureOf(read(root, path));
    expect(failure).toMatchObject({ code: 'FC6004', message });
    expect(`${failure.message} ${failure.hint}`).not.toContain(root);
  });

  it('does not name the root even for an absolute path under it', async () => {
    const root = await directoryWith();
    await expect(read(root, join(root, 'no.txt'))).rejects.toThrow(
      'Cannot read `no.txt`: it does not exist.',
    );
  });

  it('says that a file is not JSON', async () => {
    const root = await directoryWith({ 'a.json': '{oops' });
    await expect(read(root, 'a.json', { encoding: 'json' })).rejects.toMatchObject({
      code: 'FC6004',
      message: expect.stringContaining('`a.json` is not JSON'),
      hint: expect.stringContaining('encoding'),
    });
  });

  it.skipIf(process.platform === 'win32')('does not wait for a pipe that nobody writes to', async () => {
    const root = await directoryWith();
    execFileSync('mkfifo', [join(root, 'pipe')]);
    await expect(read(root, 'pipe')).rejects.toThrow('it is not a regular file');
  });

  it('refuses a file that is larger than a result may be, before it reads it', async () => {
    const root = await directoryWith({ large: '' });
    // Each byte may be a character, and each character counts two.
    await fs.truncate(join(root, 'large'), 32 * 1024 * 1024 + 1);
    await expect(read(root, 'large')).rejects.toMatchObject({ code: 'FC5011' });
  });

  it.each([
    ['utf8', '0'.repeat(12), '0'.repeat(13)],
    ['json', '123456789012', '1234567890123'],
    ['base64', 'x'.repeat(9), 'x'.repeat(10)],
  ])('reads as %s what fits in a result of 24 bytes, and no more', async (encoding, fits, tooLong) => {
    const root = await directoryWith({ fits, tooLong });
    const node = readFile(createRoot(root), 24);
    const result = toJsonResult(await runNode(node, { path: 'fits', encoding }), 24);
    expect(String(result)).toHaveLength(12);
    await expect(runNode(node, { path: 'tooLong', encoding })).rejects.toMatchObject({
      code: 'FC5011',
      message: `\`tooLong\` has ${tooLong.length} bytes, more than the ${fits.length} that a result has room for.`,
      hint: expect.stringContaining('limits.resultBytes'),
    });
  });

  it('stays under the root that it was given, wherever the process goes', async () => {
    const [before, after] = [
      await directoryWith({ 'root/a': 'first' }),
      await directoryWith({ 'root/a': 'second' }),
    ];
    const here = process.cwd();
    onTestFinished(() => process.chdir(here));
    process.chdir(before);
    const root = createRoot('root');
    process.chdir(after);
    expect(await runNode(readFile(root, resultBytes), { path: 'a' })).toBe('first');
  });

  it('stops with the reason of its signal', async () => {
    const root = await directoryWith({ a: 'x' });
    const reason = new Error('stopped');
    await expect(read(root, 'a', {}, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('says how to get a root where there is none, and that a root does not exist', async () => {
    const none = runNode(readFile(createRoot(null), resultBytes), { path: 'a' });
    await expect(none).rejects.toMatchObject({ code: 'FC6003', hint: 'Pass `root` to `createRunner`.' });
    const root = await directoryWith();
    expect(await failureOf(read(join(root, 'gone'), 'a'))).toMatchObject({
      code: 'FC6004',
      message: 'Cannot use `the root`: it does not exist.',
    });
  });
});
