import { listOf, quote } from '../diagnostics/wording.js';
import { formatReference, type Reference } from '../template/reference.js';
import type { Unnamed } from './names.js';
import type { Problems } from './problems.js';

/** A reference whose name stands for nothing. */
export interface Misnaming extends Unnamed {
  readonly reference: Reference;
  /** The whole string that the reference stands in, where it is known. */
  readonly text: string | undefined;
  readonly inOutput: boolean;
}

/** FC3002, FC3005: one diagnostic for each, with a fix that puts right every name of the same string that can be. */
export function reportMisnamings(misnamings: readonly Misnaming[], problems: Problems): void {
  const subtractions = new SubtractionFinder();
  const judged = misnamings.map((misnaming) => {
    const { reference, candidates, within } = misnaming;
    const name = wrongName(misnaming);
    const subtraction = subtractions.find(name, misnaming);
    const isKnown = within !== null && name === reference.root;
    const near = subtraction === null && !isKnown ? problems.nearest(name, candidates) : undefined;
    return { ...misnaming, name, near, subtraction };
  });
  const repaired = new Map<string, string>();
  for (const misnaming of judged) {
    const { reference, text, near } = misnaming;
    const before = repaired.get(reference.pointer) ?? text;
    if (before === undefined || near === undefined) continue;
    repaired.set(reference.pointer, rename(before, misnaming, near));
  }
  for (const misnaming of judged) {
    const { reference, text, inOutput, name, near, subtraction } = misnaming;
    const value = near === undefined ? undefined : repaired.get(reference.pointer);
    problems.addInSource({
      code: inOutput ? 'FC3005' : 'FC3002',
      severity: 'error',
      path: reference.pointer,
      message: messageFor(misnaming, name),
      hint: subtraction === null ? hintFor(misnaming, name, near) : hintForSubtraction(subtraction),
      ...(value === undefined || value === text
        ? {}
        : { fix: [{ op: 'replace', path: reference.pointer, value }] }),
    });
  }
}

function messageFor({ reference: { root, text }, within }: Misnaming, name: string): string {
  if (within !== null && name === root) return `${quote(text)} does not say which ${within} it names.`;
  return within === null
    ? `${quote(text)} names ${quote(name)}, which is neither a node nor an input.`
    : `${quote(text)} names the ${within} ${quote(name)}, which is not declared.`;
}

function hintForSubtraction(written: string): string {
  return `Write \`\${${written}}\`: without braces, a condition reads \`-\` as a subtraction.`;
}

function hintFor({ candidates, within }: Misnaming, name: string, near: string | undefined): string {
  if (near !== undefined) return `Did you mean ${quote(near)}?`;
  if (name === 'item' || name === '__index__')
    return `${quote(name)} can be named only inside a node with a \`batch\`.`;
  if (within === 'state key') {
    return candidates.length > 0
      ? `Name one of the keys of the state: ${listOf(candidates)}.`
      : `Declare the key: "state": {"${name}": {}}.`;
  }
  if (name === 'state') return 'Declare the keys of the state in `state` first.';
  if (candidates.length === 0) return `Declare the input: "inputs": {"${name}": {"type": "string"}}.`;
  return `Name one of ${listOf(candidates)}, or write $\${…} for text that is no reference.`;
}

/** The word of a reference that is wrong: its first, or the name after `inputs` or `state`. */
function wrongName({ reference: { root, segments }, within }: Misnaming): string {
  const first = segments[0];
  return within !== null && first?.kind === 'field' ? first.name : root;
}

const IDENTIFIER = /^[A-Za-z_]\w*$/;

/** `text` with one name put for another in every copy of a reference. A bare name of a condition may be in it without braces. */
function rename(text: string, { reference, within }: Misnaming, near: string): string {
  const { text: braced, root, segments } = reference;
  const renamed =
    within === null
      ? formatReference(near, segments)
      : formatReference(root, [{ kind: 'field', name: near }, ...segments.slice(1)]);
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
