import type { JsonValue } from '../json.js';
import type { DataScope } from './data-scope.js';

/** One step of a reference after its first word. */
export type Segment =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'each' }
  | { readonly kind: 'aggregate'; readonly by: Aggregate };

export type Aggregate = 'count' | 'sum' | 'min' | 'max' | 'mean' | 'first' | 'last' | 'concat' | 'unique';

/** One `${…}`, parsed. */
export interface Reference {
  /** The input, node or special name that it starts from. */
  readonly root: string;
  readonly segments: readonly Segment[];
  /** As written, with its braces. */
  readonly text: string;
  /** JSON pointer to the string that holds it. */
  readonly pointer: string;
}

/** A JSON value whose strings may hold references, parsed once and filled in as often as needed. */
export interface Template {
  readonly source: JsonValue;
  /** In the order in which they occur. */
  readonly references: readonly Reference[];
  /** @internal */
  readonly parts: unknown;
}

export declare function parseTemplate(source: JsonValue, pointer: string): Template;
export declare function fillTemplate(template: Template, scope: DataScope): JsonValue;
