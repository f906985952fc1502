import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../../../examples/tool-calls/main.js', import.meta.url));
const exec = promisify(execFile);

let scratch = '';
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'tool-calls-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

const FENCE = '```';
const DOCUMENTS = {
  'README.md': `# The *first* \`part\`!
[itself](#the-first-part) [guide](docs/guide.md#set-up-1) [folder](docs) [code](src/a%20b.js)
[gone](docs/gone.md) [no heading](docs/guide.md#nowhere) [out](../secret.md)
[web](https://example.org/x.md) [mail](mailto:a@example.org) \`[in code](nowhere.md)\`
${FENCE}
[in a block](nowhere.md)
# not a heading
${FENCE}
`,
  'docs/guide.md': '# Set up\n## Set up\n[back](../README.md "title") [block](../README.md#not-a-heading)\n',
  'src/a b.js': '',
};

async function writeAll(root: string, files: { readonly [path: string]: string }): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

/** What the example prints, and its exit code. */
const check = (directory: string) =>
  exec(process.execPath, [MAIN, directory]).then(
    ({ stdout }) => ({ lines: stdout.trimEnd().split('\n'), code: 0 }),
    ({ stdout, code }) => ({ lines: String(stdout).trimEnd().split('\n'), code }),
  );

describe('the example tool-calls', () => {
  it('tells every link that leads nowhere, and why, in order', async () => {
    const root = join(scratch, 'broken');
    await writeAll(root, DOCUMENTS);
    const { lines, code } = await check(root);
    expect(lines.slice(0, -1)).toEqual([
      'README.md: docs/gone.md: there is no docs/gone.md',
      'README.md: docs/guide.md#nowhere: docs/guide.md has no heading #nowhere',
      'README.md: ../secret.md: it leads out of the directory',
      'docs/guide.md: ../README.md#not-a-heading: README.md has no heading #not-a-heading',
      '2 documents, 9 links, 4 broken',
    ]);
    // 2 documents, 9 links, and 4 of these with a heading to look for.
    expect(lines.at(-1)).toMatch(/^15 calls, up to \d+ at once$/);
    expect(code).toBe(1);
  });

  it('goes on without a document that cannot be read', async () => {
    const root = join(scratch, 'unread');
    await writeAll(root, { 'a.md': '[large](large.md)', 'large.md': '', 'z.md': '[gone](gone.md)' });
    await truncate(join(root, 'large.md'), 40 * 1024 * 1024);
    const { lines, code } = await check(root);
    expect(lines.slice(0, -1)).toEqual([
      expect.stringMatching(/^large\.md: not read: .*41943040 bytes/),
      'z.md: gone.md: there is no gone.md',
      '3 documents, 2 links, 1 broken',
    ]);
    expect(code).toBe(1);
  });
});
