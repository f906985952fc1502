import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { forkchart, workspace } from './cli-process.js';

const echo = (id: string, rest: object = {}) => ({ id, type: 'echo', ...rest });
const ok = {
  id: 'report',
  inputs: { topic: { type: 'string', default: 'tea' } },
  outputs: { text: { source: '${merge.output}' } },
  nodes: [
    { id: 'fetch', type: 'echo', params: { value: 'about ${topic}' } },
    { id: 'analyze', type: 'sleep', params: { ms: 30, value: '${fetch.output}' } },
    { id: 'visualize', type: 'sleep', params: { ms: 30, value: 2 } },
    { id: 'merge', type: 'merge', params: { strategy: 'array' } },
  ],
  edges: [
    { from: 'fetch', to: 'analyze', parallel_group: 'work' },
    { from: 'fetch', to: 'visualize', parallel_group: 'work' },
    { from: 'analyze', to: 'merge' },
    { from: 'visualize', to: 'merge' },
  ],
};

const cwd = workspace({
  'ok.json': ok,
  'empty.json': '',
  'brackets.json': '['.repeat(5_000_000),
  'bad.json': '{\n  "nodes": [\n    { "id": "a" "type": "echo" }\n  ]\n}\n',
  'array.json': '[1, 2]',
  'cycle.json': {
    nodes: [echo('a'), echo('b')],
    edges: [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'a' },
    ],
  },
  'unknown-type.json': { nodes: [{ id: 'a', type: 'ecko' }] },
  'nowhere.json': { nodes: [echo('a', { params: { value: '${anlyze.output}' } })] },
  'dangling.json': { nodes: [echo('a')], edges: [{ from: 'a', to: 'b' }] },
  'proto.json':
    '{"nodes":[{"id":"__proto__","type":"echo","params":{"value":1}},{"id":"constructor","type":"echo","params":{"value":"${__proto__.output}"}}]}',
  'failing.json': {
    id: 'failing',
    nodes: [
      { id: 'boom', type: 'fail', params: { message: 'it \u001b[2J broke' } },
      echo('after', { depends_on: ['boom'] }),
    ],
  },
  'needs-input.json': {
    inputs: { count: { type: 'integer', required: true } },
    nodes: [echo('a', { params: { value: '${count}' } })],
  },
  'slow.json': {
    id: 'slow',
    nodes: [{ id: 'nap', type: 'sleep', params: { ms: 60_000 } }, echo('after', { depends_on: ['nap'] })],
  },
  'ticking.json': {
    nodes: Array.from({ length: 50 }, (_, index) => ({
      id: `tick${index}`,
      type: 'sleep',
      params: { ms: 200 },
      depends_on: index === 0 ? [] : [`tick${index - 1}`],
    })),
  },
  'custom.json': {
    nodes: [
      { id: 'a', type: 'shout', params: { text: 'hi' } },
      { id: 'b', type: 'function', params: { name: 'twice', args: 21 } },
    ],
  },
  'nodes.mjs': `import { z } from 'zod';
console.log('a module that is chatty');
export const nodes = [{ type: 'shout', description: 'shouts', params: z.object({ text: z.string() }), effects: 'pure', run: ({ text }) => { console.log('noise'); return text.toUpperCase(); } }];
export const functions = { twice: (value) => value * 2 };
`.replace("'zod'", JSON.stringify(import.meta.resolve('zod'))),
  'worker-nodes.mjs': `import { defineNode } from '${new URL('../../dist/index.js', import.meta.url).href}';
export const nodes = [defineNode({ type: 'chatty', worker: new URL('./chatty.mjs', import.meta.url) })];
`,
  'chatty.mjs': `export default () => { console.log('noise'); process.stdout.write('more noise'); return 1; };`,
  'threads.json': { nodes: [{ id: 'a', type: 'chatty' }] },
  'not-nodes.mjs': 'export const nodes = [1];',
  'not-workflows.mjs': 'export const workflows = [1];',
  'library.mjs':
    "export const workflows = { greet: { inputs: { who: { type: 'string' } }, nodes: [{ id: 'hi', type: 'echo', params: { value: 'hi ${who}' } }] } };",
  'waiting.json': {
    nodes: [
      { id: 'ok', type: 'wait', params: { event: 'approved' } },
      { id: 'greet', type: 'workflow', params: { ref: 'greet', inputs: { who: '${ok.by}' } } },
    ],
  },
});
const run = (...args: string[]) => forkchart(args, { cwd });

/** Each with the code that is to be among its diagnostics. */
const INVALID: readonly [file: string, code: string][] = [
  ['empty.json', 'FC1001'],
  ['brackets.json', 'FC1006'],
  ['bad.json', 'FC1001'],
  ['array.json', 'FC1004'],
  ['cycle.json', 'FC2004'],
  ['unknown-type.json', 'FC2003'],
  ['nowhere.json', 'FC3002'],
  ['dangling.json', 'FC2002'],
];

describe.each(INVALID)('%s, which is invalid (P13),', (file, expected) => {
  it('is refused with code 2, and one JSON document on stdout', async () => {
    const { code, stdout } = await run('run', file, '--json');
    expect(code).toBe(2);
    const document = JSON.parse(stdout);
    expect(document.ok).toBe(false);
    expect(document.diagnostics.map((diagnostic: { code: string }) => diagnostic.code)).toContain(expected);
    for (const { code, path, message, hint } of document.diagnostics) {
      expect(code).toMatch(/^FC\d{4}$/);
      expect(path).toMatch(/^(?:\/|$)/);
      expect(message).not.toBe('');
      expect(hint).not.toBe('');
    }
  });

  it('prints what is wrong for a person, and nothing on stdout that could be taken for data', async () => {
    const { code, stdout, stderr } = await run('run', file);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/error FC\d{4} /);
    expect(stderr).toContain('hint:');
    expect(stderr.length).toBeLessThan(20_000);
  });
});

describe('forkchart check', () => {
  it('says ok, and what is in the workflow', async () => {
    const { code, stdout, stderr } = await run('check', 'ok.json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('ok: report: 4 nodes');
    expect(stdout).toContain('1 parallel group');
    expect((await run('check', 'ok.json', '--quiet')).stdout).toBe('');
    expect(JSON.parse((await run('check', 'ok.json', '--json')).stdout).ok).toBe(true);
  });

  it('points at the place of a syntax error', async () => {
    const { stdout } = await run('check', 'bad.json');
    expect(stdout).toContain('bad.json:3:');
    expect(stdout).toContain('3 |     { "id": "a" "type": "echo" }');
  });

  it('reads stdin', async () => {
    expect((await forkchart(['check', '-'], { stdin: JSON.stringify(ok) })).code).toBe(0);
    expect((await forkchart(['check', '-'], { stdin: '{' })).code).toBe(2);
  });
});

describe('forkchart plan and graph', () => {
  it('show what runs in parallel', async () => {
    expect((await run('plan', 'ok.json')).stdout).toContain('in parallel: analyze || visualize');
    const plan = JSON.parse((await run('plan', 'ok.json', '--json')).stdout);
    expect(plan.steps).toHaveLength(3);
  });

  it('draw Mermaid and the XState machine', async () => {
    expect((await run('graph', 'ok.json')).stdout).toMatch(/^flowchart TD\n/);
    expect(JSON.parse((await run('graph', 'ok.json', '--format', 'json')).stdout)).toHaveProperty('states');
    expect((await run('graph', 'ok.json', '--format', 'svg')).code).toBe(3);
  });
});

describe('forkchart simulate', () => {
  it('prints the record with the critical path', async () => {
    const { code, stdout } = await run('simulate', 'ok.json', '--json', '--max-concurrency', '1');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'succeeded',
      metrics: { wall_ms: 60, critical_path_ms: 30 },
      max_concurrency: 1,
    });
    expect((await run('simulate', 'needs-input.json')).code).toBe(0);
  });
});

describe('forkchart run', () => {
  it('prints the outputs on stdout, and what went on on stderr', async () => {
    const { code, stdout, stderr } = await run('run', 'ok.json', '--input', 'topic=coffee');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ text: ['about coffee', 2] });
    expect(stderr).toContain('executing 2 steps in parallel: analyze, visualize');
    expect(stderr).toContain('report succeeded in');
    expect(stderr).toContain('peak concurrency 2');
    expect(stderr).not.toContain('\u001b');
  });

  it('is silent when it is asked to be', async () => {
    expect((await run('run', 'ok.json', '--quiet')).stderr).toBe('');
    expect((await run('run', 'ok.json', '--no-progress')).stderr).not.toContain('executing');
  });

  it('keeps to the bound on concurrency', async () => {
    const { stdout } = await run('run', 'ok.json', '--json', '--max-concurrency', '1');
    expect(JSON.parse(stdout).metrics.peak_concurrency).toBe(1);
  });

  it('prints the record with --json', async () => {
    const record = JSON.parse((await run('run', 'ok.json', '--json')).stdout);
    expect(record).toMatchObject({ workflow: 'report', status: 'succeeded', error: null });
    expect(Object.keys(record.nodes)).toEqual(['fetch', 'analyze', 'visualize', 'merge']);
  });

  it('prints one event a line with --events, numbered without a gap', async () => {
    const { code, stdout } = await run('run', 'ok.json', '--events');
    expect(code).toBe(0);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index));
    expect(events.at(0).type).toBe('run.started');
    expect(events.at(-1)).toMatchObject({ type: 'run.settled', status: 'succeeded' });
  });

  it('ends with 1 when the workflow fails, and says which node and what to do', async () => {
    const { code, stdout, stderr } = await run('run', 'failing.json');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('boom: FC6001');
    expect(stderr).toContain('next:');
    expect(stderr).toContain('\\u001b[2J');
    expect(stderr).not.toContain('\u001b');
    expect((await run('run', 'failing.json', '--quiet')).stderr).toContain('boom: FC6001');
    const record = JSON.parse((await run('run', 'failing.json', '--json')).stdout);
    expect(record).toMatchObject({ status: 'failed', error: { code: 'FC6001', node: 'boom' } });
  });

  it('treats names such as __proto__ as any other', async () => {
    const { code, stdout } = await run('run', 'proto.json', '--json');
    expect(code).toBe(0);
    expect(Object.keys(JSON.parse(stdout).nodes)).toEqual(['__proto__', 'constructor']);
  });

  it('ends with 2 for inputs that are missing or of the wrong type', async () => {
    for (const args of [[], ['--input', 'count=x'], ['--input', 'cuont=1']]) {
      const { code, stdout } = await run('run', 'needs-input.json', '--json', ...args);
      expect({ args, code }).toEqual({ args, code: 2 });
      expect(JSON.parse(stdout)).toMatchObject({ ok: false, diagnostics: [{ code: 'FC5001' }] });
    }
    expect((await run('run', 'needs-input.json', '--input', 'count=3')).code).toBe(0);
  });

  it('takes the workflows of a module, and the events that are sent at the start', async () => {
    const library = ['waiting.json', '--nodes', 'library.mjs'];
    const { code, stdout } = await run('run', ...library, '--send', 'approved={"by": "Ann"}');
    expect([code, JSON.parse(stdout)]).toEqual([0, { greet: { hi: 'hi Ann' } }]);
    for (const verb of ['check', 'plan', 'simulate', 'graph'])
      expect((await run(verb, ...library)).code).toBe(0);
    expect((await run('check', 'waiting.json')).stdout).toContain('FC2012');
  });

  it('runs the user’s own node types and functions, whose logging stays off stdout', async () => {
    const { code, stdout, stderr } = await run('run', 'custom.json', '--nodes', 'nodes.mjs', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).nodes).toMatchObject({ a: { output: 'HI' }, b: { output: 42 } });
    expect(stderr).toContain('a module that is chatty');
    expect((await run('check', 'custom.json')).code).toBe(2);
    expect((await run('check', 'custom.json', '--nodes', 'nodes.mjs')).code).toBe(0);
  });

  it('prints one JSON document, whatever a worker thread prints', async () => {
    const { code, stdout, stderr } = await run(
      'run',
      'threads.json',
      '--nodes',
      'worker-nodes.mjs',
      '--json',
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout).nodes).toMatchObject({ a: { output: 1 } });
    expect(stderr).toMatch(/noise\n.*more noise/s);
  });

  it('says nothing about a pipe that is closed, and stops', async () => {
    const { code, stderr } = await forkchart(['run', 'ticking.json', '--events', '--quiet'], {
      cwd,
      closeStdout: true,
    });
    expect(code).toBe(1);
    expect(stderr).not.toContain('EPIPE');
  });

  it('waits for a function that never returns, and cancels that on SIGINT as well', async () => {
    await writeFile(
      path.join(cwd, 'never.mjs'),
      'export const functions = { never: () => new Promise(() => {}) };',
    );
    const never = { nodes: [{ id: 'never', type: 'function', params: { name: 'never' } }] };
    await writeFile(path.join(cwd, 'never.json'), JSON.stringify(never));
    let sent = false;
    const { code, stdout } = await forkchart(['run', 'never.json', '--nodes', 'never.mjs', '--json'], {
      cwd,
      onStderr: (text, kill) => {
        if (sent || !text.includes('executing')) return;
        sent = true;
        setTimeout(() => kill('SIGINT'), 200);
      },
    });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'cancelled',
      nodes: { never: { status: 'cancelled' } },
    });
  }, 20_000);

  it('cancels on SIGINT, with a record of what was done', async () => {
    let sent = false;
    const { code, stdout } = await forkchart(['run', 'slow.json', '--json'], {
      cwd,
      onStderr: (text, kill) => {
        if (sent || !text.includes('executing')) return;
        sent = true;
        kill('SIGINT');
      },
    });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'cancelled',
      nodes: { nap: { status: 'cancelled' }, after: { status: 'cancelled' } },
    });
  });
});

describe('wrong use', () => {
  it.each([
    [[], 'No verb was given'],
    [['run', 'missing.json'], 'no file "missing.json"'],
    [['run', '.'], 'is a directory'],
    [['run', 'ok.json', '--nodes', 'missing.mjs'], 'cannot be loaded'],
    [['run', 'ok.json', '--nodes', 'not-nodes.mjs'], 'not a node definition'],
    [['run', 'ok.json', '--nodes', 'not-workflows.mjs'], '`workflows` is not an object'],
    [['run', 'ok.json', '--send', 'approved'], 'has no `=`'],
    [['run', 'ok.json', '--send', 'approved=yes'], 'is not JSON'],
  ])('%j ends with 3 and says what to type', async (args, text) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain(text);
    expect(stderr).toContain('hint:');
  });

  it('prints one JSON document with --json', async () => {
    const { code, stdout } = await run('check', 'missing.json', '--json');
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      diagnostics: [{ code: 'FC9001', severity: 'error' }],
    });
  });
});

describe('colours', () => {
  it('are there when they are forced, and only then when nobody looks', async () => {
    const forced = await forkchart(['plan', 'ok.json'], { cwd, env: { FORCE_COLOR: '1' } });
    expect(forced.stdout).toContain('\u001b[1m');
    const plain = await forkchart(['plan', 'ok.json'], { cwd, env: { NO_COLOR: '1' } });
    expect(plain.stdout).not.toContain('\u001b');
  });
});
