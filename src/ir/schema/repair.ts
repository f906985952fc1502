import { meantKey, NAME_LISTS } from '../diagnostics/field-lore.js';
import { type Path, valueAt } from '../diagnostics/pointer.js';
import { nearest } from '../diagnostics/suggest.js';
import type { JsonValue } from '../json.js';
import type { ShapeProblem } from './shape-problem.js';

/** What makes a problem with the shape go away, where what was meant is plain. */
export type Repair =
  | { readonly kind: 'rename'; readonly from: Path; readonly to: Path; readonly name: string }
  | { readonly kind: 'replace'; readonly path: Path; readonly value: JsonValue };

/** The repair of a problem; `null` where nobody but the author can know. */
export function repairOf(problem: ShapeProblem, document: unknown): Repair | null {
  switch (problem.kind) {
    case 'missing':
      return null;
    case 'unknown key': {
      const name = meantKey(problem.key, problem.known) ?? nearest(problem.key, problem.known);
      if (name === null || valueAt(document, [...problem.path, name]) !== undefined) return null;
      return { kind: 'rename', from: [...problem.path, problem.key], to: [...problem.path, name], name };
    }
    case 'wrong': {
      const value = valueAt(document, problem.path);
      const word = typeof value === 'string' ? nearest(value, problem.words) : null;
      const repaired = word ?? converted(value, problem);
      return repaired === undefined ? null : { kind: 'replace', path: problem.path, value: repaired };
    }
  }
}

/** The same value in the type that was expected, where nothing is lost by it. */
function converted(
  value: unknown,
  { expected, path }: { readonly expected: readonly string[]; readonly path: Path },
): JsonValue | undefined {
  const wants = (noun: string) => expected.includes(noun);
  if (typeof value === 'string') {
    const text = value.trim();
    if (wants('an integer') && /^-?\d{1,15}$/.test(text)) return Number(text);
    if (wants('a number') && /^-?\d{1,15}(\.\d{1,15})?$/.test(text)) return Number(text);
    if (wants('true or false') && (text === 'true' || text === 'false')) return text === 'true';
    if (wants('a list') && NAME_LISTS.has(String(path.at(-1)))) return [value];
  }
  const isScalar = typeof value === 'number' || typeof value === 'boolean';
  return wants('a text') && isScalar ? String(value) : undefined;
}
