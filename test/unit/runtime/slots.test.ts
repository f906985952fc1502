import { describe, expect, it } from 'vitest';
import { Slots } from '../../../src/runtime/slots.js';

/** Lets the slots pump. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function slots(limit: number | null) {
  const granted: number[] = [];
  const under = new Slots(limit);
  return {
    under,
    granted,
    ask: (...nodes: number[]) => nodes.forEach((node) => void under.request(node, () => granted.push(node))),
  };
}

describe('slots', () => {
  it('are granted to all where there is no bound, once the step in which they asked is over', async () => {
    const { under, granted, ask } = slots(null);
    ask(2, 1, 0);
    under.release(0);
    expect(granted).toEqual([]);
    await turn();
    expect(granted).toEqual([1, 2]);
  });

  it('are never more than the bound (P7)', async () => {
    const { under, granted, ask } = slots(2);
    ask(0, 1, 2, 3);
    await turn();
    expect(granted).toEqual([0, 1]);
    under.release(1);
    await turn();
    expect(granted).toEqual([0, 1, 2]);
  });

  it('go to who asked first, and among those who asked together to who is declared first', async () => {
    const { under, granted, ask } = slots(1);
    ask(9);
    await turn();
    ask(7, 5);
    await turn();
    ask(1);
    for (const holder of [9, 5, 7]) {
      under.release(holder);
      await turn();
    }
    expect(granted).toEqual([9, 5, 7, 1]);
  });

  it('are not given to a node that no longer asks', async () => {
    const { under, granted, ask } = slots(1);
    ask(0, 1, 2);
    await turn();
    under.release(1);
    under.release(0);
    await turn();
    expect(granted).toEqual([0, 2]);
  });

  it('are free only once what was called has returned, even if its node has moved on', async () => {
    const { under, granted, ask } = slots(1);
    ask(0);
    await turn();
    let comeBack = () => {};
    under.release(0, new Promise((resolve) => (comeBack = resolve)));
    ask(0, 1);
    await turn();
    expect(granted).toEqual([0]);
    comeBack();
    await turn();
    expect(granted).toEqual([0, 0]);
  });

  it('are stepped through one by one, within the bound, and only while paused', async () => {
    const { under, granted, ask } = slots(1);
    expect(under.step()).toBe(false);
    under.pause();
    ask(0, 1);
    await turn();
    expect([under.step(), under.step()]).toEqual([true, false]);
    under.release(0);
    expect(under.step()).toBe(true);
    expect(granted).toEqual([0, 1]);
  });

  it('are granted one by one while paused', async () => {
    const { under, granted, ask } = slots(null);
    under.pause();
    ask(0, 1, 2);
    await turn();
    expect(granted).toEqual([]);
    expect(under.step()).toBe(true);
    expect(granted).toEqual([0]);
    under.resume();
    await turn();
    expect(granted).toEqual([0, 1, 2]);
    expect(under.step()).toBe(false);
  });
});
