import { describe, expect, it } from 'vitest';
import { type OptionSpec, parseArguments, positiveInteger } from '../../../src/cli/arguments.js';
import { UsageError } from '../../../src/cli/usage-error.js';

const specs: OptionSpec[] = [
  { name: 'input', value: 'NAME=VALUE', multiple: true, help: '' },
  { name: 'max-concurrency', value: 'N', help: '' },
  { name: 'json', help: '' },
];
const parse = (...args: string[]) => parseArguments('run', args, specs);
const refusal = (act: () => unknown): UsageError => {
  try {
    act();
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error('It was accepted.');
};

describe('parseArguments', () => {
  it('takes files and options in any order, and an option that may be repeated as often as it is given', () => {
    const args = parse('--input', 'a=1', 'flow.json', '--json', '--input=b=2=3');
    expect(args.positionals).toEqual(['flow.json']);
    expect(args.all('input')).toEqual(['a=1', 'b=2=3']);
    expect(args.has('json')).toBe(true);
    expect(args.get('max-concurrency')).toBeNull();
  });

  it('reads `-` as a file, and what follows `--` too', () => {
    expect(parse('-').positionals).toEqual(['-']);
    expect(parse('--', '--json').positionals).toEqual(['--json']);
  });

  it('names the nearest option for one that does not exist', () => {
    const error = refusal(() => parse('--max-concurency', '2'));
    expect(error.code).toBe('FC9001');
    expect(error.message).toContain('"--max-concurency"');
    expect(error.hint).toContain('Did you mean `--max-concurrency`?');
  });

  it('suggests nothing where nothing is near', () => {
    expect(refusal(() => parse('--frobnicate')).hint).not.toContain('Did you mean');
  });

  it.each([['--__proto__'], ['--constructor'], ['-x'], ['--toString=1']])('refuses %s', (flag) => {
    expect(refusal(() => parse(flag)).message).toContain('no option');
  });

  it('refuses an option without its value, even where another option follows', () => {
    expect(refusal(() => parse('--input')).message).toContain('needs a value');
    expect(refusal(() => parse('--input', '--json')).message).toContain('needs a value');
    expect(parse('--input=--json').all('input')).toEqual(['--json']);
  });

  it('refuses a value where none is wanted, and a second value where one is', () => {
    expect(refusal(() => parse('--json=yes')).message).toContain('takes no value');
    expect(refusal(() => parse('--max-concurrency=1', '--max-concurrency=2')).message).toContain('twice');
  });
});

describe('positiveInteger', () => {
  it('reads whole numbers from 1 on', () => {
    expect(positiveInteger(parse('--max-concurrency', '12'), 'max-concurrency')).toBe(12);
    expect(positiveInteger(parse(), 'max-concurrency')).toBeNull();
  });

  it.each(['0', '1.5', 'x', '', '1e3', '99999999999999999999', '-1'])('refuses %j', (value) => {
    const error = refusal(() => positiveInteger(parse(`--max-concurrency=${value}`), 'max-concurrency'));
    expect(error.hint).toContain('--max-concurrency 4');
  });
});
