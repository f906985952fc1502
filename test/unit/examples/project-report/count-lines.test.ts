import { describe, expect, it } from 'vitest';

const { countText } = await import(
  new URL('../../../../examples/project-report/nodes/count-lines.worker.js', import.meta.url).href
);

/** Each line is given with what it is: `+` code, `#` comment, `-` blank. */
function check(language: string, marked: readonly (readonly ['+' | '#' | '-', string])[]): void {
  const count = (mark: string) => marked.filter(([kind]) => kind === mark).length;
  const text = marked.map(([, line]) => `${line}\n`).join('');
  expect(countText(text, language)).toEqual({ code: count('+'), comment: count('#'), blank: count('-') });
}

describe('countText', () => {
  it('tells code, comments and blank lines of the C family apart', () => {
    check('Java', [
      ['#', '/*'],
      ['#', ' * // what it does'],
      ['-', '   '],
      ['#', ' */'],
      ['+', 'int a = 1; // one'],
      ['+', 'int b = /* two */ 2;'],
      ['#', '  // three'],
      ['#', '/* four */ /* five */'],
      ['+', '/* six */ int c;'],
      ['-', ''],
      ['+', 'String s = "/* not a comment";'],
      ['+', 'char q = \'"\'; // " /*'],
      ['+', 'int d;'],
    ]);
  });

  it('takes comment signs in strings, templates and regular expressions of JavaScript for what they are', () => {
    check('TypeScript', [
      ['+', "const glob = 'src/**/*.ts';"],
      ['+', 'const text = `a'],
      ['+', '// still text'],
      ['-', ''],
      ['+', '`;'],
      ['+', 'const pattern = /[`"/*]/.test(text);'],
      ['#', '// a comment'],
      ['+', 'const half = whole / 2; // `'],
      ['#', '/** It\'s "one". */'],
    ]);
  });

  it('counts a docstring as a comment, and another triple-quoted string as code', () => {
    check('Python', [
      ['#', '#!/usr/bin/env python3'],
      ['+', 'def f():'],
      ['#', '    """What it does.'],
      ['-', ''],
      ['#', '    # more of it'],
      ['#', '    """'],
      ['+', '    text = """not'],
      ['+', '# a comment'],
      ['+', '"""'],
      ['+', "    return '#' # one"],
    ]);
  });

  it('knows the comments of markup, of style sheets, of SQL and of scripts', () => {
    check('HTML', [
      ['#', '<!-- a'],
      ['#', '  b -->'],
      ['+', '<p>// text</p> <!-- c -->'],
    ]);
    check('CSS', [
      ['#', '/* a */'],
      ['+', 'a { content: "/*"; }'],
      ['+', 'b { color: red }'],
    ]);
    check('SQL', [
      ['#', '-- a'],
      ['+', "select '--' from t"],
      ['#', '/* b */'],
    ]);
    check('YAML', [
      ['#', '# a'],
      ['+', 'b: "#c"'],
    ]);
  });

  it('takes every line of a format without comments that is not blank for code', () => {
    check('JSON', [
      ['+', '{'],
      ['-', ''],
      ['+', '  "a": "// b"'],
      ['+', '}'],
    ]);
  });

  it('counts no line after the last line break, and the last line without one', () => {
    expect(countText('', 'C')).toEqual({ code: 0, comment: 0, blank: 0 });
    expect(countText('a;\n', 'C')).toEqual({ code: 1, comment: 0, blank: 0 });
    expect(countText('a;\r\n\r\nb;', 'C')).toEqual({ code: 2, comment: 0, blank: 1 });
    expect(countText('\n', 'C')).toEqual({ code: 0, comment: 0, blank: 1 });
  });

  it('counts what is never closed to the end of the file, and gets there', () => {
    expect(countText('/* a\nb\n', 'C')).toEqual({ code: 0, comment: 2, blank: 0 });
    for (const sign of ['/*', '"', "'", '`', '/', '\\', '<!--', '"""', '(/', '(/[', '[/]', '#', '--']) {
      for (const language of ['TypeScript', 'Python', 'HTML', 'SQL', 'Rust']) {
        const { code, comment, blank } = countText(`${sign.repeat(50_000)}\n`, language);
        expect(code + comment + blank).toBe(1);
      }
    }
  }, 10_000);
});
