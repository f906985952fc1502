import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

/** What a user of the package would write first. */
const SCRIPT = `
import { createRunner, route } from 'forkchart';
const runner = createRunner({ functions: { pick: ({ n }) => route(n > 1 ? 'many' : 'one', n) } });
const run = runner.start({
  nodes: [{ id: 'pick', type: 'function', params: { name: 'pick', args: { n: 2 } } }, { id: 'many', type: 'echo', params: { value: 'got \${pick}' } }],
  edges: [{ from: 'pick', to: 'many', action: 'many' }],
});
const { status, outputs } = await run.result;
console.log(status, JSON.stringify(outputs));
`;

/** A CPU-bound node: the worker's entry must be in the package, too. */
const WORKER_SCRIPT = `
import { createRunner, defineNode } from 'forkchart';
import { z } from 'zod';
const square = defineNode({ type: 'square', params: z.strictObject({ n: z.number() }), worker: new URL('./square.mjs', import.meta.url) });
const runner = createRunner({ nodes: [square] });
const { outputs } = await runner.start({ nodes: [{ id: 'nine', type: 'square', params: { n: 3 } }] }).result;
console.log(JSON.stringify(outputs));
await runner.close();
`;

/** All that the declarations name, whatever of it the file uses. */
const TYPED = `
import { type Run, type Workflow, createRunner } from 'forkchart';
export const load = (text: string): Workflow => createRunner().load(text);
export const start = (workflow: Workflow): Run => createRunner().start(workflow, {}, { onEvent: ({ type }) => console.log(type) });
`;

describe('the packed package, installed into an empty project', () => {
  const project = mkdtempSync(path.join(tmpdir(), 'forkchart-package-'));
  beforeAll(async () => {
    const packed = await run('npm', ['pack', '--json', '--pack-destination', project], { cwd: root });
    const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
    writeFileSync(path.join(project, 'package.json'), '{ "type": "module", "private": true }');
    writeFileSync(path.join(project, 'script.mjs'), SCRIPT);
    writeFileSync(path.join(project, 'worker.mjs'), WORKER_SCRIPT);
    writeFileSync(path.join(project, 'typed.mts'), TYPED);
    writeFileSync(path.join(project, 'square.mjs'), 'export default ({ n }) => n * n;');
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
    await run('npm', ['install', ...flags, `./${filename}`], { cwd: project });
  }, 180_000);
  afterAll(() => rmSync(project, { recursive: true, force: true }));

  it('runs a ten-line script, and ends by itself', async () => {
    const { stdout } = await run(process.execPath, ['script.mjs'], { cwd: project, timeout: 20_000 });
    expect(stdout).toBe('succeeded {"many":"got 2"}\n');
  });

  it('runs node functions on worker threads', async () => {
    const { stdout } = await run(process.execPath, ['worker.mjs'], { cwd: project, timeout: 20_000 });
    expect(stdout).toBe('{"nine":9}\n');
  });

  it('has types that hold together, looked at in full', async () => {
    const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
    const types = ['--types', 'node', '--typeRoots', path.join(root, 'node_modules/@types')];
    const flags = [
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      'false',
      '--module',
      'nodenext',
      '--target',
      'es2022',
    ];
    const check = run(process.execPath, [tsc, ...flags, ...types, 'typed.mts'], { cwd: project });
    const { stdout } = await check.catch((error: { stdout: string }) => error);
    expect(stdout).toBe('');
  }, 60_000);

  it('has the command line and the schema', async () => {
    const bin = path.join(project, 'node_modules/.bin/forkchart');
    const { stdout } = await run(bin, ['--version'], { cwd: project });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const script =
      "import schema from 'forkchart/schema.json' with { type: 'json' }; console.log(schema.type)";
    const args = ['--input-type=module', '--no-warnings', '-e', script];
    expect((await run(process.execPath, args, { cwd: project })).stdout).toBe('object\n');
  });
});
