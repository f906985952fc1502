import type { JsonValue } from '../json.js';

/** What the first word of a reference stands for. */
export type NamedValue =
  | { readonly kind: 'value'; readonly value: JsonValue }
  /**
   * A node: a first segment `output` names the whole output. `branches` are the outputs of the branches that fork from it, or the
   * results of its items; `null` for a node that has neither.
   */
  | { readonly kind: 'node'; readonly value: JsonValue; readonly branches: readonly NamedValue[] | null }
  /** A node that was skipped: it and all its parts are `null`. */
  | { readonly kind: 'absent' };

/** Where references find their values. Own names only: nothing is inherited from any prototype. */
export interface DataScope {
  get(name: string): NamedValue | undefined;
}
