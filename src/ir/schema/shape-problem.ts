import type { z } from 'zod';
import { type Path, valueAt } from '../diagnostics/pointer.js';
import { shownName } from './building-blocks.js';

/** One way in which a document departs from a schema, in the words of neither zod nor a dialect. */
export type ShapeProblem =
  | {
      readonly kind: 'unknown key';
      readonly path: Path;
      readonly key: string;
      readonly known: readonly string[];
    }
  | { readonly kind: 'missing'; readonly path: Path; readonly hint: string | null }
  | {
      readonly kind: 'wrong';
      readonly path: Path;
      /** What was expected, as a noun phrase: `an integer`, `at least 1`. */
      readonly expected: readonly string[];
      /** The words that would do, where only certain words do. */
      readonly words: readonly string[];
    };

type Issue = z.core.$ZodIssue;

/**
 * The problems behind zod's issues: one for each unknown key, and for a union those of the alternative that was meant,
 * which is the one whose outer form fits.
 *
 * @param most how many are told of at most; `more` counts the others
 */
export function shapeProblems(
  issues: readonly Issue[],
  document: unknown,
  most: number,
): { readonly problems: readonly ShapeProblem[]; readonly more: number } {
  const problems: ShapeProblem[] = [];
  let more = 0;
  for (const issue of issues) {
    if (problems.length >= most) {
      more += issue.code === 'unrecognized_keys' ? issue.keys.length : 1;
      continue;
    }
    for (const problem of problemsOf(issue, [], document)) {
      if (problems.length < most) problems.push(problem);
      else more++;
    }
  }
  return { problems, more };
}

function problemsOf(issue: Issue, prefix: Path, document: unknown): ShapeProblem[] {
  const path = [...prefix, ...issue.path.map(shownSegment)];
  switch (issue.code) {
    case 'unrecognized_keys': {
      // The message is the list of known keys: see `fields` in building-blocks.ts.
      const known = issue.message.split(' ');
      return issue.keys.map((key) => ({ kind: 'unknown key', path, key, known }));
    }
    case 'invalid_union':
      return unionProblems(issue, path, document);
    case 'custom':
      return [customProblem(issue, path, document)];
    default:
      return isMissing(document, path)
        ? [{ kind: 'missing', path, hint: null }]
        : [{ kind: 'wrong', path, expected: expectation(issue), words: wordsOf(issue) }];
  }
}

function unionProblems(issue: z.core.$ZodIssueInvalidUnion, path: Path, document: unknown): ShapeProblem[] {
  if (isMissing(document, path)) return [{ kind: 'missing', path, hint: null }];
  const meant = issue.errors.find((alternative) => alternative.some((inner) => !isOuterMismatch(inner)));
  if (meant !== undefined) return meant.flatMap((inner) => problemsOf(inner, path, document));
  const all = issue.errors.flat();
  return [{ kind: 'wrong', path, expected: all.flatMap(expectation), words: all.flatMap(wordsOf) }];
}

/** Whether an alternative was out of the question from the start, the value being of another type altogether. */
function isOuterMismatch(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
}

function customProblem(issue: z.core.$ZodIssueCustom, path: Path, document: unknown): ShapeProblem {
  const { hint, expected } = issue.params ?? {};
  if (isMissing(document, path))
    return { kind: 'missing', path, hint: typeof hint === 'string' ? hint : null };
  return {
    kind: 'wrong',
    path,
    expected: [typeof expected === 'string' ? (NOUNS[expected] ?? expected) : 'valid'],
    words: [],
  };
}

const NOUNS: Readonly<Record<string, string>> = {
  string: 'a text',
  int: 'an integer',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function expectation(issue: Issue): string[] {
  switch (issue.code) {
    case 'invalid_type':
      return [NOUNS[issue.expected] ?? issue.expected];
    case 'too_small':
      return [`${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`];
    case 'too_big':
      return [`${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`];
    case 'invalid_value':
      return wordsOf(issue).map((word) => JSON.stringify(word));
    default:
      return ['another value'];
  }
}

function wordsOf(issue: Issue): string[] {
  return issue.code === 'invalid_value'
    ? issue.values.filter((value): value is string => typeof value === 'string')
    : [];
}

function shownSegment(segment: PropertyKey): string | number {
  return typeof segment === 'number' ? segment : shownName(String(segment));
}

function isMissing(document: unknown, path: Path): boolean {
  return valueAt(document, path) === undefined;
}
