/** Says that it is running, and never ends. */
export default function spin({ shared }) {
  const running = new Int32Array(shared);
  Atomics.store(running, 0, 1);
  Atomics.notify(running, 0);
  for (;;);
}
