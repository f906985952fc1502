import type { DataScope } from './data-scope.js';
import type { Reference } from './template.js';

/** A `when`, parsed once: references plus a closed set of operators. */
export interface Condition {
  readonly source: string;
  readonly references: readonly Reference[];
  /** @internal */
  readonly program: unknown;
}

export declare function parseCondition(source: string, pointer: string): Condition;
export declare function decideCondition(condition: Condition, scope: DataScope): boolean;
