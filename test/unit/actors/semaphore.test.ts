import { describe, expect, it } from 'vitest';
import { Semaphore } from '../../../src/actors/semaphore.js';

const never = new AbortController().signal;
/** Lets everything happen that needs no timer. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('Semaphore', () => {
  it('lets as many in as there are places, the others in order of arrival', async () => {
    const places = new Semaphore(2);
    const entered: number[] = [];
    for (const n of [1, 2, 3, 4]) void places.acquire(never).then(() => entered.push(n));
    await settle();
    expect(entered).toEqual([1, 2]);
    places.release();
    await settle();
    expect(entered).toEqual([1, 2, 3]);
    places.release();
    await settle();
    expect(entered).toEqual([1, 2, 3, 4]);
  });

  it('takes who is aborted out of the line, with the reason, and gives the place to the next', async () => {
    const places = new Semaphore(1);
    await places.acquire(never);
    const controller = new AbortController();
    const reason = new Error('stopped');
    const second = places.acquire(controller.signal);
    const third = places.acquire(never);
    controller.abort(reason);
    await expect(second).rejects.toBe(reason);
    places.release();
    await third;
  });

  it('lets nobody in who is aborted already', async () => {
    const reason = new Error('stopped');
    await expect(new Semaphore(1).acquire(AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('keeps places that are given back while nobody waits', async () => {
    const places = new Semaphore(1);
    await places.acquire(never);
    places.release();
    await places.acquire(never);
  });

  it('leaves no listener on a signal, however often that is used', async () => {
    const places = new Semaphore(1);
    const { signal } = new AbortController();
    const counts = { added: 0, removed: 0 };
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      counts.added += 1;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      counts.removed += 1;
      remove(...args);
    };
    await places.acquire(signal);
    const second = places.acquire(signal);
    places.release();
    await second;
    expect(counts).toEqual({ added: 1, removed: 1 });
  });
});
