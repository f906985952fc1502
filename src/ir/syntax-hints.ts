import { literal } from './diagnostics/wording.js';
import type { SyntaxProblem } from './json-grammar.js';
import { MINIMAL_WORKFLOW } from './minimal-workflow.js';
import { positionOf } from './text-position.js';

/** What is wrong and what to type instead. */
export interface Explanation {
  readonly message: string;
  readonly hint: string;
}

const WORDS: Readonly<Record<SyntaxProblem['expected'], string>> = {
  value: 'a value',
  'value or end': 'a value or "]"',
  key: 'a key in double quotes',
  'key or end': 'a key in double quotes or "}"',
  colon: 'a colon',
  'comma or end': 'a comma or the closing bracket',
  nothing: 'the end of the text',
};

/** The habits of other languages that a text that is almost JSON shows most often, and what JSON has instead. */
const HABITS: readonly { readonly token: RegExp; readonly hint: string }[] = [
  { token: /^\/[/*]/, hint: 'Remove the comment: JSON has none. A "purpose" or "description" can say it.' },
  { token: /^['‘’“”]/, hint: 'Put keys and texts into double quotes: "like this".' },
  { token: /^(True|False)$/, hint: 'Write true or false, in small letters.' },
  { token: /^(None|undefined|nil|NULL|Null)$/, hint: 'Write null.' },
  {
    token: /^[-+]?(NaN|Infinity)$/,
    hint: 'JSON has no NaN and no Infinity: write a number, a text or null.',
  },
  { token: /^[+.]/, hint: 'Write a number such as 0.5, with a digit first and without "+".' },
];

/** Says in plain words where a text stops being JSON, and what its author probably meant. */
export function explainSyntax(text: string, problem: SyntaxProblem): Explanation {
  const whole = wholeTextHabit(text);
  if (whole !== null) return whole;
  const found = problem.token === '' ? 'the text ends' : `there is ${literal(problem.token)}`;
  return {
    message: `${found} where JSON has ${WORDS[problem.expected]}.`,
    hint: hintFor(text, problem),
  };
}

function wholeTextHabit(text: string): Explanation | null {
  const start = text.trimStart();
  if (text.startsWith('\ufeff')) {
    return {
      message: 'the text begins with a byte order mark, which JSON does not have.',
      hint: 'Save the file as UTF-8 without a byte order mark (BOM).',
    };
  }
  if (start === '') {
    return { message: 'the text is empty.', hint: `Write a workflow, for instance ${MINIMAL_WORKFLOW}` };
  }
  if (start.startsWith('```')) {
    return {
      message: 'the text begins with a Markdown code fence.',
      hint: 'Remove the line of ``` before the JSON and the one after it.',
    };
  }
  if (start.startsWith('---') || /^[A-Za-z_][\w-]*:(\s|$)/.test(start.slice(0, 200))) {
    return {
      message: 'the text looks like YAML.',
      hint: 'Convert it to JSON first: forkchart reads JSON alone.',
    };
  }
  return null;
}

function hintFor(text: string, problem: SyntaxProblem): string {
  const { expected, token, open } = problem;
  if (problem.malformed) return malformedHint(token);
  if (token === '' && open !== null) {
    return `Add ${literal(open.closing)}: ${literal(text.charAt(open.offset))} in ${place(text, open.offset)} is never closed.`;
  }
  if (problem.afterComma && (token === '}' || token === ']'))
    return `Remove the comma before ${literal(token)}.`;
  const habit = HABITS.find(({ token: pattern }) => pattern.test(token));
  if (habit !== undefined) return habit.hint;
  if (expected === 'nothing') return 'Remove what follows the workflow: a file holds one JSON value.';
  if ((token === '}' || token === ']') && open !== null && open.closing !== token) {
    return `Close with ${literal(open.closing)} first: ${literal(text.charAt(open.offset))} in ${place(text, open.offset)} is still open.`;
  }
  if (expected === 'comma or end' && token === ':') return 'Put keys and values into { }, not into [ ].';
  if (expected === 'comma or end') return `Add a comma before ${literal(token)}.`;
  if (expected === 'colon') return 'Add a colon and a value after the key.';
  if (expected.startsWith('key')) return `Put the key into double quotes: ${literal(token.slice(0, 40))}.`;
  return token === ',' || token === ':'
    ? `Remove ${literal(token)}, or add the value that is missing before it.`
    : 'Write a text in double quotes, a number, true, false, null, a list or an object.';
}

function place(text: string, offset: number): string {
  const { line, column } = positionOf(text, offset);
  return `line ${line}, column ${column}`;
}

function malformedHint(token: string): string {
  if (token.startsWith('"')) {
    return 'Close the text with a double quote on the same line; write \\n for a line break, \\" for a quote, \\\\ for a backslash.';
  }
  if (token.startsWith('/*')) return 'Remove the comment: JSON has none.';
  return 'Complete the number: digits must follow "." and "e".';
}
