import { describe, expect, it } from 'vitest';
import { createRunner } from '../../../src/runtime/runner.js';
import { directoryWith } from './directory.js';

describe('a failure of a built-in node type', () => {
  const retry = { max_attempts: 3, initial_ms: 0 };

  it.each([
    ['FC6002', 'merge', { values: [{ a: 1 }, { a: 2 }] }],
    ['FC6002', 'merge', { strategy: 'deep', values: [{ a: 1 }, { a: 2 }] }],
    ['FC5009', 'merge', { values: [{ a: 1 }, 2] }],
    ['FC5009', 'merge', { strategy: 'concat', values: [[1], 2] }],
    ['FC5009', 'list-files', { pattern: '[' }],
    ['FC6003', 'list-files', { pattern: '../*' }],
    ['FC6003', 'read-file', { path: '../secret' }],
    ['FC6005', 'function', { name: 'missing' }],
  ])('that could only come again is not retried: %s of %s', async (code, type, params) => {
    const runner = createRunner({ root: await directoryWith() });
    const { nodes } = await runner.start({ nodes: [{ id: 'n', type, params, retry }] }).result;
    expect(nodes.n).toMatchObject({ status: 'failed', attempts: 1, error: { code } });
  });

  it.each([
    ['FC6001', 'fail', {}],
    ['FC6004', 'read-file', { path: 'not-written-yet' }],
  ])('that may pass is retried: %s of %s', async (code, type, params) => {
    const runner = createRunner({ root: await directoryWith() });
    const { nodes } = await runner.start({ nodes: [{ id: 'n', type, params, retry }] }).result;
    expect(nodes.n).toMatchObject({ status: 'failed', attempts: 3, error: { code } });
  });
});
