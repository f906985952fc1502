import { quote } from '../diagnostics/wording.js';
import { canonicalJson } from '../hash.js';
import { isList, isObject, type JsonValue } from '../json.js';
import type { Budget } from './budget.js';
import type { BinaryOperator } from './expression.js';
import { kindOf } from './value-kind.js';

/** An operator met a value that it cannot take. */
export class EvaluationError extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/** The item or field that is named by a computed value. Own properties only. */
export function partOf(value: JsonValue, key: JsonValue): JsonValue {
  let part: JsonValue | undefined;
  if (isList(value) && typeof key === 'number') part = Object.hasOwn(value, key) ? value[key] : undefined;
  else if (isObject(value) && typeof key === 'string')
    part = Object.hasOwn(value, key) ? value[key] : undefined;
  else
    throw new EvaluationError(
      `${kindOf(value)} has no part that ${kindOf(key)} names`,
      'A number names an item of a list, a text a field of an object.',
    );
  if (part !== undefined) return part;
  throw new EvaluationError(
    `${kindOf(value)} has no ${typeof key === 'number' ? `item ${key}` : `field ${quote(String(key))}`}`,
    'Items count from 0. `"key" in value` tells whether an object has a field.',
  );
}

/** Applies an operator that looks at both of its sides. */
export function binary(
  operator: BinaryOperator,
  left: JsonValue,
  right: JsonValue,
  budget: Budget,
): JsonValue {
  switch (operator) {
    case '==':
      return equal(left, right, budget);
    case '!=':
      return !equal(left, right, budget);
    case 'in':
      return isMember(left, right, budget);
    case '<':
      return order(left, right, operator) < 0;
    case '<=':
      return order(left, right, operator) <= 0;
    case '>':
      return order(left, right, operator) > 0;
    case '>=':
      return order(left, right, operator) >= 0;
    case '+':
      if (typeof left !== 'string' || typeof right !== 'string') break;
      budget.spend(left.length + right.length);
      return left + right;
    default:
      break;
  }
  return arithmetic(operator, asNumber(left, operator), asNumber(right, operator));
}

function arithmetic(operator: '+' | '-' | '*' | '/' | '%', left: number, right: number): number {
  if (right === 0 && (operator === '/' || operator === '%')) {
    throw new EvaluationError('a division by zero', 'Test for it first: `n != 0 && total / n > 2`.');
  }
  const result = {
    '+': () => left + right,
    '-': () => left - right,
    '*': () => left * right,
    '/': () => left / right,
    '%': () => left % right,
  }[operator]();
  if (!Number.isFinite(result))
    throw new EvaluationError(`the result of \`${operator}\` is too big a number`, 'Use smaller numbers.');
  return result;
}

function equal(left: JsonValue, right: JsonValue, budget: Budget): boolean {
  if (left === right) return true;
  if (isList(left) ? !isList(right) || left.length !== right.length : !isObject(left) || !isObject(right))
    return false;
  return textOf(left, budget) === textOf(right, budget);
}

function isMember(value: JsonValue, container: JsonValue, budget: Budget): boolean {
  if (isObject(container)) return Object.hasOwn(container, asText(value, 'in'));
  if (!isList(container)) {
    throw new EvaluationError(
      `\`in\` looks into a list or an object, not into ${kindOf(container)}`,
      typeof container === 'string'
        ? 'For a text, write `text.contains("part")`.'
        : 'Put a list on its right: `x in ["a", "b"]`.',
    );
  }
  budget.spend(container.length);
  return container.some((item) => equal(value, item, budget));
}

/** The items of a list, the fields of an object, or the characters (code points) of a text. */
export function sizeOf(value: JsonValue, budget: Budget): number {
  if (isList(value)) return value.length;
  if (isObject(value)) return Object.keys(value).length;
  const text = asText(value, 'size');
  budget.spend(text.length);
  let characters = 0;
  for (const _ of text) characters++;
  return characters;
}

function textOf(value: JsonValue, budget: Budget): string {
  const text = canonicalJson(value);
  budget.spend(text.length);
  return text;
}

/** Less than, equal to or greater than 0, as `left` comes before, with or after `right`. Texts go by their code units. */
function order(left: JsonValue, right: JsonValue, operator: string): number {
  const sameKind = typeof left === typeof right;
  if (
    !sameKind ||
    (typeof left !== 'number' && typeof left !== 'string') ||
    left === null ||
    right === null
  ) {
    throw new EvaluationError(
      `\`${operator}\` cannot compare ${kindOf(left)} with ${kindOf(right)}`,
      'It takes two numbers or two texts. A node that was skipped is null: test `x != null` first.',
    );
  }
  return left < right ? -1 : left === right ? 0 : 1;
}

export function asBoolean(value: JsonValue, operator: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new EvaluationError(
    `\`${operator}\` takes true or false, not ${kindOf(value)}`,
    'Compare it: `x != null`, `x == "yes"`, `size(x) > 0`.',
  );
}

export function asNumber(value: JsonValue, operator: string): number {
  if (typeof value === 'number') return value;
  throw new EvaluationError(
    `\`${operator}\` takes numbers, not ${kindOf(value)}`,
    'A text is not a number, even if it looks like one: "3" is not 3.',
  );
}

export function asText(value: JsonValue, operator: string): string {
  if (typeof value === 'string') return value;
  throw new EvaluationError(
    `\`${operator}\` takes text here, not ${kindOf(value)}`,
    'Texts stand in quotes: "ok".',
  );
}
