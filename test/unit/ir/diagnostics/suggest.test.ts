import { describe, expect, it } from 'vitest';
import { nearest } from '../../../../src/ir/diagnostics/suggest.js';

describe('nearest', () => {
  it.each([
    ['fecth', ['report', 'fetch'], 'fetch'],
    ['dependsOn', ['depends_on', 'description'], 'depends_on'],
    ['DEPENDS-ON', ['depends_on'], 'depends_on'],
    ['max_attemps', ['max_attempts', 'max_delay_ms'], 'max_attempts'],
    ['b', ['a', 'c'], null],
    ['ba', ['ax', 'ab'], 'ab'],
    ['ehco', ['each', 'echo'], 'echo'],
    ['ab', ['xy', 'yx'], null],
    ['step2', ['step1', 'step3'], 'step1'],
    ['retry', ['report'], null],
    ['zzz', ['abc'], null],
    ['', ['a'], null],
    ['same', ['same'], null],
  ])('of %j and %j it is %j', (name, candidates, expected) => {
    expect(nearest(name, candidates)).toBe(expected);
  });

  it('does not compare names of megabytes', () => {
    expect(nearest('a'.repeat(5_000_000), ['a'.repeat(4_999_999)])).toBe(null);
  });
});
