import { distance } from 'fastest-levenshtein';
import { ForkchartError } from '../ir/errors.js';

/** forkchart was used wrongly: code FC9001, exit code 3. */
export class UsageError extends ForkchartError {
  constructor(message: string, hint: string, cause?: unknown) {
    super('FC9001', message, cause === undefined ? { hint } : { hint, cause });
    this.name = 'UsageError';
  }
}

/** The candidate that `typed` was probably meant to be, `null` where none is near. */
export function nearest(typed: string, candidates: readonly string[]): string | null {
  // Longer words are no slips of the finger, and the distance is quadratic in their length.
  if (typed.length > 100) return null;
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(typed.length / 3)) + 1;
  for (const candidate of candidates) {
    const found = distance(typed, candidate);
    if (found < bestDistance) [best, bestDistance] = [candidate, found];
  }
  return best;
}
