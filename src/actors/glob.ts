import picomatch from 'picomatch';
import { ForkchartError } from '../ir/errors.js';

/** Matches the names on a path one after the other, on the way down a tree. */
export interface Glob {
  /** The directories that the pattern names without wildcards. */
  readonly named: ReadonlySet<string>;
  readonly start: GlobState;
  /** What may still come below the directory `name`; `null` if nothing there can match. */
  enter(state: GlobState, name: string): GlobState | null;
  /** Whether the file `name` matches. */
  matches(state: GlobState, name: string): boolean;
}

/** Which parts of the pattern may match next: their indices, ascending. */
export type GlobState = readonly number[];

/** `null` for `**`: any number of directories. */
type Part = ((name: string) => boolean) | null;

/** UTF-16 code units of a pattern. */
const LONGEST_PATTERN = 1000;
/**
 * How many `*`, and how many `{`, one part of a pattern may have. A regular expression is made of each part, and on a long name it
 * tries about (length of the name) to the power of this: 3 take some 50 ms on the worst name there can be, 5 take minutes.
 */
const MOST_WILDCARDS = 3;

/**
 * Reads a pattern: `*` (any text), `**` (any directories), `?`, `[a-z]`, `[!a-z]` and `{a,b}`. A name that begins with a dot is
 * matched only by a part that begins with one.
 *
 * @throws ForkchartError FC5009 for a pattern that cannot be read, or would take too long to match; FC6003 for one that leads out
 */
export function parseGlob(pattern: string): Glob {
  const texts = splitPattern(pattern);
  const parts = texts.map((text) => (text === '**' ? null : partMatcher(text, pattern)));
  const end = parts.length;
  return {
    named: new Set(texts.slice(0, -1).filter((text) => !/[*?[{]/.test(text))),
    start: withDirectoriesSkipped(parts, [0]),
    enter(state, name) {
      const next = withDirectoriesSkipped(parts, advance(parts, state, name)).filter((at) => at < end);
      return next.length === 0 ? null : next;
    },
    matches: (state, name) => withDirectoriesSkipped(parts, advance(parts, state, name)).includes(end),
  };
}

function splitPattern(pattern: string): readonly string[] {
  if (pattern.length > LONGEST_PATTERN) {
    throw unreadable(pattern, `it is longer than ${LONGEST_PATTERN} characters`, 'Use a shorter one.');
  }
  if (pattern.includes('\\')) {
    throw unreadable(
      pattern,
      'it has a `\\`',
      'Put `/` between directories, and write a wildcard that is meant as itself as `[*]`.',
    );
  }
  const texts = pattern.split('/').filter((text) => text !== '.' && text !== '');
  if (pattern.startsWith('/') || texts.includes('..')) {
    throw new ForkchartError(
      'FC6003',
      `The pattern \`${pattern.replaceAll('\0', '\\0')}\` leads out of the directory.`,
      { hint: 'Say in `root` which directory to look in.', terminal: true },
    );
  }
  if (texts.length === 0) throw unreadable(pattern, 'it names nothing', 'Use `**` for every file.');
  // `src/**` is what is below `src`, and not a file of that name.
  return texts.at(-1) === '**' ? [...texts, '*'] : texts;
}

function partMatcher(text: string, pattern: string): Part {
  for (const wildcard of [/\*+/g, /\{/g]) {
    const found = text.match(wildcard) ?? [];
    if (found.length > MOST_WILDCARDS) {
      throw unreadable(
        pattern,
        `\`${text}\` has ${found.length} \`${found[0]?.[0]}\``,
        `Use at most ${MOST_WILDCARDS} between two \`/\`.`,
      );
    }
  }
  try {
    // Picomatch takes these over into its regular expression, where they repeat and group; here they are characters of names.
    const literal = text.replaceAll(/[()|+]/g, '\\$&');
    return picomatch(literal, { noextglob: true, nonegate: true, posix: true, strictBrackets: true });
  } catch (error) {
    throw unreadable(
      pattern,
      (error as Error).message,
      'Close each `[` and `{`, and put a `/` only outside of them.',
    );
  }
}

/** Where a pattern can be after one more name. */
function advance(parts: readonly Part[], state: GlobState, name: string): GlobState {
  const next = new Set<number>();
  for (const at of state) {
    const part = parts[at];
    if (part === null) {
      if (!name.startsWith('.')) next.add(at);
    } else if (part?.(name)) next.add(at + 1);
  }
  return [...next].sort((a, b) => a - b);
}

/** `**` may stand for no directory at all. */
function withDirectoriesSkipped(parts: readonly Part[], state: GlobState): GlobState {
  const all = new Set<number>();
  for (const first of state) {
    let at = first;
    all.add(at);
    while (parts[at] === null) all.add(++at);
  }
  return [...all].sort((a, b) => a - b);
}

function unreadable(pattern: string, why: string, hint: string): ForkchartError {
  return new ForkchartError('FC5009', `The pattern \`${pattern.slice(0, 80)}\` cannot be used: ${why}.`, {
    hint,
    terminal: true,
  });
}
