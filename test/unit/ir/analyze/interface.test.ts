import { describe, expect, it } from 'vitest';
import { checkWorkflow } from '../../../../src/ir/check.js';

const nodes = [{ id: 'a', type: 'echo' }];

describe('inputs and outputs', () => {
  it('have defaults of their own type', () => {
    const check = (type: string, value: unknown) =>
      checkWorkflow({ nodes, inputs: { x: { type, default: value } } }).diagnostics;
    expect(check('int', 'one')).toMatchObject([
      {
        code: 'FC1004',
        path: '/inputs/x/default',
        message: expect.stringContaining('an integer, and is a string'),
      },
    ]);
    expect(check('int', 1.5)).toHaveLength(1);
    for (const [type, value] of [
      ['int', 1],
      ['float', 1],
      ['list', []],
      ['dict', {}],
      ['any', null],
      ['bool', false],
    ]) {
      expect(check(String(type), value)).toEqual([]);
    }
  });

  it('name something in their source', () => {
    const { ok, diagnostics } = checkWorkflow({ nodes, outputs: { x: { source: 'a' } } });
    expect(ok).toBe(true);
    expect(diagnostics).toMatchObject([{ code: 'FC3005', severity: 'warning', path: '/outputs/x/source' }]);
  });
});
