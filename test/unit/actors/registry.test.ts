import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineNode } from '../../../src/actors/node.js';
import { createRegistry } from '../../../src/actors/registry.js';
import { runNode } from './node-context.js';

const custom = (type: string) => defineNode({ type, run: () => null });

describe('createRegistry', () => {
  it('knows the built-in types', () => {
    expect([...createRegistry().nodeTypes.keys()].sort()).toEqual([
      'echo',
      'fail',
      'function',
      'list-files',
      'merge',
      'read-file',
      'sleep',
      'wait',
      'workflow',
      'write-file',
    ]);
  });

  it('adds types of one own, and finds them by name', () => {
    const mine = custom('mine');
    const registry = createRegistry({ nodes: [mine] });
    expect(registry.get('mine')).toBe(mine);
    expect(registry.nodeTypes.get('mine')).toBe(mine);
    expect(registry.definitions.at(-1)).toBe(mine);
  });

  it('finds nothing under names that objects inherit', () => {
    const registry = createRegistry();
    for (const name of ['constructor', '__proto__', 'toString', ''])
      expect(registry.get(name)).toBeUndefined();
  });

  it('refuses two types of one name, and says so differently for a built-in one', () => {
    expect(() => createRegistry({ nodes: [custom('mine'), custom('mine')] })).toThrow(
      expect.objectContaining({ code: 'FC9002', hint: 'Register each node type once.' }),
    );
    expect(() => createRegistry({ nodes: [custom('echo')] })).toThrow(
      expect.objectContaining({ code: 'FC9002', hint: expect.stringContaining('built-in') }),
    );
  });

  it('refuses what is not a function, and a root that is no path', () => {
    const functions = { add: 1 } as unknown as Record<string, () => number>;
    expect(() => createRegistry({ functions })).toThrow(expect.objectContaining({ code: 'FC9002' }));
    expect(() => createRegistry({ root: '' })).toThrow(expect.objectContaining({ code: 'FC9002' }));
  });

  it('has a description for each built-in type and each of its parameters, and refuses unknown ones', () => {
    for (const { type, description, params } of createRegistry().definitions) {
      expect(description, type).not.toBe('');
      expect(
        params.safeParse({ ms: 1, name: 'f', path: 'p', pattern: '*', no_such_parameter: 1 }).success,
      ).toBe(false);
      const { properties, additionalProperties } = z.toJSONSchema(params, { io: 'input' });
      expect(additionalProperties, type).toBe(false);
      for (const [name, schema] of Object.entries(properties ?? {})) {
        expect(schema, `${type}.${name}`).toHaveProperty('description', expect.stringMatching(/\w/));
      }
    }
  });
});

describe('function', () => {
  const functions = {
    double: (n: unknown) => 2 * Number(n),
    whoAmI: (_: unknown, ctx: { node: string }) => ctx.node,
  };
  const node = createRegistry({ functions }).get('function');
  if (node === undefined) throw new Error('The registry has no `function`.');

  it('calls a registered function with its arguments and the context', async () => {
    expect(await runNode(node, { name: 'double', args: 21 })).toBe(42);
    expect(await runNode(node, { name: 'whoAmI' }, { node: 'me' })).toBe('me');
  });

  it('passes arguments on as they are, `__proto__` included', async () => {
    const registry = createRegistry({ functions: { keys: (args) => Object.keys(args as object) } });
    const args = JSON.parse('{"__proto__": {"polluted": true}, "a": 1}');
    const keys = registry.get('function');
    expect(await (keys && runNode(keys, { name: 'keys', args }))).toEqual(['__proto__', 'a']);
  });

  it('suggests the nearest name for one that is not registered', async () => {
    await expect(runNode(node, { name: 'duoble' })).rejects.toMatchObject({
      code: 'FC6005',
      message: 'No function `duoble` is registered.',
      hint: 'Did you mean `double`?',
    });
  });

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'does not find the inherited %s',
    async (name) => {
      await expect(runNode(node, { name })).rejects.toMatchObject({ code: 'FC6005' });
    },
  );
});
