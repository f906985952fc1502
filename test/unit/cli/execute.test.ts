import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { execute } from '../../../src/cli/execute.js';
import { LATER_VERBS, VERBS } from '../../../src/cli/verbs.js';

const flow = JSON.stringify({ nodes: [{ id: 'a', type: 'echo' }] });

/** Carries out a command line in this process; stdin holds a workflow. */
function forkchart(...argv: string[]) {
  return forkchartOn(flow, ...argv);
}

async function forkchartOn(stdin: string, ...argv: string[]) {
  const written = { stdout: '', stderr: '' };
  const collect = (name: keyof typeof written) =>
    new PassThrough().on('data', (chunk) => {
      written[name] += chunk;
    });
  const code = await execute(argv, {
    stdin: Readable.from([stdin]),
    stdout: collect('stdout'),
    stderr: collect('stderr'),
    env: {},
    cwd: import.meta.dirname,
  });
  return { code, ...written };
}

describe('invalid input (P13)', () => {
  it.each(VERBS.map((verb) => verb.name))('is refused by %s with the same JSON document', async (name) => {
    const invalid = [
      '',
      '{',
      '[1, 2]',
      'null',
      '{"nodes": [{"id": "a", "type": "ecko"}, {"id": "a", "type": "echo"}]}',
    ];
    for (const text of invalid) {
      const { code, stdout, stderr } = await forkchartOn(text, name, '-', '--json');
      expect({ text, code }).toEqual({ text, code: 2 });
      expect(stdout).toBe((await forkchartOn(text, 'check', '-', '--json')).stdout);
      const { ok, diagnostics } = JSON.parse(stdout);
      expect(ok).toBe(false);
      expect(diagnostics).toContainEqual(expect.objectContaining({ severity: 'error' }));
      if (name !== 'check') expect(stderr).toContain('error FC');
    }
  });
});

describe('wrong use', () => {
  it.each([
    [[], 'No verb was given'],
    [['rum', '-'], 'Did you mean `forkchart run`?'],
    [['__proto__', '-'], 'no verb'],
    [['\u001b[2J'], 'no verb "\\u001b[2J"'],
    [['verify', '-'], 'not in this version'],
    [['help', 'verify'], 'not in this version'],
    [['run'], 'No file was given'],
    [['run', '-', 'more.json'], 'one file too many'],
    [['run', '-', '--max-concurency', '2'], 'Did you mean `--max-concurrency`?'],
    [['run', '-', '--max-concurrency', '0'], 'no whole number'],
    [['simulate', '-', '--max-concurrency', 'x'], 'no whole number'],
    [['run', '-', '--input', 'topic'], 'NAME=VALUE'],
    [['run', '-', '--inputs', 'missing.json'], 'no file'],
    [['run', '-', '--inputs', '-'], 'both come from stdin'],
    [['run', '-', '--inspect'], 'not in this version'],
    [['run', '-', '--inspec'], 'Type `forkchart run --help`'],
    [['run', '-', '--json', '--events'], 'exclude each other'],
    [['run', '-', '--root', 'missing'], 'no directory'],
    [['graph', '-', '--format', 'dot'], 'no format'],
    [['graph', '-', '--format', 'svg'], 'not in this version'],
    [['graph', '-', '--format', 'mermaid', '--json'], 'exclude each other'],
    [['check', '-', '--events'], 'no option'],
  ])('%j ends with 3 and says what to type', async (argv, text) => {
    const { code, stdout, stderr } = await forkchart(...argv);
    expect(code).toBe(3);
    expect(stderr).toContain(text);
    expect(stderr).toContain('hint:');
    expect(stderr).not.toContain('\u001b');
    if (argv.includes('--json')) {
      expect(JSON.parse(stdout)).toMatchObject({ ok: false, diagnostics: [{ code: 'FC9001' }] });
    } else {
      expect(stdout).toBe('');
    }
  });
});

describe('help and version', () => {
  it.each(VERBS.map((verb) => verb.name))(
    '%s --help names every option that there is, and no other',
    async (name) => {
      const { code, stdout, stderr } = await forkchart(name, 'x', '--help', '--nonsense');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      for (const option of VERBS.find((verb) => verb.name === name)?.options ?? []) {
        if (option.help === null) expect(stdout).not.toContain(`--${option.name}`);
        else expect(stdout).toContain(`--${option.name}`);
      }
      expect((await forkchart('help', name)).stdout).toBe(stdout);
    },
  );

  it('lists the verbs', async () => {
    const { code, stdout } = await forkchart('--help');
    expect(code).toBe(0);
    for (const { name } of VERBS) expect(stdout).toContain(`\n  ${name} `);
    for (const name of LATER_VERBS) expect(stdout).not.toContain(`\n  ${name} `);
    expect((await forkchart('-h')).stdout).toBe(stdout);
  });

  it('tells the version', async () => {
    expect((await forkchart('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
