import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { parseArguments } from '../../../src/cli/arguments.js';
import { readEvents, readInputs } from '../../../src/cli/input.js';
import { type Io, Session } from '../../../src/cli/session.js';
import { readSource } from '../../../src/cli/source.js';
import { runVerb } from '../../../src/cli/verbs/run.js';
import { createRunner } from '../../../src/runtime/runner.js';

const cwd = mkdtempSync(join(tmpdir(), 'forkchart-input-'));
afterAll(() => rmSync(cwd, { recursive: true }));
const io = (stdin = ''): Io => ({
  stdin: Readable.from([Buffer.from(stdin)]),
  stdout: new PassThrough(),
  stderr: new PassThrough(),
  env: {},
  cwd,
});
const workflow = createRunner().load({
  inputs: {
    text: { type: 'string' },
    count: { type: 'integer' },
    ratio: { type: 'number' },
    deep: { type: 'boolean' },
    options: { type: 'object' },
    items: { type: 'array' },
  },
  nodes: [{ id: 'a', type: 'echo' }],
});
const read = (...args: string[]) =>
  readInputs(new Session(parseArguments('run', ['flow.json', ...args], runVerb.options), io()), workflow);

describe('readInputs', () => {
  it('reads each value as its declared type asks', async () => {
    const given = ['text=1=2', 'count=-3', 'ratio=2.5e3', 'deep=false', 'options={"a":[1]}', 'items=[]'];
    expect(await read(...given.flatMap((input) => ['--input', input]))).toEqual({
      text: '1=2',
      count: -3,
      ratio: 2500,
      deep: false,
      options: { a: [1] },
      items: [],
    });
  });

  it.each([
    'count=1.5',
    'count=abc',
    'count=',
    'ratio=',
    'ratio=Infinity',
    'deep=yes',
    'options=[1]',
    'options={',
    'items={}',
    'items=null',
  ])('refuses %s and says what to type', async (input) => {
    const name = input.slice(0, input.indexOf('='));
    await expect(read('--input', input)).rejects.toMatchObject({
      code: 'FC5001',
      hint: expect.stringContaining(`--input '${name}=`),
    });
  });

  it('names the nearest input for one that does not exist, hostile names included', async () => {
    await expect(read('--input', 'cuont=3')).rejects.toMatchObject({
      code: 'FC5001',
      hint: expect.stringContaining('`count`'),
    });
    await expect(read('--input', '__proto__=3')).rejects.toMatchObject({ code: 'FC5001' });
  });

  it('refuses a value without a name', async () => {
    await expect(read('--input', 'count')).rejects.toMatchObject({
      code: 'FC9001',
      hint: expect.stringContaining('NAME=VALUE'),
    });
  });

  it('puts single inputs over those of a file', async () => {
    writeFileSync(join(cwd, 'in.json'), '{"text": "a", "count": 1, "__proto__": 5}');
    const inputs = await read('--inputs', 'in.json', '--input', 'count=2');
    expect(JSON.stringify(inputs)).toBe('{"text":"a","count":2,"__proto__":5}');
    expect(Object.getPrototypeOf(inputs)).toBe(Object.prototype);
  });

  it.each(['[1]', 'null', '"x"', '{', ''])('refuses a file of inputs that holds %j', async (text) => {
    writeFileSync(join(cwd, 'bad.json'), text);
    await expect(read('--inputs', 'bad.json')).rejects.toMatchObject({ code: 'FC5001' });
  });

  it('refuses to read stdin twice', async () => {
    const session = new Session(parseArguments('run', ['-', '--inputs', '-'], runVerb.options), io());
    await expect(readInputs(session, workflow)).rejects.toMatchObject({ code: 'FC9001' });
  });
});

describe('readSource', () => {
  it('reads stdin, in whatever pieces it comes, and drops a byte order mark', async () => {
    const bytes = Buffer.from('\ufeff{"a":"ü漢"}');
    const stdin = Readable.from([...bytes].map((byte) => Buffer.from([byte])));
    expect(await readSource('-', { stdin, cwd })).toEqual({ name: 'stdin', text: '{"a":"ü漢"}' });
  });

  it.each(['missing.json', '.', 'in.json/x', 'a\0b', ''])('refuses %j', async (file) => {
    await expect(readSource(file, io())).rejects.toMatchObject({ code: 'FC9001' });
  });
});

describe('events to be sent', () => {
  it('are read as JSON, in their order, under any name', () => {
    expect(readEvents(['a={"x": "="}', '=null', 'a=1'])).toEqual([
      { name: 'a', payload: { x: '=' } },
      { name: '', payload: null },
      { name: 'a', payload: 1 },
    ]);
  });

  it.each(['approved', 'approved=', 'approved=yes'])('are refused where they are no event: %s', (given) => {
    expect(() => readEvents([given])).toThrow(
      expect.objectContaining({ code: 'FC9001', hint: expect.stringContaining('--send') }),
    );
  });
});
