import { describe, expect, it } from 'vitest';
import { echo } from '../../../src/actors/echo.js';
import { fail } from '../../../src/actors/fail.js';
import { sleep } from '../../../src/actors/sleep.js';
import { runNode } from './node-context.js';

describe('echo', () => {
  it.each([1, '', false, [null], { a: { b: 1 } }])('gives back %j', async (value) => {
    expect(await runNode(echo, { value })).toEqual(value);
  });

  it('gives back null for nothing', async () => {
    expect(await runNode(echo)).toBeNull();
  });

  it('keeps a key `__proto__` as a key', async () => {
    const value = await runNode(echo, { value: JSON.parse('{"__proto__": {"polluted": true}}') });
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect((value as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('fail', () => {
  it('fails every attempt where no number is given', async () => {
    for (const attempt of [1, 2, 1000]) {
      await expect(runNode(fail, {}, { attempt })).rejects.toMatchObject({
        code: 'FC6001',
        message: `\`n\` failed on attempt ${attempt}, as it was asked to.`,
      });
    }
  });

  it('fails the first `times` attempts, then gives back the value', async () => {
    const params = { times: 2, message: 'the service is down', value: 'up' };
    for (const attempt of [1, 2]) {
      await expect(runNode(fail, params, { attempt })).rejects.toThrow('the service is down');
    }
    expect(await runNode(fail, params, { attempt: 3 })).toBe('up');
  });

  it('never fails where `times` is 0', async () => {
    expect(await runNode(fail, { times: 0 })).toBeNull();
  });

  it.each([-1, 1.5, '2'])('refuses `times: %j`', (times) => {
    expect(fail.params.safeParse({ times }).success).toBe(false);
  });
});

describe('sleep', () => {
  it('waits on the clock of its run, and gives back the value', async () => {
    const waits: number[] = [];
    const clock = {
      sleep: async (ms: number) => {
        waits.push(ms);
      },
    };
    expect(await runNode(sleep, { ms: 250, value: 'rested' }, clock)).toBe('rested');
    expect(await runNode(sleep, { ms: 0 }, clock)).toBeNull();
    expect(waits).toEqual([250, 0]);
  });

  it.each([-1, '10', null, Number.POSITIVE_INFINITY])('refuses `ms: %j`', (ms) => {
    expect(sleep.params.safeParse({ ms }).success).toBe(false);
  });
});
