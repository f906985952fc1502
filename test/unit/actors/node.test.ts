import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { defineNode, type NodeContext } from '../../../src/actors/node.js';
import { runNode } from './node-context.js';

describe('defineNode', () => {
  it('gives `run` the type that `params` describes, defaults filled in', async () => {
    const node = defineNode({
      type: 'repeat',
      params: z.strictObject({ text: z.string(), times: z.int().default(2) }),
      run(params, ctx) {
        expectTypeOf(params).toEqualTypeOf<{ text: string; times: number }>();
        expectTypeOf(ctx).toEqualTypeOf<NodeContext>();
        return params.text.repeat(params.times);
      },
    });
    expect(await runNode(node, { text: 'ab' })).toBe('abab');
  });

  it('takes no parameters and assumes an effect where nothing is said', () => {
    const node = defineNode({
      type: 'ring',
      run: (params) => expectTypeOf(params).toEqualTypeOf<Record<string, never>>(),
    });
    expect(node.effects).toBe('effect');
    expect(node.params.safeParse({}).success).toBe(true);
    expect(node.params.safeParse({ loudly: true }).success).toBe(false);
  });

  it.each(['a', 'fetch-page', 'team/fetch.page_2', 'fetchPage', 'x'.repeat(64)])(
    'accepts the name %j',
    (type) => {
      expect(defineNode({ type, run: () => null }).type).toBe(type);
    },
  );

  it.each([
    '',
    ' a',
    '1st',
    '-a',
    '__proto__',
    'a b',
    'a#b',
    'é',
    'forkchart.drain',
    'x'.repeat(65),
    null,
    7,
  ])('refuses the name %j', (type) => {
    expect(() => defineNode({ type: type as string, run: () => null })).toThrow(
      expect.objectContaining({ code: 'FC9002', hint: expect.stringContaining('letter') }),
    );
  });

  it.each<[string, object, RegExp]>([
    ['nothing to do', {}, /either `run` or `worker`/],
    ['two things to do', { run: () => null, worker: new URL('file:///w.js') }, /either `run` or `worker`/],
    ['a `run` that is no function', { run: 'rm' }, /`run` is not a function/],
    ['a `worker` that is no URL', { worker: './w.js' }, /`worker` is not a URL/],
    ['`params` that are no schema', { run: () => null, params: { name: 'string' } }, /not a zod schema/],
    ['unknown `effects`', { run: () => null, effects: 'none' }, /`effects` is "none"/],
  ])('refuses %s', (_, options, message) => {
    const define = () => defineNode({ type: 'wrong', ...options } as Parameters<typeof defineNode>[0]);
    expect(define).toThrow(
      expect.objectContaining({ code: 'FC9002', message: expect.stringMatching(message) }),
    );
  });
});
