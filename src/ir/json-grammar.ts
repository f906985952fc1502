import { createScanner, type JSONScanner } from 'jsonc-parser';
import { type Path, pointerTo } from './diagnostics/pointer.js';

/** What the text may go on with at a certain place. */
type Expected = 'value' | 'value or end' | 'key' | 'key or end' | 'colon' | 'comma or end' | 'nothing';

interface Container {
  readonly closing: '}' | ']';
  readonly offset: number;
  /** The keys so far; `null` in a list. */
  readonly keys: Set<string> | null;
  /** The key or index of the value that is being read. */
  at: string | number;
}

/** The first place where a text departs from JSON. Offsets are UTF-16 code units from the start. */
export interface SyntaxProblem {
  readonly kind: 'syntax';
  readonly offset: number;
  readonly expected: Expected;
  /** The token that stands there instead, `''` at the end of the text. */
  readonly token: string;
  /** A string, number or escape that is begun well and ends badly. */
  readonly malformed: boolean;
  /** Whether the token before was a comma. */
  readonly afterComma: boolean;
  /** Where the innermost open object or list begins; `null` outside of both. */
  readonly open: { readonly closing: '}' | ']'; readonly offset: number } | null;
}

/** One key twice in one object. JSON's parsers keep the last value and say nothing. */
export interface DuplicateKey {
  readonly kind: 'duplicate';
  readonly offset: number;
  readonly key: string;
  readonly pointer: string;
}

/**
 * Reads a text by the grammar of JSON (RFC 8259) without making anything of it, to say what `JSON.parse` does not: where
 * exactly a text stops being JSON and what was expected there, and which keys occur twice. Iterative, so that no depth of
 * nesting can overflow the stack; jsonc-parser's own parsers recurse, so only its scanner is used.
 *
 * @param most how many duplicate keys are told of at most
 */
export function readGrammar(text: string, most: number): SyntaxProblem | readonly DuplicateKey[] {
  const scanner = createScanner(text);
  const stack: Container[] = [];
  const duplicates: DuplicateKey[] = [];
  let expected: Expected = 'value';
  let afterComma = false;
  for (;;) {
    const token = nextToken(scanner, text);
    const offset = scanner.getTokenOffset();
    const open = stack.at(-1);
    const malformed = Number(scanner.getTokenError()) !== 0;
    const kind = malformed ? 'other' : kindOf(token, scanner);
    const next = advance(expected, kind, open);
    if (next === null) {
      return { kind: 'syntax', offset, expected, token, malformed, afterComma, open: open ?? null };
    }
    if (next === 'done') return duplicates;
    if (kind === 'open') stack.push(container(token, offset));
    if (kind === '}' || kind === ']') stack.pop();
    if (open !== undefined && next === 'colon') {
      open.at = scanner.getTokenValue();
      if (open.keys?.has(open.at) === true && duplicates.length < most) {
        duplicates.push({ kind: 'duplicate', offset, key: open.at, pointer: pointerTo(pathOf(stack)) });
      }
      open.keys?.add(open.at);
    }
    if (open !== undefined && kind === 'comma' && typeof open.at === 'number') open.at++;
    afterComma = kind === 'comma';
    expected = next === 'opened' ? (token === '{' ? 'key or end' : 'value or end') : next;
    if (expected === 'comma or end' && stack.length === 0) expected = 'nothing';
  }
}

type TokenKind = 'open' | '}' | ']' | 'colon' | 'comma' | 'string' | 'scalar' | 'end' | 'other';

/** What follows a token where something was expected; `null` where the token does not fit. */
function advance(
  expected: Expected,
  kind: TokenKind,
  open: Container | undefined,
): Expected | 'opened' | 'done' | null {
  switch (expected) {
    case 'nothing':
      return kind === 'end' ? 'done' : null;
    case 'colon':
      return kind === 'colon' ? 'value' : null;
    case 'comma or end':
      if (kind === 'comma') return open?.closing === '}' ? 'key' : 'value';
      return kind === open?.closing ? 'comma or end' : null;
    case 'key':
      return kind === 'string' ? 'colon' : null;
    case 'key or end':
      if (kind === '}') return 'comma or end';
      return kind === 'string' ? 'colon' : null;
    case 'value or end':
      if (kind === ']') return 'comma or end';
      break;
    case 'value':
  }
  if (kind === 'open') return 'opened';
  return kind === 'string' || kind === 'scalar' ? 'comma or end' : null;
}

function nextToken(scanner: JSONScanner, text: string): string {
  for (;;) {
    scanner.scan();
    const start = scanner.getTokenOffset();
    // Told by their first character: the scanner's own kinds are const enums, which isolated modules cannot read.
    const first = text.charAt(start);
    if (first !== ' ' && first !== '\t' && first !== '\n' && first !== '\r') {
      return text.slice(start, start + scanner.getTokenLength());
    }
  }
}

function kindOf(token: string, scanner: JSONScanner): TokenKind {
  switch (token) {
    case '':
      return 'end';
    case '{':
    case '[':
      return 'open';
    case '}':
    case ']':
      return token;
    case ':':
      return 'colon';
    case ',':
      return 'comma';
    case 'true':
    case 'false':
    case 'null':
      return 'scalar';
  }
  if (token.startsWith('"')) return 'string';
  return /^-?\d/.test(token) && scanner.getTokenValue() === token ? 'scalar' : 'other';
}

function container(token: string, offset: number): Container {
  return token === '{'
    ? { closing: '}', offset, keys: new Set(), at: '' }
    : { closing: ']', offset, keys: null, at: 0 };
}

function pathOf(stack: readonly Container[]): Path {
  return stack.map((open) => open.at);
}
