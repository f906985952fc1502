import type { Repair } from '../schema/repair.js';
import type { ShapeProblem } from '../schema/shape-problem.js';
import type { Diagnostic, JsonPatchOperation } from './diagnostic.js';
import { exampleOf } from './field-lore.js';
import { type Path, valueAt } from './pointer.js';
import { type Subject, subjectOf } from './subject.js';
import { describeValue, either, literal, quote } from './wording.js';

/** The document that a problem was found in, and how its author would point at it. */
export interface ProblemPlace {
  readonly document: unknown;
  /** The author's pointer for a path in `document`. */
  readonly pointer: (path: Path) => string;
  /** What the elements are where the document is a list. */
  readonly listNoun: string;
}

type Problem<Kind extends ShapeProblem['kind']> = Extract<ShapeProblem, { kind: Kind }>;

/** Says in words what is wrong with the shape of a document and what to type instead. */
export function shapeDiagnostic(
  problem: ShapeProblem,
  repair: Repair | null,
  place: ProblemPlace,
): Diagnostic {
  const subject = subjectOf(place.document, problem.path, place.listNoun);
  const diagnostic = describe(problem, repair, place, subject);
  return repair === null ? diagnostic : { ...diagnostic, fix: [operation(repair, place)] };
}

function describe(
  problem: ShapeProblem,
  repair: Repair | null,
  place: ProblemPlace,
  subject: Subject,
): Diagnostic {
  switch (problem.kind) {
    case 'unknown key':
      return unknownKey(problem, repair, place, subject);
    case 'missing':
      return missing(problem, place, subject);
    case 'wrong':
      return wrong(problem, repair, place, subject);
  }
}

function unknownKey(
  { path, key, known }: Problem<'unknown key'>,
  repair: Repair | null,
  place: ProblemPlace,
  subject: Subject,
): Diagnostic {
  const takesParams = subject.within.length === 0 && known.includes('params');
  return {
    code: 'FC1003',
    severity: 'error',
    path: place.pointer([...path, key]),
    message: `${subject.name} has an unknown key ${quote(key)}${inside(subject.within)}.`,
    hint:
      repair?.kind === 'rename'
        ? `Did you mean ${quote(repair.name)}?`
        : `${takesParams ? 'Put parameters of the node type into "params". ' : ''}Known keys: ${known.join(', ')}.`,
  };
}

function missing({ path, hint }: Problem<'missing'>, place: ProblemPlace, subject: Subject): Diagnostic {
  const key = String(path.at(-1) ?? '');
  return {
    code: 'FC1005',
    severity: 'error',
    path: place.pointer(path.slice(0, -1)),
    message: `${subject.name} has no ${quote(key)}${inside(subject.within.slice(0, -1))}.`,
    hint: hint ?? `Add ${literal(key)}: ${exampleOf(key) ?? '…'}`,
  };
}

function wrong(
  { path, expected, words }: Problem<'wrong'>,
  repair: Repair | null,
  place: ProblemPlace,
  subject: Subject,
): Diagnostic {
  const value = valueAt(place.document, path);
  const key = String(path.at(-1) ?? '');
  const what = subject.within.length === 0 ? subject.name : `${subject.name}: ${dotted(subject.within)}`;
  const options = either([...new Set(expected)]);
  return {
    code: path.length === 1 && key === 'ir_version' ? 'FC1007' : 'FC1004',
    severity: 'error',
    path: place.pointer(path),
    message: `${what} must be ${options}, not ${describeValue(value)}.`,
    hint: wrongHint(key, options, words, repair),
  };
}

function wrongHint(key: string, options: string, words: readonly string[], repair: Repair | null): string {
  if (repair?.kind === 'replace') {
    const written = JSON.stringify(repair.value).slice(0, 100);
    return words.some((word) => word === repair.value) ? `Did you mean ${written}?` : `Write ${written}.`;
  }
  const example = exampleOf(key);
  return example === null ? `Write ${options}.` : `Write ${options}, such as ${literal(key)}: ${example}`;
}

function operation(repair: Repair, place: ProblemPlace): JsonPatchOperation {
  return repair.kind === 'rename'
    ? { op: 'move', from: place.pointer(repair.from), path: place.pointer(repair.to) }
    : { op: 'replace', path: place.pointer(repair.path), value: repair.value };
}

function inside(path: Path): string {
  return path.length === 0 ? '' : ` in ${dotted(path)}`;
}

function dotted(path: Path): string {
  return quote(path.join('.'));
}
