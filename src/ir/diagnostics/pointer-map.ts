/** The way back from a lowered document to the one that its author wrote, pointer by pointer. */
export class PointerMap {
  readonly #written = new Map<string, { readonly pointer: string; readonly whole: boolean }>();

  /** @param root the author's pointer to what became the root */
  constructor(root = '') {
    this.#written.set('', { pointer: root, whole: false });
  }

  /** What stands at `lowered`, and everything below it, was written at `written`. */
  moved(lowered: string, written: string): void {
    this.#written.set(lowered, { pointer: written, whole: false });
  }

  /** What stands at `lowered` was made from what was written at `written`, whose parts are not those of the made thing. */
  made(lowered: string, written: string): void {
    this.#written.set(lowered, { pointer: written, whole: true });
  }

  /** The author's pointer to what stands at a pointer into the lowered document. */
  pointerOf(lowered: string): string {
    // With nothing moved, only the root can be found.
    let end = this.#written.size === 1 ? 0 : lowered.length;
    for (;;) {
      const entry = this.#written.get(lowered.slice(0, end));
      if (entry !== undefined) return entry.whole ? entry.pointer : entry.pointer + lowered.slice(end);
      if (end <= 0) return lowered;
      end = lowered.lastIndexOf('/', end - 1);
      if (end < 0) end = 0;
    }
  }
}
