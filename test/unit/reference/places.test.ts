import { describe, expect, it } from 'vitest';
import { start } from '../../helpers/reference/sketched-run.js';

describe('limits', () => {
  it('runs no more nodes at once than it may, first come, first served', () => {
    const run = start({ max_concurrency: 2, nodes: { a: {}, b: {}, c: {}, d: {} }, edges: ['a -> d'] });
    expect(run.running()).toEqual(['a', 'b']);
    run.ok('a');
    expect(run.running()).toEqual(['b', 'c']);
    run.ok('c');
    expect(run.running()).toEqual(['b', 'd']);
  });

  it('gives the slot of a node in backoff to the next one, and queues the node again behind the others', () => {
    const run = start({ max_concurrency: 1, nodes: { a: { attempts: 2 }, b: {}, c: {} } });
    run.fail('a');
    expect([run.running(), run.backoff()]).toEqual([['b'], ['a']]);
    run.expireBackoff('a');
    run.ok('b');
    expect(run.running()).toEqual(['c']);
    run.ok('c');
    expect(run.running()).toEqual(['a']);
  });

  it('prefers the node declared first among those that became ready together', () => {
    const run = start({
      max_concurrency: 1,
      nodes: { late: {}, early: {}, root: {} },
      edges: ['root -> early', 'root -> late'],
    });
    run.ok('root');
    expect(run.running()).toEqual(['late']);
  });
});
