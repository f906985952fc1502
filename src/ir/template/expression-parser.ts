import type { ASTNode } from '@marcbachmann/cel-js';
import { either, literal } from '../diagnostics/wording.js';
import type { JsonValue } from '../json.js';
import type { Limits } from '../limits.js';
import { ConditionSyntaxError, celTree, tooDeep, withPlaceholders } from './cel-tree.js';
import { type Expression, TEXT_TESTS, type TextTest } from './expression.js';
import { formatReference, type Reference, type Step, toSegments } from './reference.js';
import type { ParsedReference } from './reference-parser.js';

/**
 * Reads a condition: CEL's grammar, of which only the closed set of {@link Expression} is let through.
 *
 * The library reads the text and gives its tree; what the tree means is decided in `evaluate.ts`. Its own evaluator is not used,
 * as it was made for typed values: it reads `constructor` off of data (an own field of that name is an error), finds
 * inherited names equal to own ones, and has no `3 + 1` where one number came from JSON.
 *
 * @returns the expression and, in the order in which they occur, its references.
 * @throws {ConditionSyntaxError}
 * @throws {ReferenceSyntaxError} for what stands in `${…}`.
 */
export function parseExpression(
  source: string,
  pointer: string,
  limits: Limits,
): { expression: Expression; references: Reference[] } {
  if (source.length > limits.expressionLength) {
    throw new ConditionSyntaxError(
      `it has ${source.length} characters, and ${limits.expressionLength} is the limit`,
      'Let a node compute it, and test what the node returns.',
    );
  }
  if (source.trim() === '') {
    throw new ConditionSyntaxError(
      'it is empty',
      'Leave `when` out, or write a condition: `${analyze.score} > 0.5`.',
    );
  }
  const { text, embedded } = withPlaceholders(source, limits.templateDepth);
  const translation = new Translation(source, pointer, embedded, limits.templateDepth);
  const expression = translation.translate(celTree(text), 0);
  translation.refuseUnused();
  return { expression, references: translation.references };
}

/** Each level of the tree is a few calls deep, here and when it is evaluated. */
const MAX_DEPTH = 500;

class Translation {
  readonly references: Reference[] = [];
  readonly #source: string;
  readonly #pointer: string;
  readonly #embedded: ReadonlyMap<number, ParsedReference>;
  readonly #mostSteps: number;
  readonly #used = new Set<number>();

  constructor(
    source: string,
    pointer: string,
    embedded: ReadonlyMap<number, ParsedReference>,
    mostSteps: number,
  ) {
    this.#source = source;
    this.#pointer = pointer;
    this.#embedded = embedded;
    this.#mostSteps = mostSteps;
  }

  translate(node: ASTNode, depth: number): Expression {
    if (depth > MAX_DEPTH) throw tooDeep();
    const inner = (child: ASTNode) => this.translate(child, depth + 1);
    switch (node.op) {
      case 'value':
        return { kind: 'literal', value: this.#literal(node) };
      case 'id':
      case '.':
      case '[]': {
        const reference = this.#reference(node);
        if (reference !== null) return { kind: 'reference', reference };
        return this.#part(node, inner);
      }
      case 'list':
        return { kind: 'list', items: node.args.map(inner) };
      case '!_':
        return { kind: 'not', of: inner(node.args) };
      case '-_':
        return { kind: 'negate', of: inner(node.args) };
      case '&&':
      case '||':
        return {
          kind: node.op === '&&' ? 'and' : 'or',
          left: inner(node.args[0]),
          right: inner(node.args[1]),
        };
      case '?:':
        return {
          kind: 'choose',
          test: inner(node.args[0]),
          whenTrue: inner(node.args[1]),
          whenFalse: inner(node.args[2]),
        };
      case '==':
      case '!=':
      case '<':
      case '<=':
      case '>':
      case '>=':
      case 'in':
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
        return { kind: 'binary', operator: node.op, left: inner(node.args[0]), right: inner(node.args[1]) };
      case 'call':
        return this.#call(node.args[0], null, node.args[1], inner);
      case 'rcall':
        return this.#call(node.args[0], node.args[1], node.args[2], inner);
      default:
        throw this.#notAllowed(node);
    }
  }

  /** A `${…}` that is no name of the tree stands in quotes, in a comment or where a field's name should be. */
  refuseUnused(): void {
    for (const [at, { end }] of this.#embedded) {
      if (this.#used.has(at)) continue;
      const text = this.#source.slice(at, end);
      throw new ConditionSyntaxError(
        `${literal(text)}, at character ${at + 1}, stands where no value can stand`,
        `Take the quotes around it away: \`${text.slice(0, 60)} == "ok"\`. The text \`\${\` is written \`$\${\`.`,
      );
    }
  }

  #literal(node: ASTNode & { op: 'value' }): JsonValue {
    const { args } = node;
    if (typeof args === 'string') return args.replaceAll('$${', '${');
    if (args === null || typeof args === 'boolean') return args;
    const number = typeof args === 'bigint' ? Number(args) : args;
    if (typeof number === 'number' && Number.isFinite(number)) return number;
    throw new ConditionSyntaxError(
      `\`${this.#written(node)}\` is not a value that JSON has`,
      'Write plain numbers (3, 0.5) and plain text ("ok").',
    );
  }

  /** The whole path, where the node is one: a name, then fields and items that are written out. */
  #reference(node: ASTNode): Reference | null {
    const steps: Step[] = [];
    let root = node;
    while (root.op === '.' || root.op === '[]') {
      const step = root.op === '.' ? ({ kind: 'word', name: root.args[1] } as const) : stepOf(root.args[1]);
      if (step === null) return null;
      steps.unshift(step);
      root = root.args[0];
    }
    if (root.op !== 'id') return null;
    const start = this.#embedded.get(root.start);
    if (start !== undefined) this.#used.add(root.start);
    const name = start?.root ?? root.args;
    const segments = [...(start?.segments ?? []), ...toSegments(steps, this.#mostSteps)];
    const written = start !== undefined && steps.length === 0;
    const text = written ? this.#source.slice(root.start, start.end) : formatReference(name, segments);
    const reference = { root: name, segments, text, pointer: this.#pointer };
    this.references.push(reference);
    return reference;
  }

  #part(node: ASTNode, inner: (node: ASTNode) => Expression): Expression {
    if (node.op === '.') {
      return { kind: 'part', of: inner(node.args[0]), key: { kind: 'literal', value: node.args[1] } };
    }
    if (node.op === '[]') return { kind: 'part', of: inner(node.args[0]), key: inner(node.args[1]) };
    throw this.#notAllowed(node);
  }

  #call(
    name: string,
    receiver: ASTNode | null,
    args: readonly ASTNode[],
    inner: (node: ASTNode) => Expression,
  ): Expression {
    const [first, second] = args;
    if (name === 'has' && receiver === null && first !== undefined && second === undefined) {
      const reference = this.#reference(first);
      if (reference !== null) return { kind: 'has', reference };
      throw new ConditionSyntaxError('`has` takes a reference', 'Write `has(analyze.score)`.');
    }
    const of = receiver ?? first;
    if (name === 'size' && of !== undefined && args.length === (receiver === null ? 1 : 0))
      return { kind: 'size', of: inner(of) };
    if (isTextTest(name) && receiver !== null && first !== undefined && second === undefined) {
      return { kind: 'text', test: name, of: inner(receiver), wanted: inner(first) };
    }
    throw new ConditionSyntaxError(
      `\`${name.slice(0, 40)}\`, called like this, is not allowed in a condition`,
      callHint(name),
    );
  }

  #notAllowed(node: ASTNode): ConditionSyntaxError {
    return new ConditionSyntaxError(
      `\`${this.#written(node)}\` is not allowed in a condition`,
      'Compare with a value that a node returns instead.',
    );
  }

  #written(node: ASTNode): string {
    return this.#source.slice(node.start, Math.min(node.end, node.start + 40));
  }
}

function stepOf(key: ASTNode): Step | null {
  if (key.op !== 'value') return null;
  if (typeof key.args === 'string') return { kind: 'quoted', name: key.args };
  return typeof key.args === 'bigint' ? { kind: 'index', index: Number(key.args) } : null;
}

function isTextTest(name: string): name is TextTest {
  return (TEXT_TESTS as readonly string[]).includes(name);
}

const NO_LOOPS = 'There are no loops: use an aggregate (`${rows[*].score.aggregate.max} > 3`) or `in`.';
const NO_TIMES = 'There are no times: compare numbers of milliseconds.';
const AS_THEY_ARE = 'Values are compared as they are: 3 equals 3.0, and "3" does not.';

const HINTS: ReadonlyMap<string, string> = new Map([
  [
    'matches',
    'There are no regular expressions, as some never end: use startsWith, endsWith, contains or ==.',
  ],
  ['all', NO_LOOPS],
  ['exists', NO_LOOPS],
  ['exists_one', NO_LOOPS],
  ['map', NO_LOOPS],
  ['filter', NO_LOOPS],
  ['timestamp', NO_TIMES],
  ['duration', NO_TIMES],
  ['int', AS_THEY_ARE],
  ['double', AS_THEY_ARE],
  ['string', AS_THEY_ARE],
  ['bool', AS_THEY_ARE],
  ['len', 'Write `size(x)`.'],
  ['length', 'Write `size(x)`.'],
]);

function callHint(name: string): string {
  const tests = either(TEXT_TESTS.map((test) => `\`.${test}("…")\``));
  return HINTS.get(name) ?? `There are \`size(x)\`, \`has(a.b)\` and, after a text, ${tests}.`;
}
