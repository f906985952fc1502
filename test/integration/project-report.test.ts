import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flawInXml } from '../helpers/well-formed-xml.js';

const MAIN = fileURLToPath(new URL('../../examples/project-report/main.js', import.meta.url));
const exec = promisify(execFile);

let scratch = '';
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'project-report-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** Files with the lines of code, comment and blank lines that a person counts in them. */
const FILES: readonly (readonly [
  path: string,
  lines: string,
  code: number,
  comment: number,
  blank: number,
])[] = [
  ['src/app.ts', '/** Adds. */\nexport const add = (a: number, b: number) =>\n  a + b; // sum\n\n', 2, 1, 1],
  ['src/glob.ts', "export const all = 'src/**/*.ts';\n// done", 1, 1, 0],
  ['tools/run.py', '"""Runs\n\nit."""\nimport sys  # all\n', 1, 2, 1],
  ['<img src=x onerror=alert(1)>.js', '<script>alert(1)</script>\n'.repeat(40), 40, 0, 0],
  [`${'"quotes"'} & 'more' \u202e.css`, 'a { color: red }\n'.repeat(30), 30, 0, 0],
  ['line\nbreak ${sources.root}.js', 'x();\n'.repeat(20), 20, 0, 0],
  ['__proto__.py', 'y()\n'.repeat(10), 10, 0, 0],
  ['constructor', 'no extension\n', 0, 0, 0],
];
const NOT_COUNTED: readonly (readonly [path: string, content: string | Buffer])[] = [
  ['binary.ts', Buffer.from([0x61, 0, 0x0a, 0x62])],
  ['huge.js', 'a();\n'.repeat(300_000)],
  ['node_modules/left/index.js', 'b();\n'],
];
const LOCK_FILE = {
  lockfileVersion: 3,
  packages: {
    '': { dependencies: { left: '1' }, devDependencies: { right: '1', pad: '1' } },
    'node_modules/left': { version: '1.0.0', license: 'MIT' },
    'node_modules/right': { version: '1.0.0', license: '<b>Odd</b> & "own"', dev: true },
    'node_modules/pad': { version: '1.0.0', license: 'MIT', dev: true },
    'node_modules/left/node_modules/pad': { version: '2.0.0' },
    'packages/here': { version: '0.0.0' },
    'node_modules/here': { resolved: 'packages/here', link: true },
  },
};

async function write(
  root: string,
  files: readonly (readonly [string, string | Buffer, ...unknown[]])[],
): Promise<void> {
  for (const [path, content] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

/** What the rules of git's own configuration, of whoever runs the tests, would change. */
const GIT_ENV = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };

const git = async (cwd: string, ...args: string[]) =>
  (await exec('git', args, { cwd, env: GIT_ENV })).stdout.trim();

async function commit(root: string, author: string, date: string): Promise<void> {
  const identity = [
    '-c',
    'user.name=Committer',
    '-c',
    'user.email=c@example.org',
    '-c',
    'commit.gpgsign=false',
  ];
  await git(root, 'add', '--all');
  await git(
    root,
    ...identity,
    'commit',
    '--quiet',
    '--message',
    'Work',
    `--author=${author} <a@example.org>`,
    `--date=${date}`,
  );
}

/** A repository with everything above in it, and three commits by two authors. */
async function makeRepository(): Promise<string> {
  const root = join(scratch, 'repository <b>');
  await mkdir(root);
  await git(root, 'init', '--quiet', '--initial-branch=main');
  await write(root, [['.gitignore', 'node_modules\n'], ...FILES.slice(0, 3)]);
  await commit(root, 'Ada', '2026-01-05T12:00:00Z');
  await write(root, [...FILES.slice(3), ...NOT_COUNTED]);
  await commit(root, 'Eve <b>& "co"', '2026-01-06T12:00:00Z');
  await write(root, [['package-lock.json', JSON.stringify(LOCK_FILE)]]);
  await commit(root, 'Ada', '2026-01-20T12:00:00Z');
  return root;
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function runMain(args: readonly string[], env: NodeJS.ProcessEnv = GIT_ENV): Promise<Ended> {
  try {
    return { code: 0, ...(await exec(process.execPath, [MAIN, ...args], { cwd: scratch, env })) };
  } catch (error) {
    return error as Ended;
  }
}

async function reportOn(
  directory: string,
  env?: NodeJS.ProcessEnv,
): Promise<{ readonly stdout: string; readonly page: string }> {
  const out = join(scratch, 'reports', `${basename(directory)}.html`);
  const ended = await runMain([directory, '--out', out], env);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  return { stdout: ended.stdout, page: await readFile(out, 'utf8') };
}

function section(page: string, id: string): string {
  const start = page.indexOf(`<section id="${id}">`);
  return start === -1 ? '' : page.slice(start, page.indexOf('</section>', start));
}

/** The cells of every row in a part of the page, as text. */
function rowsOf(part: string): string[][] {
  return [...part.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g)].map(([, cell = '']) => unescapeHtml(cell)),
  );
}

const ENTITIES = new Map([
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&#39;', "'"],
]);
const unescapeHtml = (text: string): string =>
  text.replace(/&[#\w]+;/g, (entity) => ENTITIES.get(entity) ?? entity);

/** By label, as the tiles show them. */
function tilesOf(part: string): Record<string, string> {
  return Object.fromEntries(
    [...part.matchAll(/<dt>([^<]*)<\/dt><dd>([^<]*)<\/dd>/g)].map(([, label = '', value = '']) => [
      label,
      value,
    ]),
  );
}

describe('the report on a git repository', () => {
  let root = '';
  let stdout = '';
  let page = '';
  beforeAll(async () => {
    root = await makeRepository();
    ({ stdout, page } = await reportOn(root));
  }, 60_000);

  it('counts the lines that a person counts, and leaves out what is binary, huge or ignored', () => {
    const sum = (index: 2 | 3 | 4, files = FILES) => files.reduce((total, file) => total + file[index], 0);
    const languages = rowsOf(section(page, 'languages').split('<h3>')[0] ?? '');
    const row = (name: string, extension: RegExp) => {
      const files = FILES.filter(([path]) => extension.test(path));
      return [name, files.length, sum(2, files), sum(3, files), sum(4, files)].map(String);
    };
    expect(languages).toEqual([
      ['Language', 'Files', 'Code', 'Comments', 'Blank'],
      row('JavaScript', /\.js$/),
      row('CSS', /\.css$/),
      row('Python', /\.py$/),
      row('TypeScript', /\.ts$/),
      row('All', /\./),
    ]);
    const note = section(page, 'languages');
    expect(note).toContain('Listed by git.');
    for (const left of [
      '1 larger than 1 MB',
      '1 lock file',
      '1 binary or unreadable',
      '2 not in a language that is counted',
    ]) {
      expect(note).toContain(left);
    }
  });

  it('reads commits, authors and changed lines as git has them', async () => {
    const history = section(page, 'history');
    expect(tilesOf(page)).toMatchObject({
      commits: await git(root, 'rev-list', '--count', 'HEAD'),
      authors: '2',
    });
    expect(history).toContain('From 2026-01-05 to 2026-01-20');
    const [head, ada, eve] = rowsOf(history);
    const linesOf = async (author: string) => {
      const log = await git(root, 'log', '--fixed-strings', `--author=${author}`, '--numstat', '--format=');
      return log.split('\n').reduce((total, line) => total + (Number.parseInt(line, 10) || 0), 0);
    };
    expect(head).toEqual(['Author', 'Commits', 'Lines added', 'Lines deleted']);
    expect(ada).toEqual(['Ada', '2', (await linesOf('Ada')).toLocaleString('en-US'), '0']);
    expect(eve?.slice(0, 2)).toEqual([expect.stringContaining('Eve'), '1']);
    expect(eve?.[2]).toBe((await linesOf('Eve')).toLocaleString('en-US'));
    expect(history.match(/: 1 commit</g)).toHaveLength(3);
    expect(history).toContain('Commits per day');
  });

  it('reads packages and licences from the lock file', () => {
    const dependencies = section(page, 'dependencies');
    expect(tilesOf(dependencies)).toEqual({
      'asked for': '3',
      'for production': '2',
      'for development': '2',
      'in several versions': '1',
    });
    expect(dependencies).toContain('<title>MIT: 2 packages</title>');
    expect(dependencies).toContain('<title>not stated: 1 package</title>');
  });

  it('shows every name as text, whatever it is', () => {
    const allowed = new Set(
      'html head meta title style body h1 h2 h3 section dl div dt dd p strong figure figcaption i table thead tbody tr th td svg rect text line'.split(
        ' ',
      ),
    );
    const tags = [...page.replace(/<style>[\s\S]*?<\/style>/, '').matchAll(/<([a-z][\w-]*)/gi)].map(
      ([, tag = '']) => tag,
    );
    expect(tags.filter((tag) => !allowed.has(tag))).toEqual([]);
    const paths = rowsOf(section(page, 'languages')).map(([cell]) => cell);
    expect(paths).toContain('<img src=x onerror=alert(1)>.js');
    expect(paths).toContain(`"quotes" & 'more' \ufffd.css`);
    expect(paths).toContain('line\ufffdbreak ${sources.root}.js');
    expect(paths).toContain('__proto__.py');
    expect(page).toContain('<h1>repository &lt;b&gt;</h1>');
    expect(page).toContain('&lt;b&gt;Odd&lt;/b&gt; &amp; &quot;own&quot;');
  });

  it('runs no program that the configuration of the repository names', async () => {
    const [bait, ran] = [join(scratch, 'bait'), join(scratch, 'ran')];
    await writeFile(bait, `#!/bin/sh\ntouch '${ran}'\n`, { mode: 0o755 });
    for (const key of ['core.fsmonitor', 'diff.external', 'gpg.program'])
      await git(root, 'config', key, bait);
    await git(root, 'config', 'log.showSignature', 'true');
    await git(root, 'status');
    expect(existsSync(ran)).toBe(true);
    await rm(ran);
    await reportOn(root);
    expect(existsSync(ran)).toBe(false);
  });

  it('draws every chart as well-formed SVG, and loads nothing from elsewhere', () => {
    const drawings = page.match(/<svg[\s\S]*?<\/svg>/g) ?? [];
    expect(drawings.map(flawInXml)).toEqual([null, null, null, null, null]);
    expect(page.replaceAll('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(
      /https?:|url\(|src="|href=/,
    );
    expect(page).toContain(`content="default-src 'none'`);
    expect(page).toContain('prefers-color-scheme: dark');
  });

  it('draws a lane for every node of both runs, the last one included', async () => {
    const workflow = JSON.parse(await readFile(join(dirname(MAIN), 'workflow.json'), 'utf8'));
    const lanes = section(page, 'run').match(/<svg[\s\S]*?<\/svg>/g) ?? [];
    expect(lanes).toHaveLength(2);
    for (const lane of lanes) {
      for (const { id } of workflow.nodes) {
        expect(lane).toMatch(new RegExp(`>${id}</text>`));
        expect(lane).toMatch(new RegExp(`<title>${id}, attempt 1: running from`));
      }
      expect(lane.match(/ · thread \d+</g)).toHaveLength(4);
    }
    expect(lanes[0]).toMatch(/<text class="critical"[^>]*>report</);
  });

  it('prints the plan, what was measured and where the report is', () => {
    expect(stdout).toContain('2  history || count-1 || count-2 || count-3 || count-4 || dependencies');
    expect(stdout).toMatch(/in parallel +\d+\.\d ms {3}up to \d nodes at once, speed-up \d+\.\d\d/);
    expect(stdout).toMatch(/one at a time +\d+\.\d ms {3}\d+\.\d\d times as long/);
    expect(stdout).toMatch(/Report: .*\.html\n$/);
    expect(Number(/up to (\d) nodes/.exec(stdout)?.[1])).toBeGreaterThan(1);
  });
});

describe('the report on a directory that lacks things', () => {
  it('says that there is no history and no lock file', async () => {
    const root = join(scratch, 'plain');
    await write(root, [...FILES, ...NOT_COUNTED]);
    const { page } = await reportOn(root);
    expect(section(page, 'languages')).toContain('Listed by directory walk.');
    expect(tilesOf(page)).toEqual({ 'lines of code': '104', files: '7', languages: '4' });
    expect(section(page, 'history')).toContain(
      'There is no history to show. Git says: fatal: not a git repository',
    );
    expect(section(page, 'dependencies')).toContain('There is no package-lock.json.');
    expect(page.match(/<svg/g)).toHaveLength(3);
  });

  it('says so where there is nothing at all, not even git', async () => {
    const root = join(scratch, 'nothing');
    await mkdir(root);
    const { page } = await reportOn(root, { ...GIT_ENV, PATH: root });
    expect(section(page, 'languages')).toContain('No source files were found.');
    expect(tilesOf(page)).toEqual({ 'lines of code': '0', files: '0', languages: '0' });
    expect(section(page, 'history')).toContain('Git says: git is not installed.');
  });

  it('has everything else when reading the history fails', async () => {
    const [bin, root] = [join(scratch, 'bin'), join(scratch, 'failing history')];
    await write(root, [['a.ts', 'a();\n']]);
    await mkdir(bin);
    const script = '#!/bin/sh\ncase "$*" in *ls-files*) exit 1;; *) kill -9 $$;; esac\n';
    await writeFile(join(bin, 'git'), script, { mode: 0o755 });
    const { page } = await reportOn(root, { ...GIT_ENV, PATH: `${bin}:${process.env.PATH}` });
    expect(section(page, 'history')).toContain('There is no history to show. Command failed: git ');
    expect(tilesOf(page)).toEqual({ 'line of code': '1', file: '1', language: '1' });
    expect(section(page, 'run')).toMatch(/<title>history, attempt 1: failed from/);
  });

  it('says that a clone is shallow, and that a lock file is none', async () => {
    const [origin, root] = [join(scratch, 'origin'), join(scratch, 'shallow clone')];
    await write(origin, [['a.ts', 'a();\n']]);
    await git(origin, 'init', '--quiet', '--initial-branch=main');
    await commit(origin, 'Ada', '2026-01-05T12:00:00Z');
    await write(origin, [['package-lock.json', '{"lockfileVersion": 1}']]);
    await commit(origin, 'Ada', '2026-02-05T12:00:00Z');
    await git(scratch, 'clone', '--quiet', '--depth=1', `file://${origin}`, root);
    const { page } = await reportOn(root);
    expect(tilesOf(page)).toMatchObject({ commit: '1', author: '1' });
    expect(section(page, 'history')).toContain('This is a shallow clone');
    expect(section(page, 'dependencies')).toContain(
      'package-lock.json is not a lock file of npm 7 or later.',
    );
  });
});

describe('wrong arguments', () => {
  it('end with exit code 2 and say what is wrong', async () => {
    const [missing, file] = [join(scratch, 'missing'), join(scratch, 'file')];
    await writeFile(file, '');
    const [noDirectory, notDirectory, two, unknown] = await Promise.all([
      runMain([missing]),
      runMain([file]),
      runMain(['a', 'b']),
      runMain(['--outt', 'x']),
    ]);
    expect(noDirectory).toMatchObject({ code: 2, stdout: '' });
    expect(noDirectory.stderr).toContain(`There is no directory ${missing}\nUsage: `);
    expect(notDirectory).toMatchObject({ code: 2, stdout: '' });
    expect(notDirectory.stderr).toContain(`This is not a directory: ${file}\nUsage: `);
    expect(two).toMatchObject({ code: 2, stderr: expect.stringContaining('One directory at a time') });
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining("'--outt'") });
  });
});
