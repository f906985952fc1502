import type { JsonValue } from '../json.js';
import type { Budget } from './budget.js';
import type { DataScope } from './data-scope.js';
import type { Expression } from './expression.js';
import { MissingPart } from './missing-part.js';
import { asBoolean, asNumber, asText, binary, EvaluationError, partOf, sizeOf } from './operators.js';
import { resolveReference } from './resolve.js';
import { includesText } from './text-search.js';

/**
 * What an expression comes to. Every number is a double, as in JSON, so `3 == 3.0`, `1 / 2` is 0.5 and `7.5 % 2` is 1.5;
 * values of different types are not equal and cannot be ordered. As in CEL, `&&` and `||` are decided by either side: an error
 * on the one does not matter where the other is enough.
 *
 * @throws {EvaluationError} for a value of the wrong type, a division by zero, or a number too big for JSON.
 * @throws {MissingPart} for a reference that leads nowhere, other than in `has`.
 * @throws {ForkchartError} FC1006 when the budget is used up.
 */
export function evaluate(expression: Expression, scope: DataScope, budget: Budget): JsonValue {
  const value = (part: Expression) => evaluate(part, scope, budget);
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'reference':
      return resolveReference(expression.reference, scope, budget);
    case 'has':
      return has(expression, scope, budget);
    case 'part':
      return partOf(value(expression.of), value(expression.key));
    case 'list':
      return expression.items.map(value);
    case 'not':
      return !asBoolean(value(expression.of), '!');
    case 'negate':
      return -asNumber(value(expression.of), '-');
    case 'size':
      return sizeOf(value(expression.of), budget);
    case 'and':
      return decided(false, '&&', expression, value);
    case 'or':
      return decided(true, '||', expression, value);
    case 'choose':
      return value(asBoolean(value(expression.test), '? :') ? expression.whenTrue : expression.whenFalse);
    case 'binary':
      return binary(expression.operator, value(expression.left), value(expression.right), budget);
    case 'text': {
      const { test } = expression;
      const text = asText(value(expression.of), test);
      const wanted = asText(value(expression.wanted), test);
      budget.spend(text.length + wanted.length);
      if (test === 'startsWith') return text.startsWith(wanted);
      return test === 'endsWith' ? text.endsWith(wanted) : includesText(text, wanted);
    }
  }
}

/** `has(a.b)`: whether there is such a part. Of a node that was skipped, there is none. */
function has({ reference }: Expression & { kind: 'has' }, scope: DataScope, budget: Budget): boolean {
  if (scope.get(reference.root)?.kind === 'absent') return false;
  try {
    resolveReference(reference, scope, budget);
    return true;
  } catch (error) {
    if (error instanceof MissingPart) return false;
    throw error;
  }
}

/** `&&` is decided by one `false`, `||` by one `true`. */
function decided(
  by: boolean,
  operator: string,
  { left, right }: { readonly left: Expression; readonly right: Expression },
  value: (part: Expression) => JsonValue,
): boolean {
  let first: boolean;
  try {
    first = asBoolean(value(left), operator);
  } catch (error) {
    if (!(error instanceof EvaluationError || error instanceof MissingPart)) throw error;
    if (asBoolean(value(right), operator) === by) return by;
    throw error;
  }
  return first === by ? by : asBoolean(value(right), operator);
}
