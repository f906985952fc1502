import type { JsonValue } from '../json.js';
import type { Reference } from './reference.js';

/** The operators that take two values and look at both. */
export type BinaryOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | '+' | '-' | '*' | '/' | '%';

export const TEXT_TESTS = ['startsWith', 'endsWith', 'contains'] as const;
export type TextTest = (typeof TEXT_TESTS)[number];

/** All that a condition can be made of. There is no loop and no call of anything else, so every one of them ends. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: JsonValue }
  | { readonly kind: 'reference'; readonly reference: Reference }
  | { readonly kind: 'has'; readonly reference: Reference }
  /** A field or item whose name or number is itself computed. */
  | { readonly kind: 'part'; readonly of: Expression; readonly key: Expression }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'not' | 'negate' | 'size'; readonly of: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'choose';
      readonly test: Expression;
      readonly whenTrue: Expression;
      readonly whenFalse: Expression;
    }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'text'; readonly test: TextTest; readonly of: Expression; readonly wanted: Expression };
