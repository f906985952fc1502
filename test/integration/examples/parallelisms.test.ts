import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const CLI = join(ROOT, 'dist/cli/main.js');
const exec = promisify(execFile);

let scratch = '';
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'examples-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** Runs an example of the command line in `scratch`, and gives back the record. */
async function run(example: string, ...args: readonly string[]) {
  const folder = join(ROOT, 'examples', example);
  const { stdout } = await exec(
    process.execPath,
    [CLI, 'run', join(folder, 'workflow.json'), '--nodes', join(folder, 'nodes.js'), '--json', ...args],
    { cwd: scratch },
  );
  return JSON.parse(stdout);
}

describe('the example', () => {
  it('task-parallel looks at one text in three ways at once', async () => {
    await writeFile(
      join(scratch, 'text.md'),
      '# One\n\nTwo words and [a link](there.md), [again](there.md).\n\n```\n# not a title\n```\n\n## Last\n',
    );
    const { outputs, nodes } = await run('task-parallel', '--input', 'file=text.md');
    expect(outputs.summary).toEqual({
      outline: [
        { level: 1, title: 'One' },
        { level: 2, title: 'Last' },
      ],
      words: { count: 12, minutes: 1 },
      links: ['there.md'],
    });
    const starts = ['outline', 'words', 'links'].map((id) => nodes[id].started_at);
    expect(Math.max(...starts)).toBeLessThan(nodes.outline.ended_at);
  });

  it('data-parallel looks at every file, and keeps count of those that cannot be read', async () => {
    await writeFile(join(scratch, 'a.ts'), "import a from 'a';\nimport b from 'b';\n");
    await writeFile(join(scratch, 'b.ts'), 'const importer = 1;\n');
    const { outputs, nodes } = await run('data-parallel', '--input', 'pattern=*.ts');
    expect(outputs.total).toEqual({ files: 2, unreadable: 0, imports: 2, most: 2 });
    expect(nodes.imports.output.results.map(({ path }: { path: string }) => path)).toEqual(['a.ts', 'b.ts']);
  });

  it('pipeline overlaps its stages, and makes what one after the other would', async () => {
    const main = join(ROOT, 'examples/pipeline/main.js');
    const { stdout } = await exec(process.execPath, [main, 'src/ir/graph/*.ts'], { cwd: ROOT });
    const file = 'src/ir/graph/layout.ts';
    const content = await readFile(join(ROOT, file));
    const packed = gzipSync(content);
    expect(gunzipSync(packed).equals(content)).toBe(true);
    const hash = createHash('sha256').update(packed).digest('hex').slice(0, 12);
    const sizes = `${String(content.length).padStart(7)} -> ${String(packed.length).padStart(6)}`;
    expect(stdout).toContain(`${hash}  ${sizes}  ${file}`);
    // The buffers are bounded: no stage gets far ahead of the next, however the files are scheduled.
    const began = stdout.split('\n').map((line) => line.trim());
    for (const [stage, next] of [
      ['read', 'compress'],
      ['compress', 'hash'],
    ]) {
      expect(began.indexOf(`${next} 0`)).toBeGreaterThan(began.indexOf(`${stage} 0`));
      expect(began.indexOf(`${next} 0`)).toBeLessThan(began.indexOf(`${stage} 9`));
    }
  });

  it('error-policies shows what each policy makes of services that are down', async () => {
    const main = join(ROOT, 'examples/error-policies/main.js');
    const { stdout } = await exec(process.execPath, [main]);
    await expect(stdout).toMatchFileSnapshot('../../golden/error-policies.txt');
  });
});
