import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRoot } from '../../../src/actors/root.js';
import { writeFile } from '../../../src/actors/write-file.js';
import { directoryWith } from './directory.js';
import { failureOf, runNode } from './node-context.js';

const write = (root: string, path: string, content: unknown, signal?: AbortSignal) =>
  runNode(writeFile(createRoot(root)), { path, content }, signal === undefined ? {} : { signal });
const textOf = (root: string, path: string) => fs.readFile(join(root, path), 'utf8');

describe('write-file', () => {
  it('writes a text, makes the directories, and tells path and bytes', async () => {
    const root = await directoryWith();
    expect(await write(root, './out/deep/a.txt', 'grüß')).toEqual({ path: 'out/deep/a.txt', bytes: 6 });
    expect(await textOf(root, 'out/deep/a.txt')).toBe('grüß');
  });

  it('writes anything else as JSON, keys called `__proto__` included', async () => {
    const root = await directoryWith();
    await write(root, 'a.json', JSON.parse('{"__proto__": 1, "list": [null]}'));
    expect(JSON.parse(await textOf(root, 'a.json'))).toEqual(JSON.parse('{"__proto__": 1, "list": [null]}'));
    await write(root, 'null.json', null);
    expect(await textOf(root, 'null.json')).toBe('null\n');
  });

  it('replaces what was there, and leaves nothing else behind', async () => {
    const root = await directoryWith({ 'a.txt': 'a much longer old text' });
    await write(root, 'a.txt', 'new');
    expect(await textOf(root, 'a.txt')).toBe('new');
    expect(await fs.readdir(root)).toEqual(['a.txt']);
  });

  it('is whole for whoever reads while it is written to (atomic)', async () => {
    const root = await directoryWith({ a: '0'.repeat(1_000_000) });
    const texts = ['1', '2', '3', '4'].map((digit) => digit.repeat(1_000_000));
    let writing = true;
    const writes = (async () => {
      for (const text of texts) await write(root, 'a', text);
      writing = false;
    })();
    let reads = 0;
    for (; writing || reads === 0; reads++) {
      const text = await textOf(root, 'a');
      expect(text.length).toBe(1_000_000);
      expect(new Set([text[0], text[500_000], text.at(-1)]).size).toBe(1);
    }
    await writes;
  });

  it('lets several nodes write one file at once: one of the texts is there in the end', async () => {
    const root = await directoryWith();
    const texts = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(50_000));
    await Promise.all(texts.map((text) => write(root, 'x/a', text)));
    expect(texts).toContain(await textOf(root, 'x/a'));
    expect(await fs.readdir(join(root, 'x'))).toEqual(['a']);
  });

  it('leaves the old text and no partial file when its signal is aborted', async () => {
    const root = await directoryWith({ 'a.txt': 'old' });
    const reason = new Error('stopped');
    await expect(write(root, 'a.txt', 'new', AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const written = write(root, 'a.txt', 'x'.repeat(20_000_000), controller.signal);
    setImmediate(() => controller.abort(reason));
    await expect(written).rejects.toBe(reason);
    expect(await textOf(root, 'a.txt')).toBe('old');
    expect(await fs.readdir(root)).toEqual(['a.txt']);
  });

  it('leaves no partial file when it fails', async () => {
    const root = await directoryWith({ 'dir/a.txt': '' });
    await expect(write(root, 'dir', 'x')).rejects.toThrow('Cannot write `dir`: it is a directory.');
    expect(await fs.readdir(root)).toEqual(['dir']);
  });

  it('says in words what is wrong', async () => {
    const root = await directoryWith({ file: '' });
    const failure = await failureOf(write(root, 'file/a.txt', 'x'));
    expect(failure).toMatchObject({
      code: 'FC6004',
      message: 'Cannot reach `file/a.txt`: a part of its path is not a directory.',
    });
  });

  it('needs a content', () => {
    const { params } = writeFile(createRoot(null));
    expect(params.safeParse({ path: 'a' }).success).toBe(false);
    expect(params.safeParse({ path: '', content: '' }).success).toBe(false);
  });
});
