import { pointerTo } from '../diagnostics/pointer.js';
import type { Report } from '../diagnostics/report.js';
import { literal } from '../diagnostics/wording.js';
import { ForkchartError } from '../errors.js';
import { isObject, type JsonObject, type JsonValue } from '../json.js';
import { DEFAULT_LIMITS, type Limits } from '../limits.js';
import { type Budget, withBudget } from './budget.js';
import type { DataScope } from './data-scope.js';
import { MissingPart } from './missing-part.js';
import { type Reference, ReferenceSyntaxError } from './reference.js';
import { parseReference } from './reference-parser.js';
import { resolveReference } from './resolve.js';

export type { Aggregate } from './aggregate.js';
export type { Reference, Segment } from './reference.js';

/** A JSON value whose strings may hold references, parsed once and filled in as often as needed. */
export interface Template {
  readonly source: JsonValue;
  /** In the order in which they occur. */
  readonly references: readonly Reference[];
  /** What it is filled in from. */
  readonly parts: Part;
}

/** A template, taken apart. Whatever holds no reference is a `constant`, and shared by everything that is filled in. */
type Part =
  | { readonly kind: 'constant'; readonly value: JsonValue }
  | { readonly kind: 'whole'; readonly reference: Reference }
  | { readonly kind: 'text'; readonly pieces: readonly (string | Reference)[] }
  | { readonly kind: 'list'; readonly items: readonly Part[] }
  | { readonly kind: 'object'; readonly first: Member };

/** A member of an object, which knows the next: lists of pairs would be three times as much to be fetched for each node that is filled in. */
interface Member {
  readonly key: string;
  readonly part: Part;
  readonly next: Member | null;
}

/**
 * Finds the references in the strings of a JSON value. Keys are left as they are.
 *
 * `${path}` is a reference; `$${` stands for the text `${`. See {@link parseReference} for the grammar of a path.
 *
 * @param pointer where `source` stands in the document (JSON pointer), for messages and {@link Reference.pointer}.
 * @param report is told of every problem, and the string that has it is taken as plain text; without it the first is thrown.
 * @param limits of the length of a string, the steps of a reference and the nesting of the value.
 * @throws {ForkchartError} FC3001 for a string that cannot be parsed, FC1006 for one that is too long or too deep.
 *
 * @example
 * const template = parseTemplate({ to: '${inputs.user}', text: 'Hello, ${inputs.user.name}' }, '/nodes/0/params');
 * template.references.map((reference) => reference.root); // ['inputs', 'inputs']
 */
export function parseTemplate(
  source: JsonValue,
  pointer: string,
  report: Report = thrower,
  limits: Limits = DEFAULT_LIMITS,
): Template {
  const parser = new TemplateParser(pointer, report, limits);
  const parts = parser.parse(source);
  return { source, references: parser.references, parts };
}

const thrower: Report = ({ code, message, hint, path }) => {
  throw new ForkchartError(code, message, { hint, path });
};

class TemplateParser {
  readonly references: Reference[] = [];
  readonly #root: string;
  readonly #report: Report;
  readonly #limits: Limits;
  /** From the root of the value to the part that is being parsed. */
  readonly #path: (string | number)[] = [];

  constructor(root: string, report: Report, limits: Limits) {
    this.#root = root;
    this.#report = report;
    this.#limits = limits;
  }

  parse(source: JsonValue): Part {
    if (typeof source === 'string') return this.#parseText(source);
    if (typeof source !== 'object' || source === null) return { kind: 'constant', value: source };
    if (this.#path.length >= this.#limits.depth) {
      this.#report({
        code: 'FC1006',
        severity: 'error',
        path: this.#pointer(),
        message: `The value nests deeper than ${this.#limits.depth} levels.`,
        hint: 'Let a node build the value.',
      });
      return { kind: 'constant', value: null };
    }
    return isObject(source) ? this.#parseObject(source) : this.#parseList(source);
  }

  /** A constant is shared by every run, so it is a copy of its own, which nobody can change. What is in it was frozen before. */
  #parseObject(source: JsonObject): Part {
    const members = Object.keys(source).map((key) => [key, this.#parseAt(key, source[key] ?? null)] as const);
    const constants = members.flatMap(([key, part]) =>
      part.kind === 'constant' ? [[key, part.value] as const] : [],
    );
    const first = members.reduceRight<Member | null>((next, [key, part]) => ({ key, part, next }), null);
    if (first !== null && constants.length < members.length) return { kind: 'object', first };
    return { kind: 'constant', value: Object.freeze(Object.fromEntries(constants)) };
  }

  #parseList(source: readonly JsonValue[]): Part {
    const items = source.map((item, i) => this.#parseAt(i, item));
    if (!items.every((item) => item.kind === 'constant')) return { kind: 'list', items };
    return { kind: 'constant', value: Object.freeze(items.map((item) => item.value)) };
  }

  #parseAt(key: string | number, source: JsonValue): Part {
    this.#path.push(key);
    const part = this.parse(source);
    this.#path.pop();
    return part;
  }

  /** Where the part stands in the document: put together where it is asked for, as most parts have nothing to say. */
  #pointer(): string {
    return this.#root + pointerTo(this.#path);
  }

  #parseText(text: string): Part {
    if (!text.includes('${')) return { kind: 'constant', value: text };
    const pointer = this.#pointer();
    try {
      const pieces = piecesOf(text, pointer, this.#limits);
      const [only] = pieces;
      if (pieces.length === 1 && typeof only === 'object') {
        this.references.push(only);
        return { kind: 'whole', reference: only };
      }
      const found = pieces.filter((piece) => typeof piece === 'object');
      this.references.push(...found);
      return found.length === 0 ? { kind: 'constant', value: pieces.join('') } : { kind: 'text', pieces };
    } catch (error) {
      if (!(error instanceof ReferenceSyntaxError)) throw error;
      const message = `The template ${literal(text)} cannot be parsed: ${error.message}.`;
      this.#report({ code: error.code, severity: 'error', path: pointer, message, hint: error.hint });
      return { kind: 'constant', value: text };
    }
  }
}

/** The text between the references and the references, in order, with `$${` already turned into `${`. */
function piecesOf(text: string, pointer: string, limits: Limits): (string | Reference)[] {
  if (text.length > limits.templateLength) {
    throw new ReferenceSyntaxError(
      `it has ${text.length} characters, and ${limits.templateLength} is the limit`,
      'Split it, or put the long text into a file or an input of its own.',
      'FC1006',
    );
  }
  const pieces: (string | Reference)[] = [];
  let plain = '';
  let at = 0;
  for (;;) {
    const open = text.indexOf('${', at);
    if (open < 0) break;
    if (text[open - 1] === '$') {
      plain += `${text.slice(at, open - 1)}\${`;
      at = open + 2;
      continue;
    }
    plain += text.slice(at, open);
    if (plain !== '') pieces.push(plain);
    plain = '';
    const { root, segments, end } = parseReference(text, open + 2, limits.templateDepth);
    pieces.push({ root, segments, text: text.slice(open, end), pointer });
    at = end;
  }
  plain += text.slice(at);
  if (plain !== '') pieces.push(plain);
  return pieces;
}

/** The reference of a template that is one reference and nothing else; `null` for any other. */
export function wholeReference({ parts }: Template): Reference | null {
  return parts.kind === 'whole' ? parts.reference : null;
}

/**
 * Puts the values of its references into a template.
 *
 * A string that is one reference and nothing else becomes the value itself, whatever its type; among other text a string is
 * put in as it is and everything else as JSON. What is put in is data: it is never looked at for references again (P14).
 * Values are shared with `scope` and with the template, not copied, so whoever gets the result must not change it.
 *
 * @throws {ForkchartError} FC5002 for a reference that leads nowhere; FC1006 when more than {@link RESOLVE_BUDGET} items and
 * characters would be visited and written, or a value nests too deeply to be written as JSON.
 */
export function fillTemplate(template: Template, scope: DataScope): JsonValue {
  return withBudget((budget) => fillPart(template.parts, scope, budget));
}

function fillPart(part: Part, scope: DataScope, budget: Budget): JsonValue {
  switch (part.kind) {
    case 'constant':
      return part.value;
    case 'whole':
      return resolve(part.reference, scope, budget);
    case 'text':
      return part.pieces.map((piece) => textOf(piece, scope, budget)).join('');
    case 'list':
      return part.items.map((item) => fillPart(item, scope, budget));
    case 'object':
      return fillObject(part.first, scope, budget);
  }
}

function fillObject(first: Member, scope: DataScope, budget: Budget): JsonValue {
  const filled: { [key: string]: JsonValue } = {};
  for (let member: Member | null = first; member !== null; member = member.next) {
    const { key } = member;
    const value = fillPart(member.part, scope, budget);
    // To be assigned, this one would set the prototype.
    if (key === '__proto__') Object.defineProperty(filled, key, { ...OWN, value });
    else filled[key] = value;
  }
  return filled;
}

const OWN = { configurable: true, enumerable: true, writable: true };

function textOf(piece: string | Reference, scope: DataScope, budget: Budget): string {
  const value = typeof piece === 'string' ? piece : resolve(piece, scope, budget);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  budget.spend(text.length);
  return text;
}

function resolve(reference: Reference, scope: DataScope, budget: Budget): JsonValue {
  try {
    return resolveReference(reference, scope, budget);
  } catch (error) {
    if (!(error instanceof MissingPart)) throw error;
    throw new ForkchartError('FC5002', error.message, {
      hint: error.hint,
      path: reference.pointer,
      cause: error,
    });
  }
}
