import { listOf, quote } from '../diagnostics/wording.js';
import { formatReference, type Reference } from '../template/reference.js';
import type { Problems } from './problems.js';

/** A reference whose name stands for nothing. */
export interface Misnaming {
  readonly reference: Reference;
  /** What it could have named there. */
  readonly candidates: readonly string[];
  /** The whole string that the reference stands in, where it is known. */
  readonly text: string | undefined;
  readonly inOutput: boolean;
}

/** FC3002, FC3005: one diagnostic for each, with a fix that puts right every name of the same string that can be. */
export function reportMisnamings(misnamings: readonly Misnaming[], problems: Problems): void {
  const subtractions = new SubtractionFinder();
  const judged = misnamings.map((misnaming) => {
    const name = wrongName(misnaming.reference);
    const subtraction = subtractions.find(name, misnaming);
    const near = subtraction === null ? problems.nearest(name, misnaming.candidates) : undefined;
    return { ...misnaming, name, near, subtraction };
  });
  const repaired = new Map<string, string>();
  for (const { reference, text, near } of judged) {
    const before = repaired.get(reference.pointer) ?? text;
    if (before === undefined || near === undefined) continue;
    repaired.set(reference.pointer, rename(before, reference, near));
  }
  for (const { reference, candidates, text, inOutput, name, near, subtraction } of judged) {
    const value = near === undefined ? undefined : repaired.get(reference.pointer);
    problems.addInSource({
      code: inOutput ? 'FC3005' : 'FC3002',
      severity: 'error',
      path: reference.pointer,
      message:
        reference.root === 'inputs' && name !== 'inputs'
          ? `${quote(reference.text)} names the input ${quote(name)}, which is not declared.`
          : `${quote(reference.text)} names ${quote(name)}, which is neither a node nor an input.`,
      hint: subtraction === null ? hintFor(name, near, candidates) : hintForSubtraction(subtraction),
      ...(value === undefined || value === text
        ? {}
        : { fix: [{ op: 'replace', path: reference.pointer, value }] }),
    });
  }
}

function hintForSubtraction(written: string): string {
  return `Write \`\${${written}}\`: without braces, a condition reads \`-\` as a subtraction.`;
}

function hintFor(name: string, near: string | undefined, candidates: readonly string[]): string {
  if (near !== undefined) return `Did you mean ${quote(near)}?`;
  if (name === 'item' || name === '__index__')
    return `${quote(name)} can be named only inside a node with a \`batch\`.`;
  if (name === 'state') return 'Declare the keys of the state in `state` first.';
  if (candidates.length === 0) return `Declare the input: "inputs": {"${name}": {"type": "string"}}.`;
  return `Name one of ${listOf(candidates)}, or write $\${…} for text that is no reference.`;
}

/** The word of a reference that is wrong: its first, or the input's name after `inputs`. */
function wrongName({ root, segments }: Reference): string {
  const first = segments[0];
  return root === 'inputs' && first?.kind === 'field' ? first.name : root;
}

const IDENTIFIER = /^[A-Za-z_]\w*$/;

/** `text` with one name put for another in every copy of a reference. A bare name of a condition may be in it without braces. */
function rename(text: string, { text: braced, root, segments }: Reference, near: string): string {
  const [, ...rest] = segments;
  const renamed =
    root === 'inputs' && segments[0]?.kind === 'field'
      ? formatReference(root, [{ kind: 'field', name: near }, ...rest])
      : formatReference(near, segments);
  // `$${x}` is no reference.
  if (text.includes(braced)) return replaceUnlessAfter(text, braced, renamed, /[$]$/);
  // Neither is `b.c` in `a.b.c`. Only a name that is an identifier can stand without braces.
  const bare = IDENTIFIER.test(near) ? renamed.slice(2, -1) : renamed;
  return replaceUnlessAfter(text, braced.slice(2, -1), bare, /[\w.$-]$/);
}

function replaceUnlessAfter(text: string, old: string, renamed: string, before: RegExp): string {
  return text
    .split(old)
    .reduce((left, right) => left + (before.test(left.slice(-1)) ? old : renamed) + right);
}

/** So many misnamings are looked into: more than are shown. */
const LOOKED_INTO = 1000;
const BRACED = /\$\{[^}]*\}/g;
/** A bare name with hyphens, and the path after it. */
const HYPHENATED = /(?<![\w.])(\w+(?:-\w+)+)((?:\.\w+|\[\d+\])*)/g;

/** Finds bare names that a condition has read as a subtraction: `fetch-rows.n`, where there is a node `fetch-rows`. */
class SubtractionFinder {
  readonly #sets = new Map<readonly string[], ReadonlySet<string>>();
  #left = LOOKED_INTO;

  /** @returns the reference as it was meant, without its braces; `null` where it was meant otherwise. */
  find(name: string, { candidates, text, inOutput }: Misnaming): string | null {
    if (inOutput || text?.includes('-') !== true || this.#left-- <= 0) return null;
    for (const [whole, word = ''] of text.replaceAll(BRACED, ' ').matchAll(HYPHENATED)) {
      if (word.split('-').includes(name) && this.#setOf(candidates).has(word)) return whole;
    }
    return null;
  }

  #setOf(candidates: readonly string[]): ReadonlySet<string> {
    const set = this.#sets.get(candidates) ?? new Set(candidates);
    this.#sets.set(candidates, set);
    return set;
  }
}
