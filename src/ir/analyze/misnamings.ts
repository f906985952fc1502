import { formatReference, type Reference } from '../template/reference.js';
import type { Problems } from './problems.js';
import { listOf, quote } from './problems.js';

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
  const judged = misnamings.map((misnaming) => {
    const name = wrongName(misnaming.reference);
    return { ...misnaming, name, near: problems.nearest(name, misnaming.candidates) };
  });
  const repaired = new Map<string, string>();
  for (const { reference, text, near } of judged) {
    const before = repaired.get(reference.pointer) ?? text;
    if (before === undefined || near === undefined) continue;
    repaired.set(reference.pointer, rename(before, reference, near));
  }
  for (const { reference, candidates, text, inOutput, name, near } of judged) {
    const value = near === undefined ? undefined : repaired.get(reference.pointer);
    problems.addInSource({
      code: inOutput ? 'FC3005' : 'FC3002',
      severity: 'error',
      path: reference.pointer,
      message:
        reference.root === 'inputs' && name !== 'inputs'
          ? `${quote(reference.text)} names the input ${quote(name)}, which is not declared.`
          : `${quote(reference.text)} names ${quote(name)}, which is neither a node nor an input.`,
      hint: hintFor(name, near, candidates),
      ...(value === undefined || value === text
        ? {}
        : { fix: [{ op: 'replace', path: reference.pointer, value }] }),
    });
  }
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
