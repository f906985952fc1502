import { expect, it } from 'vitest';
import { NextMicrotask } from '../../../src/runtime/next-microtask.js';

it('does things after the present step, in the order in which they were added', async () => {
  const done: string[] = [];
  const soon = new NextMicrotask<string>((thing) => done.push(thing));
  soon.add('first');
  const between = Promise.resolve().then(() => done.push('between'));
  soon.add('second');
  expect(done).toEqual([]);
  await between;
  expect(done).toEqual(['first', 'second', 'between']);
});

it('leaves what is added meanwhile for the next microtask', async () => {
  const done: string[] = [];
  const soon = new NextMicrotask<string>((thing) => {
    done.push(thing);
    if (thing === 'first') soon.add('third');
  });
  soon.add('first');
  soon.add('second');
  const after = Promise.resolve().then(() => done.push('after'));
  await after;
  expect(done.slice(0, 2)).toEqual(['first', 'second']);
  await Promise.resolve();
  expect(done.sort()).toEqual(['after', 'first', 'second', 'third']);
});
