/** The smallest of several upper bounds; `null` where none of them is one. */
export function tightestBound(...bounds: readonly (number | null | undefined)[]): number | null {
  const given = bounds.filter((bound) => typeof bound === 'number');
  return given.length === 0 ? null : Math.min(...given);
}
