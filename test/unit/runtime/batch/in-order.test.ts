import fc from 'fast-check';
import { expect, it } from 'vitest';
import { InOrder } from '../../../../src/runtime/batch/in-order.js';
import { settings } from '../../../helpers/arbitrary/settings.js';

it('passes on in order, each as soon as all before it are there', () => {
  const orders = fc
    .nat(20)
    .chain((count) => fc.shuffledSubarray([...Array(count).keys()], { minLength: count, maxLength: count }));
  fc.assert(
    fc.property(orders, (order) => {
      const passed: [string, number][] = [];
      const inOrder = new InOrder<string>((value, index) => passed.push([value, index]));
      const added = new Set<number>();
      for (const index of order) {
        inOrder.add(index, `v${index}`);
        added.add(index);
        let ready = 0;
        while (added.has(ready)) ready++;
        expect(passed).toEqual([...Array(ready).keys()].map((n) => [`v${n}`, n]));
        expect(inOrder.waiting).toBe(added.size - ready);
      }
    }),
    settings(300),
  );
});
