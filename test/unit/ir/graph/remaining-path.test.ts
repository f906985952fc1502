import { describe, expect, it } from 'vitest';
import { remainingPath } from '../../../../src/ir/graph/remaining-path.js';
import { createRunner } from '../../../../src/runtime/runner.js';

const runner = createRunner();
const node = (id: string, estimate_ms?: number, ...depends_on: string[]) => ({
  id,
  type: 'echo',
  depends_on,
  ...(estimate_ms === undefined ? {} : { estimate_ms }),
});
const remaining = (nodes: readonly object[], edges: readonly object[] = []) => [
  ...remainingPath(runner.load({ nodes, edges })),
];

describe('remainingPath', () => {
  it('is the longest sum of estimates from a node to the end, its own included', () => {
    expect(
      remaining([
        node('a', 5),
        node('b', 100, 'a'),
        node('c', 7, 'a'),
        node('d', 1, 'b', 'c'),
        node('e', 50),
      ]),
    ).toEqual([106, 101, 8, 1, 50]);
  });

  it('counts one for a node without an estimate', () => {
    expect(remaining([node('a'), node('b', undefined, 'a'), node('c', 10, 'a')])).toEqual([11, 1, 10]);
  });

  it('counts a loop once, and what follows it as following all of it', () => {
    const edges = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
      { from: 'c', to: 'b', action: 'again', max_iterations: 9 },
      { from: 'c', to: 'd', action: 'default' },
    ];
    expect(remaining([node('a', 1), node('b', 10), node('c', 100), node('d', 1000)], edges)).toEqual([
      1111, 1110, 1100, 1000,
    ]);
  });

  it('takes linear time', () => {
    const nodes = Array.from({ length: 5000 }, (_, i) => node(`n${i}`, 2, ...(i === 0 ? [] : [`n${i - 1}`])));
    expect(remaining(nodes)[0]).toBe(10_000);
  });
});
