import type { CoreIr } from './core.js';

/** A document in the core form, whatever dialect its author wrote, with the way back to what they wrote. */
export interface SourceWorkflow {
  readonly core: CoreIr;
  /** From a JSON pointer into `core` to the JSON pointer of the same thing in the author's document. */
  pointerOf(corePointer: string): string;
  /** Whether a JSON Patch made for `core` also repairs the author's document, once its pointers are translated. */
  readonly patchable: boolean;
}
