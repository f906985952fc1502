import { exec, execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
const scratch = path.join(root, '.docs-test');

/** The fenced blocks of one language, in order. */
const blocks = (language: string): string[] =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
    (match) => match[1] ?? '',
  );

describe('the README', () => {
  beforeAll(() => mkdirSync(scratch, { recursive: true }));
  afterAll(() => {
    rmSync(scratch, { recursive: true, force: true });
    rmSync(path.join(root, 'out'), { recursive: true, force: true });
  });

  const transcripts = blocks('console').map((block) => {
    const [first = '', ...rest] = block.split('\n');
    return {
      command: first.replace(/^\$ npx forkchart/, 'node dist/cli/main.js'),
      shown: rest.join('\n').trimEnd(),
    };
  });

  it('shows commands', () => expect(transcripts.length).toBeGreaterThanOrEqual(4));

  it.each(transcripts)('shows what `$command` prints', async ({ command, shown }) => {
    const env = { ...process.env, NO_COLOR: '1', COLUMNS: '100' };
    const { stdout } = await promisify(exec)(command, { cwd: root, env });
    expect(stdout.trimEnd()).toBe(shown);
  });

  it('shows code that runs, and what it prints', async () => {
    const [program = ''] = blocks('js');
    const [printed = ''] = blocks('text');
    const file = path.join(scratch, 'service.mjs');
    writeFileSync(file, program);
    const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: root });
    expect(stdout).toBe(printed);
  });

  it('links to files that are there', () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map((match) => match[1] ?? '');
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) expect(existsSync(path.join(root, link)), link).toBe(true);
  });

  it('names scripts that package.json has', () => {
    const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    for (const [, name = ''] of readme.matchAll(/npm run ([a-z:-]+)/g))
      expect(Object.keys(scripts)).toContain(name);
  });
});
