import type { z } from 'zod';

/** What checking needs to know of a node type; a registry of node types gives it. */
export interface NodeTypeInfo {
  readonly type: string;
  readonly params: z.ZodType;
  /** What repeating a node costs: nothing (`pure`), nothing more (`idempotent`), or a second effect (`effect`). */
  readonly effects: 'pure' | 'idempotent' | 'effect';
}
