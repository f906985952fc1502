import { exec } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { fencedBlocks, shownWith } from './markdown.js';
import { ROOT, runProgram, scratchOf } from './program.js';

const readme = readFileSync(path.join(ROOT, 'README.md'), 'utf8');
const blocks = fencedBlocks(readme);

describe('the README', () => {
  afterAll(() => {
    rmSync(scratchOf('readme'), { recursive: true, force: true });
    rmSync(path.join(ROOT, 'out'), { recursive: true, force: true });
  });

  const transcripts = blocks
    .filter(({ language }) => language === 'console')
    .map(({ content }) => {
      const [first = '', ...rest] = content.split('\n');
      return {
        command: first.replace(/^\$ npx forkchart/, 'node dist/cli/main.js'),
        shown: rest.join('\n').trimEnd(),
      };
    });

  it('shows commands', () => expect(transcripts.length).toBeGreaterThanOrEqual(4));

  it.each(transcripts)('shows what `$command` prints', async ({ command, shown }) => {
    const env = { ...process.env, NO_COLOR: '1', COLUMNS: '100' };
    const { stdout } = await promisify(exec)(command, { cwd: ROOT, env });
    expect(stdout.trimEnd()).toBe(shown);
  });

  const programs = shownWith(blocks, 'js').map(({ block, shown }) => ({ ...block, shown }));

  it('shows programs', () => expect(programs.length).toBeGreaterThanOrEqual(2));

  it.each(programs)('shows what the program under "$under" prints', async ({ content, shown, under }) => {
    expect(await runProgram('readme', under.replaceAll(/\W+/g, '-'), content)).toBe(shown);
  });

  it('links to files that are there', () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map((match) => match[1] ?? '');
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) expect(existsSync(path.join(ROOT, link)), link).toBe(true);
  });

  it('names scripts that package.json has', () => {
    const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
    for (const [, name = ''] of readme.matchAll(/npm run ([a-z:-]+)/g))
      expect(Object.keys(scripts)).toContain(name);
  });
});
