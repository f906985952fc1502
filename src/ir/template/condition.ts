import { literal } from '../diagnostics/wording.js';
import { ForkchartError } from '../errors.js';
import { DEFAULT_LIMITS, type Limits } from '../limits.js';
import { withBudget } from './budget.js';
import { ConditionSyntaxError } from './cel-tree.js';
import type { DataScope } from './data-scope.js';
import { evaluate } from './evaluate.js';
import type { Expression } from './expression.js';
import { parseExpression } from './expression-parser.js';
import { MissingPart } from './missing-part.js';
import { EvaluationError } from './operators.js';
import { type Reference, ReferenceSyntaxError } from './reference.js';
import { kindOf } from './value-kind.js';

/** A `when`, parsed once: references plus a closed set of operators. */
export interface Condition {
  readonly source: string;
  /** In the order in which they occur: what the condition's data depends on. */
  readonly references: readonly Reference[];
  /** @internal */
  readonly program: { readonly expression: Expression; readonly pointer: string };
}

/**
 * Reads a condition, in the grammar of CEL ({@link https://cel.dev}).
 *
 * References are written `${path}`, as in templates, or bare where the path is made of letters, digits and `_`:
 * `analyze.score > 0.5`. (Bare, `fetch-rows.n` is a subtraction.) A value that is put in is never read as a condition (P14).
 *
 * Allowed: `== != < <= > >=`, `&& || !`, `+ - * / %`, `in`, `? :`, lists, `size(x)`, `has(a.b)`, `startsWith`, `endsWith`,
 * `contains`. Not allowed: regular expressions, loops (`all`, `exists`, `map`, `filter`), times, conversions, and calls of
 * anything else. Numbers are JSON's: 3 equals 3.0, and 1 / 2 is 0.5.
 *
 * @param pointer where the condition stands in the document (JSON pointer).
 * @param limits of its length and of the steps of a reference.
 * @throws {ForkchartError} FC3003 for anything else.
 *
 * @example
 * const condition = parseCondition('${analyze.score} > 0.5 && inputs.mode in ["full", "fast"]', '/edges/2/when');
 * condition.references.map((reference) => reference.root); // ['analyze', 'inputs']
 */
export function parseCondition(source: string, pointer: string, limits: Limits = DEFAULT_LIMITS): Condition {
  try {
    const { expression, references } = parseExpression(source, pointer, limits);
    if (isNeverBoolean(expression)) {
      throw new ConditionSyntaxError(
        'it is never true or false',
        'Compare it with something: `… == 3`, `size(…) > 0`.',
      );
    }
    return { source, references, program: { expression, pointer } };
  } catch (error) {
    if (!(error instanceof ConditionSyntaxError || error instanceof ReferenceSyntaxError)) throw error;
    throw new ForkchartError('FC3003', `The condition ${literal(source)} cannot be used: ${error.message}.`, {
      hint: error.hint,
      path: pointer,
      cause: error,
    });
  }
}

function isNeverBoolean(expression: Expression): boolean {
  switch (expression.kind) {
    case 'literal':
      return typeof expression.value !== 'boolean';
    case 'list':
    case 'size':
    case 'negate':
      return true;
    case 'binary':
      return ['+', '-', '*', '/', '%'].includes(expression.operator);
    default:
      return false;
  }
}

/**
 * Whether the condition holds. A node that was skipped is `null`, and so is each of its parts; `has` of one is false.
 *
 * @throws {ForkchartError} FC5003 when it cannot be decided: a reference leads nowhere, an operator meets a value that it
 * cannot take, or the result is not a boolean. FC1006 when it would take too long.
 */
export function decideCondition(condition: Condition, scope: DataScope): boolean {
  const { expression, pointer } = condition.program;
  try {
    const value = withBudget((budget) => evaluate(expression, scope, budget));
    if (typeof value === 'boolean') return value;
    throw new EvaluationError(
      `it is ${kindOf(value)}, not true or false`,
      'Compare it: `… != null`, `… == "yes"`, `size(…) > 0`.',
    );
  } catch (error) {
    if (!(error instanceof EvaluationError || error instanceof MissingPart)) throw error;
    throw new ForkchartError(
      'FC5003',
      `The condition ${literal(condition.source)} cannot be decided: ${error.message.replace(/\.$/, '')}.`,
      {
        hint: error.hint,
        path: pointer,
        cause: error,
      },
    );
  }
}
