/** A store's failures are its own: calling a node's function again would not mend them. */
export class StoreFailure extends Error {
  /** @param access what failed: asking for an earlier result, before the function is called, or keeping one */
  constructor(
    readonly access: 'read' | 'write',
    override readonly cause: unknown,
  ) {
    super('The store of runs failed.');
  }
}

/** Asks a store. @throws StoreFailure for whatever it throws */
export async function readStored<T>(ask: () => T | Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw new StoreFailure('read', error);
  }
}

/** Waits until a store has kept something. @throws StoreFailure for whatever it throws */
export async function stored(keep: () => void | Promise<void>): Promise<void> {
  try {
    await keep();
  } catch (error) {
    throw new StoreFailure('write', error);
  }
}
