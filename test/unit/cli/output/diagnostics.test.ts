import { describe, expect, it } from 'vitest';
import { renderDiagnostics } from '../../../../src/cli/output/diagnostics.js';
import { createStyle } from '../../../../src/cli/output/style.js';
import type { Diagnostic } from '../../../../src/ir/diagnostics/diagnostic.js';

const style = createStyle(false);
const view = (text: string, width = 80) => ({ source: 'flow.json', text, width, style });
const syntaxError = (line: number, column: number): Diagnostic => ({
  code: 'FC1001',
  severity: 'error',
  path: '',
  message: 'A comma is missing.',
  hint: 'Type `,` here.',
  position: { line, column },
});

describe('renderDiagnostics', () => {
  it('shows code, place, message, hint and repair of each, errors first', async () => {
    const text = renderDiagnostics(
      [
        {
          code: 'FC3004',
          severity: 'info',
          path: '/nodes/1/params',
          message: '`b` uses `a`.',
          hint: 'Nothing to do.',
        },
        {
          code: 'FC1003',
          severity: 'error',
          path: '/nodes/0/prams',
          message: 'Unknown key `prams`.',
          hint: 'Did you mean `params`?',
          fix: [{ op: 'move', from: '/nodes/0/prams', path: '/nodes/0/params' }],
        },
        {
          code: 'FC2005',
          severity: 'warning',
          path: '/nodes/2',
          message: 'Nothing reaches `c`.',
          hint: 'Add an edge to it.',
        },
      ],
      view(''),
    );
    await expect(text).toMatchFileSnapshot('../../../golden/diagnostics.txt');
  });

  it('points at the place of a syntax error', async () => {
    const text = '{\n  "nodes": [\n    { "id": "a" }\n    { "id": "b" }\n  ]\n}\n';
    await expect(renderDiagnostics([syntaxError(4, 5)], view(text))).toMatchFileSnapshot(
      '../../../golden/syntax-error.txt',
    );
  });

  it.each([1, 2_500_000, 5_000_000])('shows only the part around column %d of a line of 5 MB', (column) => {
    const lines = renderDiagnostics([syntaxError(1, column)], view('['.repeat(5_000_000), 60)).split('\n');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
    const [shown = '', caret = ''] = lines.slice(2);
    expect(shown[caret.indexOf('^')]).toBe('[');
  });

  it('survives a position that is not in the text', () => {
    expect(renderDiagnostics([syntaxError(9, 9)], view('{}'))).toContain('A comma is missing.');
    expect(renderDiagnostics([syntaxError(1, 1)], view(''))).toContain('^');
  });

  it('lets nothing that a file holds reach the terminal as an escape sequence', () => {
    const hostile = '\u001b[2J';
    const text = renderDiagnostics(
      [
        {
          ...syntaxError(1, 2),
          path: `/${hostile}`,
          message: hostile,
          hint: hostile,
          fix: [{ op: 'remove', path: hostile }],
        },
      ],
      { ...view(`${hostile}${hostile}`), source: hostile },
    );
    expect(text).not.toContain('\u001b');
  });
});
