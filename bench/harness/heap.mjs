import { setImmediate as nextTurn } from 'node:timers/promises';

/** Bytes of heap in use after what nobody holds is gone. Needs `--expose-gc`. */
export async function heapAfterGc() {
  // Finalizers and what is still queued let go of more, so that one collection is not the end of it.
  for (let turn = 0; turn < 4; turn++) {
    await nextTurn();
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
}
