import { describe, expect, it } from 'vitest';
import { readRouted, route } from '../../../src/actors/route.js';

describe('route', () => {
  it('carries an action beside the output', () => {
    expect(readRouted(route('retry', { score: 0.5 }))).toEqual({ action: 'retry', output: { score: 0.5 } });
  });

  it('has the output null where none is given', () => {
    expect(readRouted(route('retry'))).toEqual({ action: 'retry', output: null });
  });

  it.each([null, undefined, 'retry', 3, ['retry', 1]])('leaves %j the default action', (returned) => {
    expect(readRouted(returned)).toEqual({ action: 'default', output: returned });
  });

  it('is not imitated by an output that has the same fields, as one from outside may', () => {
    const lookalike = { action: 'retry', output: 1, 'Symbol(forkchart.routed)': true };
    expect(readRouted(lookalike)).toEqual({ action: 'default', output: lookalike });
    expect(readRouted(Object.create(route('retry')))).toMatchObject({ action: 'default' });
  });

  it('refuses an action that is not a text', () => {
    expect(() => route({ score: 1 } as unknown as string)).toThrow(
      expect.objectContaining({ code: 'FC9002' }),
    );
  });
});
