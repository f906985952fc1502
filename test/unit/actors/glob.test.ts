import fc from 'fast-check';
import picomatch from 'picomatch';
import { describe, expect, it } from 'vitest';
import { parseGlob } from '../../../src/actors/glob.js';

/** Whether a walk would list the file: it enters each directory on its path, and matches the last name. */
function matches(pattern: string, file: string): boolean {
  const glob = parseGlob(pattern);
  const names = file.split('/');
  let state: ReturnType<typeof glob.enter> = glob.start;
  for (const name of names.slice(0, -1)) {
    state = glob.enter(state, name);
    if (state === null) return false;
  }
  return glob.matches(state, names.at(-1) ?? '');
}

describe('parseGlob', () => {
  it.each([
    ['*.ts', 'a.ts', true],
    ['*.ts', 'src/a.ts', false],
    ['**/*.ts', 'a.ts', true],
    ['**/*.ts', 'x/y/a.ts', true],
    ['src/**', 'src/a/b.ts', true],
    ['src/**', 'src', false],
    ['**', 'x/y/z', true],
    ['**/**/**', 'a', true],
    ['a/**/b/**/c', 'a/b/c', true],
    ['a/**/b/**/c', 'a/x/b/y/z/c', true],
    ['a/**/b/**/c', 'a/x/c', false],
    ['./src//./a.ts', 'src/a.ts', true],
    ['?.ts', 'a.ts', true],
    ['?.ts', 'ab.ts', false],
    ['[a-c].ts', 'b.ts', true],
    ['[!a-c].ts', 'b.ts', false],
    ['[!a-c].ts', 'd.ts', true],
    ['*.{ts,tsx}', 'a.tsx', true],
    ['{a,b{c,d}}.ts', 'bd.ts', true],
    ['[*].ts', '*.ts', true],
    ['[*].ts', 'a.ts', false],
    ['A.ts', 'a.ts', false],
    // A name that begins with a dot is meant only where the pattern says so.
    ['*', '.env', false],
    ['**/*', '.github/ci.yml', false],
    ['.*', '.env', true],
    ['.github/**/*.yml', '.github/x/ci.yml', true],
    // What is special to regular expressions alone is a character.
    ['a+', 'a+', true],
    ['a+', 'aa', false],
    ['(a|b)', '(a|b)', true],
    ['(a|b)', 'a', false],
    ['+(a)', '+(a)', true],
    ['a|b', 'a', false],
    ['a.ts', 'abts', false],
    ['^a$', '^a$', true],
    ['!a', '!a', true],
    ['!a', 'b', false],
    ['__proto__', '__proto__', true],
  ])('%j on %j: %j', (pattern, file, expected) => {
    expect(matches(pattern, file)).toBe(expected);
  });

  it('matches part by part what picomatch matches at once', () => {
    const part = fc.constantFrom('a', 'b', '*', '**', 'a*', '*b', '?', '{a,b}', '[a-b]', '.a', '*.b');
    const name = fc.constantFrom('a', 'b', 'ab', 'ba', '.a', 'a.b', 'c');
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
    const pattern = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(pattern, path, (glob, file) => {
        // Two `**` in a row, and a last one, mean a little else to picomatch (`a/**` takes in `a`).
        fc.pre(!glob.includes('**/**') && !glob.endsWith('**'));
        expect(matches(glob, file)).toBe(picomatch.isMatch(file, glob));
      }),
      { numRuns: 2000 },
    );
  });

  it('does not enter directories that nothing can match in', () => {
    const glob = parseGlob('src/*/index.ts');
    expect(glob.enter(glob.start, 'test')).toBeNull();
    const inside = glob.enter(glob.start, 'src');
    expect(inside).not.toBeNull();
    const further = glob.enter(inside ?? [], 'x');
    expect(glob.enter(further ?? [], 'y')).toBeNull();
  });

  it('knows which directories are named', () => {
    expect([...parseGlob('node_modules/*/.git/x.{js,ts}').named]).toEqual(['node_modules', '.git']);
  });

  it.each(['..', '../*', 'a/../../b', '/etc/*', '/'])('refuses to lead out: %j', (pattern) => {
    expect(() => parseGlob(pattern)).toThrow(expect.objectContaining({ code: 'FC6003' }));
  });

  it.each([
    ['[a', /\[/],
    ['{a,b', /\{/],
    ['{a/b,c}', /\{/],
    ['a\\*', /`\\`/],
    ['.', /names nothing/],
    ['*a*b*c*', /4 `\*`/],
    ['{a,b}{a,b}{a,b}{a,b}', /4 `\{`/],
    ['x'.repeat(1001), /longer than 1000/],
  ])('refuses %j and says why', (pattern, message) => {
    expect(() => parseGlob(pattern)).toThrow(
      expect.objectContaining({ code: 'FC5009', message: expect.stringMatching(message) }),
    );
  });
});
