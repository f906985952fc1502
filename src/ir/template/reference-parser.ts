import { ReferenceSyntaxError, type Segment, type Step, toSegments } from './reference.js';

/** What stands between the braces, and where the text goes on after the closing one. */
export interface ParsedReference {
  readonly root: string;
  readonly segments: readonly Segment[];
  readonly end: number;
}

/**
 * Reads one reference whose `${` ends just before `start`.
 *
 * ```
 * reference = "${" spaces ( word | quoted ) step* spaces "}"
 * step      = "." word | quoted | "[" digits "]" | "[*]"
 * quoted    = '["' any characters '"]'          (or with single quotes; `\"` and `\\` inside)
 * word      = letters, digits, "_" and "-", of any script
 * ```
 *
 * Names that are no words (`a.b`, `#x`, the empty string) are written in quotes: `${["a.b"].rows["first name"]}`. Each
 * character is looked at a bounded number of times, so the time is linear in what is read.
 *
 * @param most how many steps it may have: `Limits.templateDepth`.
 * @throws {ReferenceSyntaxError} naming the character (from 1) where the text is not a reference.
 */
export function parseReference(text: string, start: number, most: number): ParsedReference {
  const reader = new Reader(text, start);
  reader.skipSpaces();
  const first = reader.peek() === '[' ? reader.bracket() : reader.word();
  if (first.kind !== 'word' && first.kind !== 'quoted') {
    throw reader.error(
      'the reference does not start with a name',
      'Start with an input or a node: `${fetch[0]}`.',
    );
  }
  const steps: Step[] = [];
  for (;;) {
    const next = reader.peek();
    if (next === '.') {
      reader.skip();
      steps.push(reader.word());
    } else if (next === '[') {
      steps.push(reader.bracket());
    } else {
      reader.skipSpaces();
      if (reader.peek() !== '}') throw reader.unexpected();
      return { root: first.name, segments: toSegments(steps, most), end: reader.skip() };
    }
  }
}

const WORD = /[\p{L}\p{N}\p{M}_-]+/uy;
const DIGITS = /[0-9]+/y;

/** Whether a code unit is a letter, digit, `_` or `-` of ASCII. */
function isPlainWord(unit: number): boolean {
  return (
    (unit >= 0x61 && unit <= 0x7a) ||
    (unit >= 0x41 && unit <= 0x5a) ||
    (unit >= 0x30 && unit <= 0x39) ||
    unit === 0x5f ||
    unit === 0x2d
  );
}

function isSpace(char: string | undefined): boolean {
  return char === ' ' || char === '\t' || char === '\r' || char === '\n';
}

class Reader {
  readonly #text: string;
  readonly #open: number;
  #at: number;

  constructor(text: string, start: number) {
    this.#text = text;
    this.#open = start - 2;
    this.#at = start;
  }

  peek(): string | undefined {
    return this.#text[this.#at];
  }

  /** Steps over one character; the position after it. */
  skip(): number {
    return ++this.#at;
  }

  skipSpaces(): void {
    while (isSpace(this.#text[this.#at])) this.#at++;
  }

  word(): Step {
    const name = this.#word();
    if (name === '') throw this.unexpected();
    return { kind: 'word', name };
  }

  bracket(): Step {
    this.skip();
    const next = this.peek();
    const step =
      next === '"' || next === "'" ? this.#quoted(next) : next === '*' ? this.#each() : this.#index();
    if (this.peek() !== ']') throw this.unexpected();
    this.skip();
    return step;
  }

  unexpected(): ReferenceSyntaxError {
    const next = this.#text.codePointAt(this.#at);
    if (next === undefined) return this.#unclosed();
    const char = String.fromCodePoint(next);
    if (char === '}') {
      return this.#at - this.#open === 2
        ? this.error(
            '`${}` names nothing',
            'Name an input or a node: `${fetch.rows}`; the text `${` is written `$${`.',
          )
        : this.error(
            'a name is missing before `}`',
            'Name a field (`.rows`), an item (`[0]`) or all items (`[*]`).',
          );
    }
    if (char === '{') return this.error('a second `{`', 'Write one pair of braces: `${fetch.rows}`.');
    return this.error(
      `unexpected \`${char}\``,
      'Only a path may stand in `${…}`: names, `.field`, `[0]`, `[*]`, and `["any name"]` for a name with other characters.',
    );
  }

  error(message: string, hint: string): ReferenceSyntaxError {
    return new ReferenceSyntaxError(`${message}, at character ${this.#at + 1}`, hint);
  }

  #unclosed(): ReferenceSyntaxError {
    return new ReferenceSyntaxError(
      `the \`\${\` at character ${this.#open + 1} is not closed`,
      'Close it with `}`; the text `${` is written `$${`.',
    );
  }

  #each(): Step {
    this.skip();
    return { kind: 'each' };
  }

  #index(): Step {
    if (this.peek() === '-') {
      throw this.error(
        'an item counted from the end',
        'Items count from 0; the last one is `.aggregate.last`.',
      );
    }
    const digits = this.#take(DIGITS);
    if (digits === '') throw this.unexpected();
    const index = Number(digits);
    if (!Number.isSafeInteger(index))
      throw this.error('the number of an item is too big', 'No list is that long.');
    return { kind: 'index', index };
  }

  #quoted(quote: string): Step {
    this.skip();
    let name = '';
    for (;;) {
      let next = this.peek();
      if (next === quote) break;
      if (next === '\\') {
        this.skip();
        next = this.peek();
        if (next !== undefined && next !== '\\' && next !== '"' && next !== "'") {
          throw this.error(
            'a backslash',
            'In quotes, only `\\"` and `\\\\` are written with a backslash; others stand for themselves.',
          );
        }
      }
      if (next === undefined) throw this.#unclosed();
      name += next;
      this.skip();
    }
    this.skip();
    return { kind: 'quoted', name };
  }

  /** Most words are plain and need no regular expression. */
  #word(): string {
    let end = this.#at;
    while (isPlainWord(this.#text.charCodeAt(end))) end++;
    if (this.#text.charCodeAt(end) >= 0x80) return this.#take(WORD);
    const word = this.#text.slice(this.#at, end);
    this.#at = end;
    return word;
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }
}
