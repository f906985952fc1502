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

describe('who gets a place first', () => {
  it('is the one with the highest priority', () => {
    const run = start({
      max_concurrency: 1,
      nodes: { a: {}, b: {}, c: { priority: 1 }, d: { priority: -1 } },
    });
    expect(run.running()).toEqual(['c']);
    run.ok('c');
    expect(run.running()).toEqual(['a']);
  });

  it('is the one with the longest way to the end, by estimates', () => {
    const sketch = {
      nodes: { a: { estimate_ms: 20 }, b: { estimate_ms: 5 }, c: { estimate_ms: 16 } },
      edges: ['b -> c'],
      max_concurrency: 1,
    };
    expect(start({ ...sketch, scheduling: 'longest_path' }).running()).toEqual(['b']);
    expect(start(sketch).running()).toEqual(['a']);
  });

  it('counts one for each node where there are no estimates', () => {
    const run = start({
      scheduling: 'longest_path',
      max_concurrency: 1,
      nodes: { a: {}, b: {}, c: {} },
      edges: ['b -> c'],
    });
    expect(run.running()).toEqual(['b']);
  });

  it('takes what follows a loop as coming after all of it', () => {
    const run = start({
      scheduling: 'longest_path',
      max_concurrency: 1,
      nodes: { h: {}, s: {}, after: {}, beside: {}, end: {} },
      edges: ['h -> s', 's -again*2-> h', 'h -> after', 'after -> end', 'beside -> end'],
    });
    run.ok('h');
    expect(run.running()).toEqual(['s']);
  });
});

describe('the limit of a group', () => {
  it('bounds what runs in it, retries included, and holds up nothing else', () => {
    const run = start({
      nodes: { a: { attempts: 2 }, b: {}, other: {} },
      groups: { g: { members: ['a', 'b'], maxConcurrency: 1 } },
    });
    expect(run.running()).toEqual(['a', 'other']);
    run.fail('a');
    expect(run.running()).toEqual(['other', 'b']);
    run.expireBackoff('a');
    expect(run.running()).toEqual(['other', 'b']);
    run.ok('b');
    expect(run.running()).toEqual(['other', 'a']);
  });
});

describe('resources', () => {
  it('have so many holders at once, or so much of it in use', () => {
    const run = start({
      nodes: {
        a: { uses: { r: 2 } },
        b: { uses: { r: 2 } },
        c: { uses: { one: 5 } },
        d: { uses: { one: 1 } },
      },
      resources: { r: { capacity: 3 }, one: { concurrency: 1 } },
    });
    expect(run.running()).toEqual(['a', 'c']);
    run.ok('a');
    run.ok('c');
    expect(run.running()).toEqual(['b', 'd']);
  });

  it('are got all at once, and nobody overtakes on one of them', () => {
    const run = start({
      nodes: { a: { uses: { r: 1 } }, both: { uses: { r: 1, s: 1 } }, late: { uses: { s: 1 } }, free: {} },
      resources: { r: { capacity: 1 }, s: { capacity: 1 } },
    });
    expect(run.running()).toEqual(['a', 'free']);
    run.ok('a');
    expect(run.running()).toEqual(['free', 'both']);
    run.ok('both');
    expect(run.running()).toEqual(['free', 'late']);
  });

  it('are given back by what waits for its next attempt', () => {
    const run = start({
      nodes: { a: { attempts: 2, uses: { r: 1 } }, b: { uses: { r: 1 } } },
      resources: { r: { concurrency: 1 } },
    });
    run.fail('a');
    expect(run.running()).toEqual(['b']);
  });
});
