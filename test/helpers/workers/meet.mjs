import { threadId } from 'node:worker_threads';

/** Waits until as many calls as `expected` are here at once: it only ends if they run in parallel. */
export default function meet({ shared, expected }) {
  const here = new Int32Array(shared);
  Atomics.add(here, 0, 1);
  Atomics.notify(here, 0);
  for (let now = Atomics.load(here, 0); now < expected; now = Atomics.load(here, 0))
    Atomics.wait(here, 0, now);
  return threadId;
}
