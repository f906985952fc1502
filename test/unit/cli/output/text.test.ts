import { describe, expect, it } from 'vitest';
import { formatDuration } from '../../../../src/cli/output/duration.js';
import { printable, printableName } from '../../../../src/cli/output/printable.js';
import { createStyle, wantsColors } from '../../../../src/cli/output/style.js';
import { displayWidth, pad, truncate } from '../../../../src/cli/output/width.js';

describe('printable', () => {
  it('shows control characters instead of passing them to the terminal', () => {
    expect(printable('\u001b[2J\u001b]0;owned\u0007')).toBe('\\u001b[2J\\u001b]0;owned\\u0007');
    expect(printable('\u009b31m\u007f')).toBe('\\u009b31m\\u007f');
    expect(printable('a\r\nb\tc')).toBe('a\\r\\nb\\tc');
  });

  it('shows characters that reorder or hide text, and half surrogate pairs', () => {
    expect(printable('\u202egnp.exe')).toBe('\\u202egnp.exe');
    expect(printable('a\u200bb\u2066c\u2028d')).toBe('a\\u200bb\\u2066c\\u2028d');
    expect(printable('\ud800')).toBe('\\ud800');
  });

  it('leaves other text alone, whatever its script', () => {
    expect(printable('Größe 漢字 👩‍🚀 العربية')).toBe('Größe 漢字 👩‍🚀 العربية');
  });

  it('quotes a name that would not be seen', () => {
    expect(printableName('')).toBe('""');
    expect(printableName(' a ')).toBe('" a "');
    expect(printableName('a')).toBe('a');
  });
});

describe('displayWidth, truncate and pad', () => {
  it('count columns, not code units', () => {
    expect(displayWidth('abc')).toBe(3);
    expect(displayWidth('漢字')).toBe(4);
    expect(displayWidth('e\u0301')).toBe(1);
    expect(displayWidth('👩‍🚀')).toBe(2);
  });

  it('never go beyond the width that they are given', () => {
    expect(truncate('漢字漢字', 5)).toBe('漢字…');
    expect(truncate('abcdef', 6)).toBe('abcdef');
    expect(truncate('abcdef', 3)).toBe('ab…');
    expect(truncate('abc', 0)).toBe('');
    for (let width = 0; width < 12; width++)
      expect(displayWidth(truncate('a漢b👩‍🚀cdefgh', width))).toBeLessThanOrEqual(width);
    expect(pad('漢', 4)).toBe('漢  ');
    expect(pad('1', 3, 'start')).toBe('  1');
  });

  it('cut a megabyte as fast as a line', () => {
    expect(truncate('x'.repeat(1_000_000), 10)).toBe(`${'x'.repeat(9)}…`);
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [12.54, '12.5 ms'],
    [340.4, '340 ms'],
    [999.9, '1 s'],
    [1250, '1.25 s'],
    [59_999, '1 min'],
    [125_000, '2 min 5 s'],
    [3_720_000, '1 h 2 min'],
  ])('%d ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('wantsColors', () => {
  const terminal = { isTTY: true };

  it('colours terminals only', () => {
    expect(wantsColors({}, terminal)).toBe(true);
    expect(wantsColors({}, {})).toBe(false);
    expect(wantsColors({ TERM: 'dumb' }, terminal)).toBe(false);
  });

  it('is told by NO_COLOR and FORCE_COLOR, the latter first', () => {
    expect(wantsColors({ NO_COLOR: '1' }, terminal)).toBe(false);
    expect(wantsColors({ NO_COLOR: '' }, terminal)).toBe(true);
    expect(wantsColors({ FORCE_COLOR: '1' }, {})).toBe(true);
    expect(wantsColors({ FORCE_COLOR: '0' }, terminal)).toBe(false);
    expect(wantsColors({ FORCE_COLOR: '1', NO_COLOR: '1' }, {})).toBe(true);
  });

  it('leaves no trace where there are no colours', () => {
    expect(createStyle(false).red('x')).toBe('x');
    expect(createStyle(true).red('x')).toBe('\u001b[31mx\u001b[39m');
  });
});
