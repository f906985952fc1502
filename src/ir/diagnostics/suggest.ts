import { distance } from 'fastest-levenshtein';

/** Longer names are not compared: nobody misspells them by a letter, and comparing costs the product of the lengths. */
const LONGEST = 64;

/**
 * Of the candidates, the one that was probably meant: the same but for case and separators, or else the nearest by edit
 * distance, if that is at most two fifths of the length. Two neighbouring letters that have changed places count as one edit.
 * `null` if none is near. Of two equally near, the earlier.
 */
export function nearest(name: string, candidates: Iterable<string>): string | null {
  if (name.length === 0 || name.length > LONGEST) return null;
  const plain = letters(name);
  let best: string | null = null;
  // Less than the whole name may differ: every letter is one edit away from every other.
  let least = Math.min(name.length, Math.ceil(name.length * 0.4) + 1);
  for (const candidate of candidates) {
    if (candidate === name || candidate.length > LONGEST) continue;
    if (Math.abs(candidate.length - name.length) > least + 2) continue;
    const apart = letters(candidate) === plain ? 0 : editsBetween(name, candidate);
    if (apart < least) {
      best = candidate;
      least = apart;
    }
  }
  return best;
}

function editsBetween(a: string, b: string): number {
  return isSwapped(a, b) ? 1 : distance(a, b);
}

/** Whether two names differ in that two neighbouring letters have changed places. */
function isSwapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
}

function letters(name: string): string {
  return name.toLowerCase().replaceAll(/[-_ ]/g, '');
}
