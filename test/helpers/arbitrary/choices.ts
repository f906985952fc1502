import fc from 'fast-check';

/** Makes `fc.oneof` shrink to its first arbitrary. */
export const SIMPLEST_FIRST = { withCrossShrink: true };

/** `true` in one of `weight + 1` cases; shrinks to `false`. */
export function rarely(weight = 6): fc.Arbitrary<boolean> {
  return fc.oneof(
    SIMPLEST_FIRST,
    { weight, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  );
}

/** `null` in `nothing` of `nothing + something` cases, and what it shrinks to. */
export function optionally<T>(
  arbitrary: fc.Arbitrary<T>,
  nothing: number,
  something = 1,
): fc.Arbitrary<T | null> {
  return fc.oneof(
    SIMPLEST_FIRST,
    { weight: nothing, arbitrary: fc.constant(null) },
    { weight: something, arbitrary },
  );
}
