/** Which language a file is in, and what its comments look like. */

// A string is matched so that a comment sign in it is not taken for a comment. What is not closed ends with its line.
const DOUBLE_QUOTED = /"[^"\\\n]*(?:\\[\s\S][^"\\\n]*)*"?/;
const SINGLE_QUOTED = /'[^'\\\n]*(?:\\[\s\S][^'\\\n]*)*'?/;
const BACKTICKED = /`[^`\\]*(?:\\[\s\S][^`\\]*)*`?/;
// Of bounded length, so that a line with many beginnings and no end is not searched to its end for each of them.
const REGULAR_EXPRESSION =
  /(?<=(?:[(,=:[!&|?{};>]|\breturn)[ \t]*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n]){0,200}\]|[^/\\\n[]){1,500}\//;

const SLASHES = /\/\/[^\n]*/;
const HASH = /#[^\n]*/;
const DASHES = /--[^\n]*/;
const SLASH_STAR = /\/\*[\s\S]*?(?:\*\/|(?![\s\S]))/;
const ANGLE = /<!--[\s\S]*?(?:-->|(?![\s\S]))/;
/** A triple-quoted string that begins a line: as good as always a docstring. */
const DOCSTRING = /(?<=^[ \t]*)(?:"""[\s\S]*?(?:"""|(?![\s\S]))|'''[\s\S]*?(?:'''|(?![\s\S])))/;
const TRIPLE_QUOTED = /"""[\s\S]*?(?:"""|(?![\s\S]))|'''[\s\S]*?(?:'''|(?![\s\S]))/;

const C_COMMENTS = [SLASHES, SLASH_STAR];
const C = syntax(C_COMMENTS, [DOUBLE_QUOTED, SINGLE_QUOTED]);
const JAVASCRIPT = syntax(C_COMMENTS, [DOUBLE_QUOTED, SINGLE_QUOTED, BACKTICKED, REGULAR_EXPRESSION]);
const GO = syntax(C_COMMENTS, [DOUBLE_QUOTED, SINGLE_QUOTED, BACKTICKED]);
// A single quote also begins a lifetime in Rust.
const RUST = syntax(C_COMMENTS, [DOUBLE_QUOTED]);
const PYTHON = syntax([HASH, DOCSTRING], [TRIPLE_QUOTED, DOUBLE_QUOTED, SINGLE_QUOTED]);
const SCRIPT = syntax([HASH], [DOUBLE_QUOTED, SINGLE_QUOTED]);
const SQL = syntax([DASHES, SLASH_STAR], [SINGLE_QUOTED]);
const LUA = syntax([DASHES], [DOUBLE_QUOTED, SINGLE_QUOTED]);
const CSS = syntax([SLASH_STAR], [DOUBLE_QUOTED, SINGLE_QUOTED]);
const MARKUP = syntax([ANGLE], []);
const NO_COMMENTS = null;

/** @type {readonly (readonly [language: string, extensions: string, syntax: RegExp | null])[]} */
const TABLE = [
  ['TypeScript', 'ts mts cts tsx', JAVASCRIPT],
  ['JavaScript', 'js mjs cjs jsx', JAVASCRIPT],
  ['Python', 'py pyi', PYTHON],
  ['Java', 'java', C],
  ['Kotlin', 'kt kts', C],
  ['C', 'c h', C],
  ['C++', 'cc cpp cxx hh hpp hxx', C],
  ['C#', 'cs', C],
  ['Go', 'go', GO],
  ['Rust', 'rs', RUST],
  ['Swift', 'swift', C],
  ['PHP', 'php', C],
  ['Ruby', 'rb', SCRIPT],
  ['Shell', 'sh bash zsh', SCRIPT],
  ['Lua', 'lua', LUA],
  ['SQL', 'sql', SQL],
  ['HTML', 'html htm', MARKUP],
  ['XML', 'xml svg', MARKUP],
  ['Vue', 'vue', MARKUP],
  ['CSS', 'css', CSS],
  ['SCSS', 'scss less', C],
  ['Markdown', 'md markdown', MARKUP],
  ['JSON', 'json', NO_COMMENTS],
  ['YAML', 'yml yaml', SCRIPT],
  ['TOML', 'toml', SCRIPT],
];

/** @type {ReadonlyMap<string, string>} */
const BY_EXTENSION = new Map(
  TABLE.flatMap(([language, extensions]) => extensions.split(' ').map((extension) => [extension, language])),
);
const SYNTAX = new Map(TABLE.map(([language, , pattern]) => [language, pattern]));

/**
 * @param {string} path
 * @returns {string | undefined} the language that the extension stands for
 */
export function languageOf(path) {
  const extension = /\.([^./]+)$/.exec(path)?.[1];
  return extension === undefined ? undefined : BY_EXTENSION.get(extension.toLowerCase());
}

/**
 * A pattern that matches comments, in its first group, and strings, so that the one is not found within the other.
 *
 * @param {string} language
 */
export const syntaxOf = (language) => SYNTAX.get(language) ?? NO_COMMENTS;

/**
 * @param {readonly RegExp[]} comments
 * @param {readonly RegExp[]} strings
 */
function syntax(comments, strings) {
  const sources = (/** @type {readonly RegExp[]} */ patterns) => patterns.map(({ source }) => source);
  return new RegExp([`(${sources(comments).join('|')})`, ...sources(strings)].join('|'), 'gm');
}
