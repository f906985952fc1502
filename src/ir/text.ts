import type { Diagnostic } from './diagnostics/diagnostic.js';
import { quote } from './diagnostics/wording.js';
import type { JsonValue } from './json.js';
import { type DuplicateKey, readGrammar } from './json-grammar.js';
import { DEFAULT_LIMITS, type Limits } from './limits.js';
import { explainSyntax } from './syntax-hints.js';
import { positionOf } from './text-position.js';

/** A text as JSON, or what keeps it from being JSON. */
export type ParsedText =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/**
 * Parses JSON. The size and the nesting are checked by one pass over the characters before anything is built from them;
 * a key that occurs twice in one object is refused, as one of its values would be lost without a word.
 *
 * @example
 * const parsed = parseText('{"nodes": [],}');
 * if (!parsed.ok) console.error(parsed.diagnostics[0]?.hint); // 'Remove the comma before "}".'
 */
export function parseText(text: string, limits: Limits = DEFAULT_LIMITS): ParsedText {
  const excess = sizeProblem(text, limits) ?? depthProblem(text, limits);
  if (excess !== null) return { ok: false, diagnostics: [excess] };
  const grammar = readGrammar(text, limits.diagnostics);
  if ('kind' in grammar) {
    const { message, hint } = explainSyntax(text, grammar);
    const position = positionOf(text, grammar.offset);
    return {
      ok: false,
      diagnostics: [
        {
          code: 'FC1001',
          severity: 'error',
          path: '',
          message: `Line ${position.line}, column ${position.column}: ${message}`,
          hint,
          position,
        },
      ],
    };
  }
  if (grammar.length > 0) {
    return { ok: false, diagnostics: grammar.map((duplicate) => duplicateProblem(text, duplicate)) };
  }
  return { ok: true, value: JSON.parse(text) as JsonValue };
}

function sizeProblem(text: string, limits: Limits): Diagnostic | null {
  // A code unit takes one to three bytes, so most texts need not be counted.
  if (text.length * 3 <= limits.irBytes) return null;
  if (text.length <= limits.irBytes && utf8Length(text) <= limits.irBytes) return null;
  return {
    code: 'FC1006',
    severity: 'error',
    path: '',
    message: `The text is larger than ${limits.irBytes} bytes.`,
    hint: 'Put large data into files that nodes read, or split the workflow.',
  };
}

function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) bytes++;
    // A surrogate pair is two units and four bytes, so each of its halves adds one.
    if (unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff)) bytes++;
  }
  return bytes;
}

/** Counts brackets outside of strings. A line break ends a string: JSON has none inside, so valid text is read rightly. */
function depthProblem(text: string, limits: Limits): Diagnostic | null {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (inString) {
      if (unit === 0x5c) i++;
      else if (unit === 0x22 || unit === 0x0a || unit === 0x0d) inString = false;
    } else if (unit === 0x22) inString = true;
    else if (unit === 0x5b || unit === 0x7b) {
      if (++depth > limits.depth) return tooDeep(text, i, limits);
    } else if (unit === 0x5d || unit === 0x7d) depth--;
  }
  return null;
}

function tooDeep(text: string, offset: number, limits: Limits): Diagnostic {
  const position = positionOf(text, offset);
  return {
    code: 'FC1006',
    severity: 'error',
    path: '',
    message: `Line ${position.line}, column ${position.column}: lists and objects nest deeper than ${limits.depth} levels.`,
    hint: `Nest at most ${limits.depth} levels; a value that is deeper can be passed as text.`,
    position,
  };
}

function duplicateProblem(text: string, duplicate: DuplicateKey): Diagnostic {
  const position = positionOf(text, duplicate.offset);
  return {
    code: 'FC1008',
    severity: 'error',
    path: duplicate.pointer,
    message: `Line ${position.line}, column ${position.column}: the key ${quote(duplicate.key)} is there already in the same object.`,
    hint: 'Remove one of the two, or give one of them another name.',
    position,
  };
}
