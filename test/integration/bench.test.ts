import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flawInXml } from '../helpers/well-formed-xml.js';

const root = path.resolve(import.meta.dirname, '../..');
const exec = promisify(execFile);
const bench = (...args: string[]) =>
  exec(process.execPath, [path.join(root, 'scripts/bench.mjs'), '--no-build', ...args], { cwd: root });

/** The modules of `bench/` are plain JavaScript, outside of what is type-checked. */
const load = (file: string) => import(path.join(root, 'bench', file));

describe('the benchmark, with what needs no installation', () => {
  let out = '';
  beforeAll(async () => {
    out = await mkdtemp(path.join(tmpdir(), 'bench-'));
  });
  afterAll(() => rm(out, { recursive: true, force: true }));

  it('measures and reports', async () => {
    const workloads = 'fan-out,diamonds,memory-of-runs';
    const args = [
      '--quick',
      '--only',
      'floor,forkchart',
      '--workloads',
      workloads,
      '--limit',
      '60',
      '--out',
      out,
    ];
    await bench(...args);
    const report = await readFile(path.join(out, 'benchmarks.md'), 'utf8');
    const number = String.raw`[\d.,]+`;
    for (const row of [
      'fan-out and join: 10',
      'fan-out and join: 100',
      'six-node diamonds: 100, one at a time',
    ]) {
      expect(report).toMatch(new RegExp(String.raw`\| ${row} \| ${number} \| ${number} \|`));
      expect(report).toMatch(new RegExp(String.raw`\| ${row} \| 1 \| ${number} \|`));
    }
    expect(report).toMatch(/\| forkchart \| \d\.\d\d up to 100 \|/);
    expect(report).toContain(process.version);
    expect(report).not.toMatch(/failed|undefined|NaN/);
    expect(flawInXml((await readFile(path.join(out, 'benchmarks.svg'), 'utf8')).trim())).toBeNull();
  }, 120_000);

  it('cuts off what takes too long, and goes on', async () => {
    // Measuring takes a second, the limit is a hundredth of that.
    const { measureAll, casesOf } = await load('harness/rounds.mjs');
    const cases = await casesOf(['fan-out'], true);
    const options = {
      contestants: ['floor'],
      rounds: 2,
      limitMs: 10,
      times: { warmUpMs: 1000, measureMs: 1000, coldMs: 1000 },
    };
    const said: string[] = [];
    const outcomeOf = await measureAll(options, cases, (line: string) => said.push(line));
    expect(outcomeOf('floor', 'fan-out', '10')).toMatchObject({ samples: [], cutOff: true, failure: null });
    expect(outcomeOf('floor', 'fan-out', '100')).toMatchObject({ samples: [], cutOff: true, failure: null });
    expect(said).toHaveLength(1);
  });

  it('refuses options that it does not have', async () => {
    await expect(bench('--only', 'nobody')).rejects.toMatchObject({
      stderr: expect.stringContaining('there is no nobody'),
    });
    await expect(bench('--rounds', '0')).rejects.toMatchObject({ stderr: expect.stringContaining('from 1') });
  });
});

describe('a contestant that does not do the work', () => {
  it.each([
    ['another value', () => 1],
    ['the value of the run before', (right: (input: number) => number) => right(6)],
  ])('is found out: %s', async (_, cheat) => {
    const { fanOut } = await load('workloads/fan-out.mjs');
    const { prepareGraph } = await load('workloads/one-graph.mjs');
    const { evaluate } = await load('workloads/graph.mjs');
    const graph = fanOut(3);
    const right = (input: number): number => evaluate(graph, input);
    const { work, check } = await prepareGraph({ graph: () => async () => cheat(right) }, graph);
    const value: unknown = await work(7);
    expect(() => check(value, 7)).toThrow('wrong result');
    expect(() => check(right(7), 7)).not.toThrow();
  });

  it('is found out: it ignores the limit of a map', async () => {
    const { default: map } = await load('workloads/map.mjs');
    type Task = (item: number) => Promise<number>;
    const unlimited = { map: (_: number, task: Task) => (items: number[]) => Promise.all(items.map(task)) };
    const { work, check } = await map.prepare(unlimited, { size: 51 });
    const values: unknown = await work(7);
    expect(() => check(values, 7)).toThrow('51 items at once, where 50 is the limit');
  });
});

describe('the figures', () => {
  it('growth is the exponent of the power that fits', async () => {
    const { growthExponent } = await load('harness/statistics.mjs');
    const grown = (power: number) => [10, 100, 1000].map((size) => ({ size, value: 3 * size ** power }));
    expect(growthExponent(grown(1))).toBeCloseTo(1);
    expect(growthExponent(grown(3))).toBeCloseTo(3);
    expect(growthExponent([{ size: 10, value: 1 }])).toBeNull();
  });

  it('a median is a value that was measured', async () => {
    const { median } = await load('harness/statistics.mjs');
    expect(median([30, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2);
  });
});
