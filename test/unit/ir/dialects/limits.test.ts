import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, type Limits } from '../../../../src/ir/limits.js';
import { readDocument } from './reading.js';

const codes = (value: unknown, limits: Partial<Limits> = {}) =>
  readDocument(value, { ...DEFAULT_LIMITS, ...limits }).diagnostics.map(
    ({ code, path }) => `${code} ${path}`,
  );
const nodes = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `n${i}`, type: 'echo' }));
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const edges = (count: number) => Array.from({ length: count }, () => ({ from: 'n0', to: 'n0' }));

describe('limits, each at it and one past it (P13)', () => {
  it('nodes', () => {
    expect(codes({ nodes: nodes(3) }, { nodes: 3 })).toEqual([]);
    expect(codes({ nodes: nodes(4) }, { nodes: 3 })).toEqual(['FC1006 /nodes']);
    expect(codes({ nodes: nodes(10_000) })).toEqual([]);
    expect(codes({ nodes: nodes(10_001) })).toEqual(['FC1006 /nodes']);
  });

  it.each([
    [
      'steps',
      (count: number) => ({
        steps: nodes(count).map(({ id }) => ({ step_id: id, tool: 'echo', depends_on: [] })),
      }),
      '/steps',
    ],
    ['tasks', (count: number) => nodes(count).map(({ id }) => ({ id, tool: 'echo' })), ''],
    ['blocks', (count: number) => ({ parallel: nodes(count) }), '/nodes'],
    [
      'traces',
      (count: number) => ({
        workflow: {
          specification: { tasks: nodes(count) },
          execution: { tasks: nodes(count).map(({ id }) => ({ id, runtimeInSeconds: 1 })) },
        },
      }),
      '/workflow/specification/tasks',
    ],
  ])('nodes of %s', (_, make, path) => {
    expect(codes(make(3), { nodes: 3 })).toEqual([]);
    expect(codes(make(4), { nodes: 3 })).toEqual([`FC1006 ${path}`]);
  });

  it('edges, dependencies included', () => {
    expect(codes({ nodes: nodes(1), edges: edges(3) }, { edges: 3 })).toEqual([]);
    expect(codes({ nodes: nodes(1), edges: edges(4) }, { edges: 3 })).toEqual(['FC1006 /edges']);
    const waiting = [{ id: 'a', type: 'echo', depends_on: ['b', 'b'] }];
    expect(codes({ nodes: waiting, edges: edges(1) }, { edges: 3 })).toEqual([]);
    expect(codes({ nodes: waiting, edges: edges(2) }, { edges: 3 })).toEqual(['FC1006 /edges']);
  });

  it('edges that blocks would multiply to, before they are made', () => {
    const side = (size: number, name: string) => ({
      parallel: nodes(size).map(({ id }) => ({ id: name + id, type: 'echo' })),
    });
    expect(codes({ pipeline: [side(3, 'a'), side(3, 'b')] }, { edges: 9 })).toEqual([]);
    expect(codes({ pipeline: [side(3, 'a'), side(3, 'b')] }, { edges: 8 })).toEqual(['FC1006 /pipeline/1']);
    expect(
      codes({ pipeline: [side(4_000, 'a'), side(4_000, 'b'), side(4_000, 'c')] }, { nodes: 20_000 }),
    ).toEqual(['FC1006 /pipeline/1']);
  });

  it('edges that the stages of a step plan would multiply to, before they are made', () => {
    const steps = (size: number) =>
      nodes(size * 2).map(({ id }, i) => ({ step_id: id, tool: 'echo', parallel_group: i < size ? 1 : 2 }));
    expect(codes({ steps: steps(3) }, { edges: 9 })).toEqual([]);
    expect(codes({ steps: steps(3) }, { edges: 8 })).toEqual(['FC1006 /steps']);
    expect(codes({ steps: steps(5_000) })).toEqual(['FC1006 /steps']);
  });

  it('attempts', () => {
    const retry = (max_attempts: number) => ({ nodes: [{ id: 'a', type: 'echo', retry: { max_attempts } }] });
    expect(codes(retry(100))).toEqual([]);
    expect(codes(retry(101))).toEqual(['FC1006 /nodes/0/retry/max_attempts']);
  });

  it('iterations', () => {
    const loop = (max_iterations: number) => ({
      nodes: nodes(1),
      edges: [{ from: 'n0', to: 'n0', max_iterations }],
    });
    expect(codes(loop(10_000))).toEqual([]);
    expect(codes(loop(10_001))).toEqual(['FC1006 /edges/0/max_iterations']);
  });

  it('items of a batch', () => {
    const batch = (size: number) => ({
      nodes: [{ id: 'a', type: 'echo', batch: { items: Array(size).fill(0) } }],
    });
    expect(codes(batch(3), { items: 3 })).toEqual([]);
    expect(codes(batch(4), { items: 3 })).toEqual(['FC1006 /nodes/0/batch/items']);
  });

  it('diagnostics, with a last one that says how many there are', () => {
    const value = (count: number) => ({ nodes: Array.from({ length: count }, (_, i) => ({ id: `n${i}` })) });
    expect(codes(value(9), { diagnostics: 10 })).toHaveLength(9);
    const { diagnostics } = readDocument(value(5_000), { ...DEFAULT_LIMITS, diagnostics: 10 });
    expect(diagnostics).toHaveLength(10);
    expect(diagnostics.at(-1)).toMatchObject({
      code: 'FC1006',
      message: expect.stringContaining('4991 of them are not shown'),
    });
  });

  it.each([
    [
      'unknown keys',
      () => ({
        nodes: [{ id: 'a', type: 'echo', ...Object.fromEntries(numbers(200_000).map((i) => [`k${i}`, 1])) }],
      }),
    ],
    ['numbers for names', () => ({ nodes: [{ id: 'a', type: 'echo', depends_on: numbers(1_000_000) }] })],
    [
      'numbers for inputs',
      () => ({ nodes: [], inputs: Object.fromEntries(numbers(200_000).map((i) => [`k${i}`, 1])) }),
    ],
    [
      'bad names in many nodes',
      () => ({ nodes: nodes(10_000).map((node) => ({ ...node, reads: numbers(40) })) }),
    ],
    ['numbers for steps', () => ({ steps: numbers(1_000_000) })],
    ['numbers for tasks', () => numbers(1_000_000)],
    [
      'numbers for parents',
      () => ({ workflow: { specification: { tasks: [{ id: 'a', parents: numbers(500_000) }] } } }),
    ],
    ['numbers in blocks', () => ({ parallel: numbers(1_000_000) })],
  ])('answers to hundreds of thousands of %s with as many diagnostics as the limit', (_, make) => {
    const value = make();
    const started = performance.now();
    const { diagnostics } = readDocument(value);
    // Generous: what it would catch is a comparison of each with each, which takes minutes.
    expect(performance.now() - started).toBeLessThan(15_000);
    expect(diagnostics.length).toBeGreaterThan(0);
    expect(diagnostics.length).toBeLessThanOrEqual(DEFAULT_LIMITS.diagnostics);
    expect(diagnostics.some(({ severity }) => severity === 'error')).toBe(true);
  });
});
